#!/bin/bash
# The figures of harness/docs/scale.md, measured here and now:
#
#   harness/nightly/scale.sh speed [SECONDS]   programs a second, each engine with 1 and 2 workers (20 s each)
#   harness/nightly/scale.sh fit [SEEDS]       how the time to one fault is distributed (500 seeds)
#   harness/nightly/scale.sh corpus            what it costs to keep and to read a corpus
#
# Each line says the load of the machine: on one that is busy with other things,
# read ratios only. What is written stays in reports/out/scale.
set -eu
cd "$(dirname "$0")/../.."
out=$PWD/reports/out/scale
mkdir -p "$out"
export LASTWAKE_FAULTS=none
fault=${FAULT:-HAPROXY-bd384a359}

load() { cut -d' ' -f1 /proc/loadavg; }

# cpu: hundredths of a second of processor time that ended children have used.
cpu() { awk '{sub(/.*\) /, ""); print $14 + $15}' /proc/$$/stat; }

# say ENGINE WORKERS RATE SECONDS CPU: CPU is what cpu said before. On a busy machine the last
# column but one tells more than the rate: what a second of processor time does.
say() {
	printf '%-16s %s workers  %8s programs/s  %8s a second of processor time  load %s\n' "$1" "$2" "$3" \
		"$(awk -v r="$3" -v s="$4" -v c="$(($(cpu) - $5))" 'BEGIN {printf "%.0f", r * s * 100 / (c > 0 ? c : 1)}')" "$(load)"
}

# uptime of go-fuzz's last line, in seconds: 39s, 2m27s
gofuzz_rate() {
	grep -oE 'execs: [0-9]+ .*uptime: [0-9ms]+' "$1" | tail -1 |
		sed -E 's/execs: ([0-9]+) .*uptime: (([0-9]+)m)?([0-9]+)s/\1 \3 \4/' | awk '{m = NF == 3 ? $2 : 0; printf "%.0f", $1 / (60 * m + $NF)}'
}

# for SECONDS PIDS...: lets processes run, then ends them.
run_for() {
	local s=$1
	shift
	sleep "$s"
	kill -INT "$@" 2> /dev/null || true
	wait "$@" 2> /dev/null || true
}

speed() {
	local s=${1:-20} n dir pids since
	go build -o "$out/lastwake" ./harness/cmd/lastwake
	go build -o "$out/go-fuzz" github.com/dvyukov/go-fuzz/go-fuzz
	go test -c -fuzz FuzzMux -o "$out/mux.test" ./fuzz/mux
	[ -f "$out/target.zip" ] || go tool go-fuzz-build -o "$out/target.zip" ./fuzz/mux
	if [ ! -f "$out/libfuzzer" ]; then
		go tool go-fuzz-build -libfuzzer -o "$out/target.a" ./fuzz/mux
		clang-14 -fsanitize=fuzzer "$out/target.a" -o "$out/libfuzzer"
	fi
	for n in 1 2; do
		since=$(cpu)
		GOMAXPROCS=$n "$out/lastwake" hunt --faults none --seed 1 --workers $n --budget "${s}s" --json > "$out/log"
		say "lastwake hunt" $n "$(tail -1 "$out/log" | sed -E 's/.*"programs":([0-9]+),.*"seconds":([0-9.]+),"findings.*/\1 \2/' | awk '{printf "%.0f", $1 / $2}')" "$s" "$since"
	done
	for n in 1 2; do
		since=$(cpu)
		dir=$(mktemp -d "$out/native.XXXX")
		(cd fuzz/mux && "$out/mux.test" -test.run '^$' -test.fuzz FuzzMux -test.fuzzcachedir "$dir" -test.parallel $n -test.fuzztime "${s}s" -test.fuzzminimizetime 1x > "$out/log" 2>&1) || true
		say "go test -fuzz" $n "$(grep -oE 'elapsed: [0-9]+s, execs: [0-9]+' "$out/log" | tail -1 | awk '{sub("s,", "", $2); printf "%.0f", $4 / $2}')" "$s" "$since"
		rm -rf "$dir"
	done
	for n in 1 2; do
		since=$(cpu)
		dir=$(mktemp -d "$out/gofuzz.XXXX")
		"$out/go-fuzz" -bin "$out/target.zip" -workdir "$dir" -procs $n > "$out/log" 2>&1 &
		run_for "$s" $!
		say "go-fuzz" $n "$(gofuzz_rate "$out/log")" "$s" "$since"
		rm -rf "$dir"
	done
	for n in 1 2; do
		since=$(cpu)
		dir=$(mktemp -d "$out/cluster.XXXX")
		"$out/go-fuzz" -coordinator 127.0.0.1:7746 -workdir "$dir" > "$out/log" 2>&1 &
		pids=$!
		for _ in $(seq $n); do
			"$out/go-fuzz" -worker 127.0.0.1:7746 -procs 1 -bin "$out/target.zip" > /dev/null 2>&1 &
			pids="$pids $!"
		done
		run_for "$s" $pids
		say "go-fuzz cluster" $n "$(gofuzz_rate "$out/log")" "$s" "$since"
		rm -rf "$dir"
	done
	for n in 1 2; do
		since=$(cpu)
		dir=$(mktemp -d "$out/lib.XXXX")
		pids=
		for i in $(seq $n); do
			"$out/libfuzzer" -max_len=4096 -max_total_time="$s" -reload=1 -print_final_stats=1 "$dir" > "$out/log$i" 2>&1 &
			pids="$pids $!"
		done
		wait $pids || true
		say "libFuzzer" $n "$(for i in $(seq $n); do grep number_of_executed_units "$out/log$i"; done | awk -v s="$s" '{n += $2} END {printf "%.0f", n / s}')" "$s" "$since"
		rm -rf "$dir"
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
