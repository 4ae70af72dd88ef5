#!/bin/bash
# What a night promises, shown with real children that die:
#
#   harness/nightly/prove.sh nights [TIME]   three nights, of 5m if TIME is not given, children killed at random 51 times in all:
#                                            a fault newly on, the same corpus again, the mutator weakened by a patch
#   harness/nightly/prove.sh generator [TIME] a night in which the generator is weakened by a patch
#   harness/nightly/prove.sh killed [TIME]   nightly itself is killed with SIGKILL, and goes on
#   harness/nightly/prove.sh full [TIME]     a tmpfs of 20 MB that gets full, then has room again; needs a namespace of its own (unshare)
#
# FLAGS are more flags for nightly, for a machine that is busy: a shorter --power
# and fewer --power-seeds; FAULT is what is newly on, OUT where everything goes. KILLS is how many children are killed in a night. The patches are overlays: nothing of the tree changes. What is written stays in
# OUT, by default reports/out/prove. Exit status: 0 all as promised, 1 not.
set -u
cd "$(dirname "$0")/../.." || exit 1
out=${OUT:-$PWD/reports/out/prove}
fault=${FAULT:-HAPROXY_bd384a359}
kills=${KILLS:-17} # a night

fail() {
	echo "prove: $*" >&2
	exit 1
}

# patch FILE NAME SED: a patch of one file, for an overlay.
patch() {
	mkdir -p "$out/bin"
	sed "$3" "$1" > "$out/bin/$2.txt"
	cmp -s "$1" "$out/bin/$2.txt" && fail "the patch $2 changes nothing"
	overlay+=("\"$PWD/$1\": \"$out/bin/$2.txt\"")
}

# build NAME: lastwake with all patches so far.
build() {
	(IFS=,; echo "{\"Replace\": {${overlay[*]}}}") > "$out/bin/$1.json"
	go build -overlay "$out/bin/$1.json" -o "$out/bin/lastwake-$1" ./harness/cmd/lastwake || fail "build $1"
}

# build_fault: lastwake with the fault on for good, as if the fix had been undone.
build_fault() {
	overlay=()
	rm -rf "$out"
	patch "$(grep -l "w.Faults.Has(fault.$fault)" harness/mux/checked/*.go | head -1)" fault "s/w.Faults.Has(fault.$fault)/(w.Faults.Has(fault.$fault) || true)/"
	build fault
}

# shallow: a short night is not there to judge the search: faults that are found soon are enough.
shallow() {
	head -12 harness/nightly/power.txt > "$out/power.txt" # the head and eight faults
	FLAGS="--power $out/power.txt ${FLAGS:-}"
}

# seconds TIME
seconds() {
	case $1 in *m) echo $((${1%m} * 60)) ;; *) echo "${1%s}" ;; esac
}

