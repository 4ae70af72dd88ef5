#!/bin/bash -eu
# Builds the fuzz targets for OSS-Fuzz and ClusterFuzzLite, in the root of the
# module. The image's compile_go_fuzzer instruments a package and links it with
# the engine; $OUT gets the target, its seeds, its dictionary and its options.
# A target is one package below fuzz/ whose Fuzz takes bytes.
for target in mux process program; do
	[ -d "fuzz/$target" ] || continue
	compile_go_fuzzer "github.com/lastwake/lastwake/fuzz/$target" Fuzz "${target}_fuzzer" gofuzz
done
if [ "${SANITIZER:-}" = coverage ]; then
	exit 0 # a coverage build takes the corpus of the others
fi

# The engine does not see what F.Add adds: the seeds go along as raw bytes.
go build -o "$WORK/lastwake" ./harness/cmd/lastwake
for target in mux process; do
	[ -d "corpus/seed/$target" ] || continue
	"$WORK/lastwake" corpus convert --target "$target" --to zip "corpus/seed/$target" "$OUT/${target}_fuzzer_seed_corpus.zip"
	"$WORK/lastwake" ops --dict --target "$target" > "$OUT/${target}_fuzzer.dict"
	printf '[libfuzzer]\nmax_len = 4096\ndict = %s_fuzzer.dict\n' "$target" > "$OUT/${target}_fuzzer.options"
done
