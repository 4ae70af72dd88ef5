#!/bin/bash
# The engines beside Go's own, on the same targets:
#
#   fuzz/engines.sh go-fuzz TARGET TIME [WORKERS]  one process, with one worker if not told
#   fuzz/engines.sh cluster TARGET TIME WORKERS    a coordinator, workers over loopback
#   fuzz/engines.sh libfuzzer TARGET TIME          needs clang-14 and libclang-rt-14-dev
#   fuzz/engines.sh prove                          all of them find HAProxy #2494 from nothing
#
# TARGET is a package below fuzz/ with a Fuzz function, TIME is 20s, 5m or 2h. What an engine keeps
# stays in reports/out/ENGINE/TARGET, and a run goes on where the last one
# stopped. LASTWAKE_FAULTS and LASTWAKE_KNOWN mean what they mean everywhere.
# Exit status: 0 nothing found, 1 a finding, 2 it could not run. An interrupt
# stops every process that was started.
set -u
cd "$(dirname "$0")/.." || exit 2
out=reports/out

die() {
	echo "engines: $*" >&2
	exit 2
}

# Whatever was started in the background goes with this script.
stop() {
	local jobs
	jobs=$(jobs -p)
	[ -z "$jobs" ] || kill -INT $jobs 2> /dev/null
	wait 2> /dev/null
}
trap stop EXIT
trap 'exit 130' INT TERM

# seconds TIME
seconds() {
	case $1 in
	*[!0-9smh]* | '' | [smh]*) die "$1 is no time: write 20s, 5m or 2h" ;;
	*h) echo $((${1%h} * 3600)) ;;
	*m) echo $((${1%m} * 60)) ;;
	*) echo "${1%s}" ;;
	esac
}

# check TARGET
check() {
	grep -qs '^func Fuzz(data \[\]byte) int' fuzz/"$1"/*.go || die "no target $1: there are $(grep -ls '^func Fuzz(data' fuzz/*/*.go | xargs -n1 dirname | xargs -n1 basename | sort -u | tr '\n' ' ')"
}

# build TARGET KIND FILE: what go-fuzz-build makes of a target. quic-go brings a
# package of crypto with a directive that its rewriting misplaces.
build() {
	mkdir -p "$(dirname "$3")"
	local flags=(-o "$3")
	[ "$2" = libfuzzer ] && flags+=(-libfuzzer)
	go list -deps ./fuzz/"$1" | grep -q '^github.com/quic-go/quic-go$' && flags+=(-preserve crypto/internal/fips140/bigmod)
	go tool go-fuzz-build "${flags[@]}" ./fuzz/"$1" || die "go-fuzz-build ./fuzz/$1 failed"
}

# found DIR: how many findings go-fuzz has kept; an input that was too slow on a busy machine is none.
found() { grep -ls '^panic: lastwake' "$1"/crashers/*.output | wc -l; }

# watch DIR SECONDS HAD PIDS...: wait until there are more crashers than HAD, if FIRST is set,
# or the time is over; then stop the processes, which write down what they have.
watch() {
	local dir=$1 until=$((SECONDS + $2)) had=$3
	shift 3
	while [ $SECONDS -lt $until ] && kill -0 "$1" 2> /dev/null; do
		[ -n "${FIRST:-}" ] && [ "$(found "$dir")" -gt "$had" ] && break
		sleep 1
	done
	kill -INT "$@" 2> /dev/null
	wait "$@" 2> /dev/null
}

# tell DIR: the head of each crasher's report. With FIRST, a crasher that is no finding does not count.
tell() {
	local n f
	n=$(find "$1/crashers" -name '*.output' 2> /dev/null | wc -l)
	echo "engines: $n crashers in $1/crashers"
	[ "$n" -eq 0 ] && return 0
	for f in "$1"/crashers/*.output; do
		grep -m1 '^panic: ' "$f" || head -1 "$f"
		echo "  reproduce: go tool lastwake run ${f%.output}"
	done
	[ -n "${FIRST:-}" ] && [ "$(found "$1")" -eq 0 ] && return 0
	return 1
}

go_fuzz() {
	local dir=$out/go-fuzz/$1 had for
	check "$1"
	for=$(seconds "$2") || exit 2
	build "$1" zip "$dir/target.zip"
	had=$(found "$dir")
	go tool go-fuzz -bin "$dir/target.zip" -workdir "$dir" -procs "${3:-1}" &
	watch "$dir" "$for" "$had" $!
	tell "$dir"
}

# cluster: the coordinator has the shared workdir; workers come and go.
cluster() {
	local dir=$out/go-fuzz-cluster/$1 port=${PORT:-7745} had for pids=()
	check "$1"
	for=$(seconds "$2") || exit 2
	build "$1" zip "$dir/target.zip"
	had=$(found "$dir")
	go tool go-fuzz -coordinator 127.0.0.1:"$port" -workdir "$dir" &
	pids+=($!)
	for _ in $(seq "$3"); do
		go tool go-fuzz -worker 127.0.0.1:"$port" -procs 1 -bin "$dir/target.zip" > /dev/null 2>&1 &
		pids+=($!)
	done
	watch "$dir" "$for" "$had" "${pids[@]}"
	tell "$dir"
}

libfuzzer() {
	local dir=$out/libfuzzer/$1 status=0 for
	check "$1"
	for=$(seconds "$2") || exit 2
	command -v clang-14 > /dev/null || die "clang-14 is not there: apt-get install -y clang-14 libclang-rt-14-dev"
	build "$1" libfuzzer "$dir/target.a"
	clang-14 -fsanitize=fuzzer "$dir/target.a" -o "$dir/target" || die "clang-14 cannot link $dir/target.a"
	mkdir -p "$dir/corpus"
	"$dir/target" -max_len=4096 -max_total_time="$for" -artifact_prefix="$dir/" "$dir/corpus" 2>&1 | tee "$dir/log" |
		grep --line-buffered -E '^panic: |^#[0-9]+.*(DONE|pulse)|Test unit written'
	status=${PIPESTATUS[0]}
	if grep -q '^panic: lastwake' "$dir/log"; then
		echo "  reproduce: go tool lastwake run $(sed -n 's/.*Test unit written to //p' "$dir/log")"
		return 1
	fi
	[ $status -eq 0 ] || die "libFuzzer ended with status $status: see $dir/log"
}

# prove: each engine, from nothing, with the fault on, until it is found. An
# engine has some three times what it mostly takes: its luck is not ours. On a
# machine that is busy with other things go-fuzz hardly runs at all: it gives way
# to everything.
prove() {
	local name status failed=0
	rm -rf $out/go-fuzz $out/go-fuzz-cluster $out/libfuzzer
	export LASTWAKE_FAULTS=HAPROXY-bd384a359 LASTWAKE_KNOWN=none LASTWAKE_SEEDS=none FIRST=1
	for name in "libfuzzer mux 6m" "go_fuzz mux 15m 2" "cluster mux 15m 2"; do
		local since=$SECONDS
		echo "=== $name"
		status=0
		$name || status=$?
		echo "=== $name: $((SECONDS - since)) s, $([ $status -eq 1 ] && echo found || echo NOT FOUND)"
		[ $status -eq 1 ] || failed=1
	done
	return $failed
}

case "${1:-}" in
go-fuzz) go_fuzz "${2:-}" "${3:-}" "${4:-1}" ;;
cluster) cluster "${2:-}" "${3:-}" "${4:-2}" ;;
libfuzzer) libfuzzer "${2:-}" "${3:-}" ;;
prove) prove ;;
*) die "say go-fuzz, cluster, libfuzzer or prove; the head of this file tells" ;;
esac
