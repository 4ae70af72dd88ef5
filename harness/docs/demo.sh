#!/bin/sh
# The main job on one bug, as "make run" shows it: HAProxy #2494 found from
# nothing, shrunk, explained, and gone with the fix. Every line that starts
# with "$" is a command that runs as it stands.
set -eu

fault=HAPROXY-bd384a359
seed=${SEED:-1}
ops=${OPS:-3000000}
dir=reports/out/demo
crash=$dir/heap-use-after-free-qc_stream_buf_free.txtar
rm -rf $dir

say() { printf '\n\n== %s ==\n' "$*"; }

# try STATUS COMMAND...: show the command, run it, want that exit status.
try() {
	want=$1
	shift
	printf '\n$ %s\n' "$*"
	got=0
	"$@" || got=$?
	if [ "$got" -ne "$want" ]; then
		echo "demo: exit status $got, want $want" >&2
		exit 2
	fi
}

say "1. hunt: from an empty corpus, with the code of before the fix"
try 1 lastwake hunt --faults $fault --seed "$seed" --ops "$ops" --crashes $dir

say "2. the program, shrunk: no op can go, no value can get smaller"
try 0 lastwake fmt $crash

say "3. the report: in a sanitizer's form, then what no sanitizer can know"
try 1 lastwake run $crash

say "4. as shipped: what a production build does, at two bases of its memory (chosen here)"
try 1 lastwake run --as-shipped --arena 7f7300000000 $crash
try 1 lastwake run --as-shipped --arena 55b900000000 $crash

say "5. hunt again: the same number of ops, with the fix"
try 0 lastwake hunt --faults none --seed "$seed" --ops "$ops" --crashes $dir/none

printf "\nFound with the fault, clean with the fix. To see it again:\nreproduce: go tool lastwake run %s\n" $crash
