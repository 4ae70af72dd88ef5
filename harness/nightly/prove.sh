#!/bin/bash
# What a night promises, shown with real children that die:
#
#   harness/nightly/prove.sh nights [TIME]   three nights, of 5m if TIME is not given, children killed at random 50 times:
#                                            a fault newly on, the same corpus again, the mutator weakened by a patch
#   harness/nightly/prove.sh killed [TIME]   nightly itself is killed with SIGKILL, and goes on
#   harness/nightly/prove.sh full [TIME]     a tmpfs of 20 MB that gets full; needs a namespace of its own (unshare)
#
# The patches are overlays: nothing of the tree changes. What is written stays in
# reports/out/prove. Exit status: 0 all as promised, 1 not.
set -u
cd "$(dirname "$0")/../.." || exit 1
out=$PWD/reports/out/prove
kills=${KILLS:-50}

fail() {
	echo "prove: $*" >&2
	exit 1
}

# patched NAME FILE SED...: builds lastwake with a patch of one file.
patched() {
	local name=$1 file=$2
	shift 2
	mkdir -p "$out/bin"
	sed "$@" "$file" > "$out/bin/$name.go"
	cmp -s "$file" "$out/bin/$name.go" && fail "the patch $name changes nothing"
	echo "{\"Replace\": {\"$PWD/$file\": \"$out/bin/$name.go\"}}" > "$out/bin/$name.json"
	go build -overlay "$out/bin/$name.json" -o "$out/bin/lastwake-$name" ./harness/cmd/lastwake || fail "build $name"
}

# both patches at once: the fault stays on when the mutator is weakened.
patched_both() {
	echo "{\"Replace\": {\"$PWD/harness/mux/checked/mux_quic.go\": \"$out/bin/fault.go\", \"$PWD/harness/program/mutate.go\": \"$out/bin/weak.go\"}}" > "$out/bin/both.json"
	go build -overlay "$out/bin/both.json" -o "$out/bin/lastwake-both" ./harness/cmd/lastwake || fail "build both"
}

# seconds TIME
seconds() {
	case $1 in *m) echo $((${1%m} * 60)) ;; *) echo "${1%s}" ;; esac
}

# children PID: its children.
children() { cat /proc/"$1"/task/*/children 2> /dev/null; }

# night BINARY WANT KILLS TIME: a night with so many kills, spread over it.
night() {
	local binary=$1 want=$2 n=$3 time=$4 pid status killed=0 all
	"$out/bin/lastwake-$binary" nightly --budget "$time" --state "$out/state" --release linked > "$out/summary.md" 2> "$out/messages" &
	pid=$!
	local every=$(($(seconds "$time") * 900 / (n + 1))) # ms
	while kill -0 "$pid" 2> /dev/null; do
		sleep "$(printf '%d.%03d' $((every / 1000)) $((every % 1000)))"
		all=($(children "$pid"))
		if [ "$killed" -lt "$n" ] && [ ${#all[@]} -gt 0 ]; then
			kill -KILL "${all[RANDOM % ${#all[@]}]}" 2> /dev/null && killed=$((killed + 1))
		fi
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

build() {
	rm -rf "$out"
	mkdir -p "$out/bin"
	go build -o "$out/bin/lastwake-plain" ./harness/cmd/lastwake || fail build
	patched fault harness/mux/checked/mux_quic.go -e 's/if w.Faults.Has(fault.HAPROXY_bd384a359) {/if w.Faults.Has(fault.HAPROXY_bd384a359) || true {/'
}

nights() {
	local time=${1:-5m}
	build
	patched weak harness/program/mutate.go -e 's/{16, insertOp}/{16, deleteOp}/' -e 's/{5, insertBlock}/{5, deleteBlock}/'
	patched_both
	night fault 1 "$kills" "$time"
	[ "$(issues)" -eq 1 ] || fail "$(issues) issue texts, want 1"
	night fault 0 "$kills" "$time"
	[ "$(issues)" -eq 0 ] || fail "$(issues) issue texts, want none"
	night both 1 "$kills" "$time"
	grep -q 'the search got weaker' "$out/summary.md" || fail "the weaker search is not named"
	echo "prove: three nights as promised"
}

killed() {
	local time=${1:-1m} pid
	build
	"$out/bin/lastwake-fault" nightly --budget "$time" --state "$out/state" --release linked > /dev/null 2>&1 &
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
	build
	mkdir -p "$out/state"
	export -f night children seconds fail issues
	out=$out time=$time unshare -r -m bash -eu -c '
		mount -t tmpfs -o size=20m none "$out/state"
		night fault 1 0 "$time"
		cp "$out"/state/crashes/mux/*.txtar "$out"/
		head -c 30m /dev/zero > "$out/state/filler" 2> /dev/null || true
		night fault 2 0 "$time"
		for f in "$out"/*.txtar; do cmp "$f" "$out/state/crashes/mux/$(basename "$f")"; done
		rm "$out/state/filler"
		night fault 0 0 "$time"
	' || fail "the full disk"
	echo "prove: a full disk ends in status 2, and what was found before is as it was"
}

case ${1:-} in
nights | killed | full) "$@" ;;
*) fail "say nights, killed or full; the head of this file tells" ;;
esac
