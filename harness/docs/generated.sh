#!/bin/sh
# Checks that the generated files are what the generator would write, without
# touching them: it works on a copy.
set -eu
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r go.mod go.sum harness "$copy"
(cd "$copy" && go generate ./harness/mux/... > /dev/null)
if ! diff -r -q harness/mux "$copy/harness/mux"; then
	echo "generated files are out of date: make generate" >&2
	exit 1
fi
