#!/bin/bash
# The figures of harness/docs/scale.md, measured here and now:
#
#   harness/nightly/scale.sh speed [SECONDS [ENGINE...]]   programs a second with 1 and 2 workers, and their ratio (20 s each; go-fuzz
#                                                          and its cluster 60 s, from the 20th second on): hunt native gofuzz cluster libfuzzer
#   harness/nightly/scale.sh fit [SEEDS]                   how the time to one fault is distributed (500 seeds)
#   harness/nightly/scale.sh corpus                        what it costs to keep and to read a corpus
#
# Each line says the load of the machine: on one that is busy with other things,
# read ratios of processor time only. go-fuzz gives way to everything else (it sets its niceness to 19), so that on a busy
# machine it hardly runs at all. What is written stays in reports/out/scale.
set -eu
cd "$(dirname "$0")/../.."
out=$PWD/reports/out/scale
mkdir -p "$out"
export LASTWAKE_FAULTS=none
fault=${FAULT:-HAPROXY-bd384a359}

# What was started in the background goes with this script.
stop() {
	local jobs
	jobs=$(jobs -p)
	[ -z "$jobs" ] || kill $jobs 2> /dev/null || true
}
trap stop EXIT
trap 'exit 130' INT TERM

load() { cut -d' ' -f1 /proc/loadavg; }

# cpu: hundredths of a second of processor time that ended children have used.
cpu() { awk '{sub(/.*\) /, ""); print $14 + $15}' /proc/$$/stat; }

