#!/bin/sh
# Checks that the generated files are what the generator would write, without
# touching them: it works on a copy.
set -eu
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r go.mod go.sum harness "$copy"
generated="harness/mux harness/process harness/shadow/judge/cases"
for dir in $generated; do
	(cd "$copy" && go generate "./$dir/..." > /dev/null)
	if ! diff -r -q "$dir" "$copy/$dir"; then
		echo "generated files are out of date: make generate" >&2
		exit 1
	fi
done