# children PID: its children.
children() { cat /proc/"$1"/task/*/children 2> /dev/null; }

# night BINARY WANT KILLS TIME: a night with so many kills at random moments of it.
night() {
	local binary=$1 want=$2 n=$3 time=$4 pid status killed=0 all since=${EPOCHREALTIME/./} moments
	"$out/bin/lastwake-$binary" nightly --budget "$time" --state "$out/state" --release linked ${FLAGS:-} > "$out/summary.md" 2> "$out/messages" &
	pid=$!
	moments=($(for _ in $(seq "$n"); do echo $(((RANDOM * 32768 + RANDOM) % ($(seconds "$time") * 950))); done | sort -n)) # ms
	while kill -0 "$pid" 2> /dev/null; do
		sleep 0.1
		[ "$killed" -lt "$n" ] && [ $(((${EPOCHREALTIME/./} - since) / 1000)) -ge "${moments[killed]}" ] || continue
		all=($(children "$pid"))
		[ ${#all[@]} -gt 0 ] && kill -KILL "${all[RANDOM % ${#all[@]}]}" 2> /dev/null && killed=$((killed + 1))
	done
	wait "$pid"
	status=$?
	echo "=== $binary: status $status, want $want; $killed children killed"
	cat "$out/summary.md" "$out/messages"
	[ $status -eq "$want" ] || fail "status $status, want $want"
	last=$(ls -d "$out"/state/nights/* | tail -1)
	[ "$n" -eq 0 ] || [ "$killed" -ge "$n" ] || fail "only $killed of $n kills"
}

# issues: the texts of issues of the last night.
issues() { find "$last" -name 'issue-*.md' | wc -l; }

nights() {
	local time=${1:-5m}
	build_fault
	patch harness/hunt/maker.go weak 's/program.Mutate(r, p, other, lim)/if p.Header.Target != program.Mux { & }/' # it changes nothing
	build both
	night fault 1 "$kills" "$time"
	[ "$(issues)" -eq 1 ] || fail "$(issues) issue texts, want 1"
	night fault 0 "$kills" "$time"
	[ "$(issues)" -eq 0 ] || fail "$(issues) issue texts, want none"
	night both 1 "$kills" "$time"
	slower
	echo "prove: three nights as promised"
}

# slower: the last night says that the search got weaker, and at which faults.
slower() { grep -q 'the search got weaker.*; slower: HAPROXY-' "$out/summary.md" || fail "the slower faults are not named"; }

generator() {
	overlay=()
	rm -rf "$out"
	patch harness/hunt/maker.go weak 's/program.Generate(r, dst, lim)/if dst.Header.Target == program.Mux { program.Uniform(r, dst, lim); return }; &/'
	build weak
	night weak 1 0 "${1:-5m}"
	slower
	echo "prove: a weaker generator is noticed"
}

killed() {
	local time=${1:-1m} pid
	build_fault
	shallow
	"$out/bin/lastwake-fault" nightly --budget "$time" --state "$out/state" --release linked ${FLAGS:-} > /dev/null 2>&1 &
	pid=$!
	until grep -qs '"type":"finding".*new' "$out"/state/nights/0001/events.jsonl; do
		kill -0 "$pid" 2> /dev/null || fail "the night ended too soon"
		sleep 0.2
	done
	all=$(children "$pid")
	kill -KILL "$pid"
	wait "$pid" 2> /dev/null
	sleep 2
	for c in $all; do [ ! -d /proc/"$c" ] || grep -q '^State:.Z' /proc/"$c"/status || fail "child $c is there still"; done
	echo "prove: nightly killed with a finding in its state; no child is left"
	night fault 1 0 "$time"
	grep -q 'taken up again once' "$out/summary.md" || fail "the night was not gone on with"
	[ "$(issues)" -eq 1 ] || fail "$(issues) issue texts, want 1"
	echo "prove: gone on with, and the finding is told"
}

full() {
	local time=${1:-1m}
	build_fault
	shallow
	mkdir -p "$out/state"
	export -f night children seconds fail issues
	export FLAGS=${FLAGS:-}
	out=$out time=$time unshare -r -m bash -u -c '
		mount -t tmpfs -o size=20m none "$out/state" || fail mount
		night fault 1 0 "$time"
		cp "$out"/state/crashes/mux/*.txtar "$out"/ || fail "no finding"
		head -c 30m /dev/zero > "$out/state/filler" 2> /dev/null || true
		night fault 2 0 "$time"
		for f in "$out"/*.txtar; do cmp "$f" "$out/state/crashes/mux/$(basename "$f")" || fail "$f is not as it was"; done
		rm "$out/state/filler"
		mount -o remount,size=200m "$out/state" || fail remount # two nights are more than 20 MB: one file a program, 4 KiB each
		night fault 0 0 "$time"
	' || fail "the full disk"
	echo "prove: a full disk ends in status 2, what was found before is as it was, and with room it goes on"
}

case ${1:-} in
nights | generator | killed | full) "$@" ;;
*) fail "say nights, generator, killed or full; the head of this file tells" ;;
esac
