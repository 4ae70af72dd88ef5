#!/bin/bash
# Runs the steps of the OSS-Fuzz build script as far as they go without its
# images, and says what was not run. Needs clang-14 and libclang-rt-14-dev.
set -eu
cd "$(dirname "$0")/.."
command -v clang-14 > /dev/null || { echo "deploy: clang-14 is not there: apt-get install -y clang-14 libclang-rt-14-dev" >&2; exit 2; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export OUT=$dir/out WORK=$dir/work
mkdir -p "$OUT" "$WORK" "$dir/bin"

# What the image's compile_go_fuzzer does: PACKAGE FUNCTION TARGET TAGS.
cat > "$dir/bin/compile_go_fuzzer" << 'END'
#!/bin/bash -eu
main=$(mktemp -d "$PWD/fuzz/.deploy.XXXX")
trap 'rm -rf "$main"' EXIT
cat > "$main/main.go" << GO
package main

// #include <stdint.h>
import "C"

import (
	"unsafe"

	target "$1"
)

//export LLVMFuzzerTestOneInput
func LLVMFuzzerTestOneInput(data *C.char, size C.size_t) C.int {
	target.$2(append([]byte(nil), unsafe.Slice((*byte)(unsafe.Pointer(data)), size)...))
	return 0
}

func main() {}
GO
go build -tags "$4,libfuzzer" -gcflags=all=-d=libfuzzer -buildmode=c-archive -o "$WORK/$3.a" "$main/main.go"
clang-14 -fsanitize=fuzzer "$WORK/$3.a" -o "$OUT/$3"
END
chmod +x "$dir/bin/compile_go_fuzzer"
PATH=$dir/bin:$PATH bash harness/docs/deploy/oss-fuzz/build.sh

for target in "$OUT"/*_fuzzer; do
	name=$(basename "$target")
	seeds=$dir/seeds-$name
	mkdir "$seeds"
	[ ! -f "$target"_seed_corpus.zip ] || "$WORK/lastwake" corpus convert --target "${name%_fuzzer}" --to raw "$target"_seed_corpus.zip "$seeds"
	"$target" -runs=2000 -max_len=4096 $([ -f "$target.dict" ] && echo "-dict=$target.dict") "$seeds" > "$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
	echo "deploy: $name: $(find "$seeds" -type f | wc -l) inputs after $(sed -n 's/.*DONE.*cov: \([0-9]*\).*/\1/p' "$dir/log") counters, $(sed -n 's/^Dictionary: //p' "$dir/log")"
done
ls "$OUT"
echo "deploy: not run: the images of OSS-Fuzz and ClusterFuzzLite, their own compile_go_fuzzer, the sanitizer and the coverage build"