# tree PIDS...: these processes and all below them.
tree() {
	local p
	for p; do
		echo "$p"
		tree $(cat /proc/"$p"/task/*/children 2> /dev/null || true)
	done
}

# used PIDS...: hundredths of a second of processor time of these, of all below them and of their ended children.
used() {
	local p
	for p in $(tree "$@"); do cat /proc/"$p"/stat 2> /dev/null || true; done | awk '{sub(/.*\) /, ""); n += $12 + $13 + $14 + $15} END {print n + 0}'
}

# say ENGINE WORKERS PROGRAMS SECONDS CPU: CPU is hundredths of a second of processor time. Two
# workers are compared with the one that was said before.
say() {
	printf '%-16s %s workers  ' "$1" "$2"
	awk -v p="${3:-0}" -v s="$4" -v c="$5" -v load="$(load)" 'BEGIN {
		printf "%8.0f programs/s  %8.0f a second of processor time  %5.2f cores  load %s\n", p / s, p * 100 / (c > 0 ? c : 1), c / 100 / s, load }'
	if [ "$2" = 2 ]; then
		awk -v name="$1" -v p="${3:-0}" -v s="$4" -v c="$5" -v one="$one" 'BEGIN {
			split(one, o, " ")
			if (o[1] * p == 0) { printf "%-16s no ratio: nothing was counted\n", name; exit }
			printf "%-16s two workers do %.2f times the programs of one, a second of processor time %.2f times\n", name, p / s / (o[1] / o[2]), p / c / (o[1] / o[3]) }'
	fi
	one="${3:-0} $4 $5"
}

# execs LOG: the programs of the last line that go-fuzz has written, which it does every 3 s.
execs() { grep -oE 'execs: [0-9]+' "$1" | tail -1 | grep -oE '[0-9]+' || echo 0; }

# line LOG: waits for the next line, a minute at most.
line() {
	local n until=$((SECONDS + 60))
	n=$(grep -c 'execs: ' "$1" || true)
	while [ "$(grep -c 'execs: ' "$1" || true)" -eq "$n" ] && [ $SECONDS -lt $until ]; do sleep 0.05; done
}

# window ENGINE WORKERS WARM SECONDS PIDS...: what go-fuzz does from a line on that comes after so many seconds, in which
# it starts, and after its first program, to one that comes SECONDS later. Then it is ended.
window() {
	local name=$1 n=$2 warm=$3 s=$4 from programs before until=$((SECONDS + $3 + 120))
	shift 4
	sleep "$warm"
	while [ "$(execs "$out/log")" -eq 0 ] && [ $SECONDS -lt $until ]; do sleep 1; done
	line "$out/log"
	from=${EPOCHREALTIME/./} programs=$(execs "$out/log") before=$(used "$@")
	sleep "$s"
	line "$out/log"
	say "$name" "$n" $(($(execs "$out/log") - programs)) "$(((${EPOCHREALTIME/./} - from) / 1000))e-3" $(($(used "$@") - before))
	kill -INT "$@" 2> /dev/null || true
	wait "$@" 2> /dev/null || true
}

# Each engine: SECONDS WORKERS.

hunt() {
	local since
	since=$(cpu)
	GOMAXPROCS=$2 "$out/lastwake" hunt --faults none --seed 1 --workers "$2" --budget "${1}s" --json > "$out/log"
	say "lastwake hunt" "$2" $(tail -1 "$out/log" | sed -E 's/.*"programs":([0-9]+),.*"seconds":([0-9.]+),"findings.*/\1 \2/') $(($(cpu) - since))
}

native() {
	local since
	since=$(cpu)
	(cd fuzz/mux && "$out/mux.test" -test.run '^$' -test.fuzz FuzzMux -test.fuzzcachedir "$dir" -test.parallel "$2" -test.fuzztime "${1}s" -test.fuzzminimizetime 1x > "$out/log" 2>&1) || true
	say "go test -fuzz" "$2" $(grep -oE 'elapsed: [0-9]+s, execs: [0-9]+' "$out/log" | tail -1 | awk '{sub("s,", "", $2); print $4, $2}') $(($(cpu) - since))
}

gofuzz() {
	"$out/go-fuzz" -bin "$out/target.zip" -workdir "$dir" -procs "$2" > "$out/log" 2>&1 &
	window "go-fuzz" "$2" "$1" $(($1 * 3)) $!
}

cluster() {
	local pids
	"$out/go-fuzz" -coordinator 127.0.0.1:7746 -workdir "$dir" > "$out/log" 2>&1 &
	pids=$!
	for _ in $(seq "$2"); do
		"$out/go-fuzz" -worker 127.0.0.1:7746 -procs 1 -bin "$out/target.zip" > /dev/null 2>&1 &
		pids="$pids $!"
	done
	window "go-fuzz cluster" "$2" "$1" $(($1 * 3)) $pids
}

libfuzzer() {
	local since pids= i
	since=$(cpu)
	for i in $(seq "$2"); do
		"$out/libfuzzer" -max_len=4096 -max_total_time="$1" -reload=1 -print_final_stats=1 "$dir" > "$out/log$i" 2>&1 &
		pids="$pids $!"
	done
	wait $pids || true
	say "libFuzzer" "$2" "$(for i in $(seq "$2"); do grep number_of_executed_units "$out/log$i"; done | awk '{n += $2} END {print n}')" "$1" $(($(cpu) - since))
}

# build ENGINE: what it runs.
build() {
	case $1 in
	hunt) go build -o "$out/lastwake" ./harness/cmd/lastwake ;;
	native) go test -c -fuzz FuzzMux -o "$out/mux.test" ./fuzz/mux ;;
	gofuzz | cluster)
		go build -o "$out/go-fuzz" github.com/dvyukov/go-fuzz/go-fuzz
		go tool go-fuzz-build -o "$out/target.zip" ./fuzz/mux
		;;
	libfuzzer)
		go tool go-fuzz-build -libfuzzer -o "$out/target.a" ./fuzz/mux
		clang-14 -fsanitize=fuzzer "$out/target.a" -o "$out/libfuzzer"
		;;
	*)
		echo "scale: no engine $1: there are hunt native gofuzz cluster libfuzzer" >&2
		exit 2
		;;
	esac
}

