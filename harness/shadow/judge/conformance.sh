# Runs every judge and sums up in one line. Fails, and says so in a second one,
# when a judge is missing or disagrees about anything. Run from the root of the
# module, by make; LASTWAKE_JUDGE is the size, 1 or nightly.
for tool in gcc valgrind; do
	if ! command -v $tool > /dev/null; then
		echo "conformance: no $tool: apt-get install -y gcc valgrind" >&2
		exit 1
	fi
done

log=$(mktemp)
trap 'rm -f "$log" "$log.status"' EXIT
{
	go test ./harness/shadow/judge -count=1 -v -timeout 12h 2>&1
	echo $? > "$log.status"
} | tee "$log" | grep --line-buffered -vE '^(=== |--- PASS| +--- PASS|PASS$|ok )'
status=$(cat "$log.status")

# figure LABEL: the n/n behind it, or -/- when there is none.
figure() {
	n=$(sed -n "s|^$1: \([0-9]*/[0-9]*\).*|\1|p" "$log" | tail -1)
	echo "${n:--/-}"
}

echo "conformance: $(figure cases) cases, $(figure differential) differential, $(figure mux) mux, $(figure mutants) mutants"
if [ "$status" != 0 ]; then
	echo "conformance: FAILED, see above"
fi
exit "$status"
