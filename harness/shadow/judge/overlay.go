package judge

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A hook is a line that the build with -asan has at the beginning of a
// function of package shadow: it hands the work to arena_asan.go while the
// arena is in mode Plain. Compiled in always, they would cost every allocation
// of every other build a load and a branch.
type hook struct{ file, before, line string }

var hooks = []hook{
	{"arena.go", "import (", `func init() { hooked = true }`},
	{"mode.go", "func (a *Arena) Reset(mode Mode) {", `resetHost(a, mode)`},
	{"arena_pool.go", "func (a *Arena) Alloc(k Kind) unsafe.Pointer {", `if h := hostOf(a); h != nil { return h.alloc(k, Heap) }`},
	{"arena_pool.go", "func (a *Arena) Free(k Kind, p unsafe.Pointer) {", `if h := hostOf(a); h != nil { h.free(k, p); return }`},
	{"scope.go", "func (a *Arena) Push(k Kind) unsafe.Pointer {", `if h := hostOf(a); h != nil { return h.alloc(k, Scope) }`},
	{"scope.go", "func (a *Arena) Pop(p unsafe.Pointer) {", `if h := hostOf(a); h != nil { h.pop(p); return }`},
	{"chunk.go", "func (a *Arena) Live(p unsafe.Pointer) bool {", `if h := hostOf(a); h != nil { if c := h.find(uintptr(p)); c != nil { return !c.Dead } }`},
	{"chunk.go", "func (a *Arena) Readable(p unsafe.Pointer) bool {", `if hostOf(a) != nil { return a.Live(p) }`},
	{"chunk.go", "func (a *Arena) Freed(p unsafe.Pointer) bool {", `if h := hostOf(a); h != nil { if c := h.find(uintptr(p)); c != nil { return c.Dead } }`},
	{"chunk.go", "func (a *Arena) EachLive(f func(Chunk) bool) {", `if h := hostOf(a); h != nil { h.each(f); return }`},
	{"bulk.go", "func (a *Arena) Zero(k Kind, p unsafe.Pointer) {", `if hostOf(a) != nil { hostFill(p, 0, a.types[k].Size); return }`},
	{"bulk.go", "func Fill(p unsafe.Pointer, b byte, n uintptr) {", `if host != nil { hostFill(p, b, n); return }`},
	{"bulk.go", "func (a *Arena) Copy(dst, src unsafe.Pointer, n uintptr) {", `if hostOf(a) != nil { hostCopy(dst, src, n); return }`},
	{"bulk.go", "func Bytes(p unsafe.Pointer, n uintptr) []byte {", `if host != nil { return hostBytes(p, n) }`},
}

// Overlay writes the hooked files of package shadow, whose sources are in the
// folder src, to dir and returns the name of the file for go build -overlay.
// It fails when a function that it hooks is not where it was.
func Overlay(src, dir string) (string, error) {
	src, err := filepath.Abs(src)
	if err != nil {
		return "", err
	}
	text := map[string]string{}
	for _, h := range hooks {
		if text[h.file] == "" {
			b, err := os.ReadFile(filepath.Join(src, h.file))
			if err != nil {
				return "", err
			}
			text[h.file] = string(b)
		}
		if n := strings.Count(text[h.file], h.before+"\n"); n != 1 {
			return "", fmt.Errorf("overlay: %s has %d lines %q, want 1", h.file, n, h.before)
		}
		text[h.file] = h.into(text[h.file])
	}
	files := map[string]string{}
	for name, t := range text {
		files[filepath.Join(src, name)] = t
	}
	return writeOverlay(dir, files)
}

// writeOverlay writes the texts that take the place of files, by their
// absolute names, to dir and returns the name of the file for go build
// -overlay.
func writeOverlay(dir string, files map[string]string) (string, error) {
	replace := map[string]string{}
	for i, name := range slices.Sorted(maps.Keys(files)) {
		to := filepath.Join(dir, strconv.Itoa(i), filepath.Base(name))
		replace[name] = to
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return "", err
		}
		if err := os.WriteFile(to, []byte(files[name]), 0o666); err != nil {
			return "", err
		}
	}
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, b, 0o666)
}

// into puts the line into the text of a file: first thing in its function, on
// the same line so that no other moves, or after the imports.
func (h hook) into(text string) string {
	if h.before == "import (" {
		return text + "\n" + h.line + "\n"
	}
	return strings.Replace(text, h.before+"\n", h.before+" "+h.line+"\n", 1)
}