speed() {
	local s=${1:-20} engine n dir one=
	shift || true
	[ $# -gt 0 ] || set -- hunt native gofuzz cluster libfuzzer
	for engine; do build "$engine"; done
	for engine; do
		for n in 1 2; do
			dir=$(mktemp -d "$out/$engine.XXXX")
			$engine "$s" $n
			rm -rf "$dir"
		done
	done
}

# The programs to the finding, sorted, and what an exponential makes of them:
# its mean, the greatest distance between the two curves, and what k workers
# that search apart from each other would take.
fit() {
	local seeds=${1:-500}
	go build -o "$out/lastwake" ./harness/cmd/lastwake
	"$out/lastwake" bench --faults "$fault" --seeds "$seeds" --ops 20000000 --out "$out/fit" > "$out/fit.txt"
	echo "$fault, $seeds seeds, load $(load)"
	grep -oE '"programs":[0-9]+' "$out/fit/cells.jsonl" | cut -d: -f2 | sort -n | awk '
		{ t[NR] = $1; sum += $1 }
		END {
			n = NR; mean = sum / n; lowest = t[1]; tail = mean - lowest
			for (i = 1; i <= n; i++) {
				f = 1 - exp(-(t[i] - lowest) / tail); d = f - (i - 1) / n; e = i / n - f
				if (d > worst) worst = d; if (e > worst) worst = e
				var += (t[i] - mean) ^ 2
			}
			printf "programs to the finding: least %d, median %d, mean %.0f, most %d; deviation over mean %.2f\n", lowest, t[int((n + 1) / 2)], mean, t[n], sqrt(var / n) / mean
			printf "least + exponential of mean %.0f: greatest distance of the curves %.3f (5 %% level for %d runs: %.3f)\n", tail, worst, n, 1.358 / sqrt(n)
			print "workers   from the runs   by the fit   times one worker (fit)"
			for (k = 1; k <= 64; k *= 2) {
				# the mean of the least of k runs, from the runs themselves
				m = 0; for (i = 1; i <= n; i++) m += t[i] * (((n - i + 1) / n) ^ k - ((n - i) / n) ^ k)
				printf "%7d   %13.0f   %10.0f   %.2f%s\n", k, m, lowest + tail / k, mean / (lowest + tail / k), (k > 16 ? "   extrapolated" : "")
			}
		}'
}

# since MS
since() { echo $((${EPOCHREALTIME/./} / 1000 - $1)); }

corpus() {
	local dir=$out/corpus t
	go build -o "$out/lastwake" ./harness/cmd/lastwake
	rm -rf "$dir"
	"$out/lastwake" hunt --faults none --seed 1 --programs 400000 --corpus "$dir" --json > "$out/log"
	echo "mux after 400,000 programs: $(find "$dir" -name '*.prog' | wc -l) programs, $(find "$dir" -name '*.prog' -printf '%s\n' | awk '{n += $1} END {print n}') bytes, $(du -sk "$dir" | cut -f1) KiB on disk, load $(load)"
	t=$((${EPOCHREALTIME/./} / 1000))
	"$out/lastwake" corpus convert --to raw "$dir" "$dir.raw" > /dev/null
	echo "convert to raw bytes: $(since $t) ms, $(du -sk --apparent-size "$dir.raw" | cut -f1) KiB of bytes"
	t=$((${EPOCHREALTIME/./} / 1000))
	"$out/lastwake" corpus merge --to raw "$dir" "$dir.raw" "$dir.merged"
	echo "merge of two machines' pools: $(since $t) ms"
	t=$((${EPOCHREALTIME/./} / 1000))
	"$out/lastwake" corpus prune --to raw "$dir" "$dir.pruned"
	echo "prune: $(since $t) ms, load $(load)"
	rm -rf "$dir.raw" "$dir.merged" "$dir.pruned"
}

case ${1:-} in
speed | fit | corpus) "$@" ;;
*) echo "scale: say speed, fit or corpus; the head of this file tells" >&2; exit 2 ;;
esac
