# Runs every judge at its usual size and sums up in one line. Fails, and says so
# in a second one, when a judge is missing or disagrees about anything. Run from the root of the module.
#
# The mutants are another target's: reports/out/mutants.txt holds its line.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
LASTWAKE_JUDGE=1 LASTWAKE_JUDGE_N="$N" LASTWAKE_JUDGE_SEED="$SEED" \
	go test ./harness/shadow/judge -count=1 -v -timeout 6h >"$log" 2>&1
status=$?
grep -vE '^(=== RUN|--- PASS|    --- PASS|PASS$|ok )' "$log"

# figure LABEL: the n/n behind it, or -/- when there is none.
figure() {
	n=$(sed -n "s|^$1: \([0-9]*/[0-9]*\).*|\1|p" "$2" 2>/dev/null | tail -1)
	echo "${n:--/-}"
}

echo "conformance: $(figure cases "$log") cases, $(figure differential "$log") differential," \
	"$(figure mux "$log") mux, $(figure mutants reports/out/mutants.txt) mutants"
[ $status = 0 ] || echo "conformance: FAILED, see above"
exit $status
