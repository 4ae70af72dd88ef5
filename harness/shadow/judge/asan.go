package judge

import (
	"regexp"
	"strconv"

	"github.com/lastwake/lastwake/harness/shadow"
)

// A Report is what can be read off AddressSanitizer's text.
type Report struct {
	Verdict
	// Addr is the address that the text names first: the start of an access,
	// or the first bad byte of a bulk access. Start is that of the region.
	Addr, Start uint64
}

// What AddressSanitizer of gcc 12 and later prints.
var (
	asanClass = regexp.MustCompile(`AddressSanitizer: (?:attempting )?(double-free|free on address which was not malloc\(\)-ed|[a-z][a-z-]+|SEGV)`)
	asanFree  = regexp.MustCompile(`attempting (double-free on|free on address which was not malloc\(\)-ed:) 0x([0-9a-f]+)`)
	asanAddr  = regexp.MustCompile(`AddressSanitizer: .* (?:on|on address|on unknown address) 0x([0-9a-f]+)`)
	asanKind  = regexp.MustCompile(`(?m)^(READ|WRITE) of size (\d+) at 0x`)
	asanSegv  = regexp.MustCompile(`The signal is caused by a (READ|WRITE) memory access`)
	asanHeap  = regexp.MustCompile(`is located (\d+) bytes (inside of|to the right of|to the left of|after|before) (\d+)-byte region \[0x([0-9a-f]+)`)
	asanGlob  = regexp.MustCompile(`is located (\d+) bytes (inside of|to the right of|to the left of|after|before) global variable .* \(0x([0-9a-f]+)\) of size (\d+)`)
	asanStack = regexp.MustCompile(`is located in stack of thread \S+ at offset (\d+) in frame`)
	asanVar   = regexp.MustCompile(`\[(\d+), (\d+)\) '[^']*'.* <== Memory access at offset \d+ (is inside|partially overflows|overflows|underflows|partially underflows) this variable`)
	asanLeak  = regexp.MustCompile(`SUMMARY: AddressSanitizer: (\d+) byte\(s\) leaked in (\d+) allocation\(s\)`)
)

// nullEnd bounds the addresses that a null pointer plus a field's offset has.
const nullEnd = 64 << 10

// ParseASan reads the first report in AddressSanitizer's output. The zero
// Report means that there is none.
func ParseASan(text string) Report {
	var r Report
	m := asanClass.FindStringSubmatch(text)
	if m == nil {
		if l := asanLeak.FindStringSubmatch(text); l != nil {
			r.Class, r.Bytes, r.Objects = "leak", number(l[1]), number(l[2])
		}
		return r
	}
	if a := asanFree.FindStringSubmatch(text); a != nil {
		r.Addr = hex(a[2])
	} else if a := asanAddr.FindStringSubmatch(text); a != nil {
		r.Addr = hex(a[1])
	}
	r.Class = m[1]
	switch m[1] {
	case "SEGV":
		r.Class = shadow.ClassWild
		if r.Addr < nullEnd {
			r.Class = shadow.ClassNull
		}
		if k := asanSegv.FindStringSubmatch(text); k != nil {
			r.Access = k[1]
		}
		return r
	case "free on address which was not malloc()-ed":
		r.Class = shadow.ClassBadFree
	}
	if k := asanKind.FindStringSubmatch(text); k != nil {
		r.Access, r.Size = k[1], number(k[2])
	}
	r.place(text)
	return r
}

// place reads the region.
func (r *Report) place(text string) {
	if h := asanHeap.FindStringSubmatch(text); h != nil {
		r.Offset, r.Where, r.Region, r.Start = number(h[1]), where(h[2]), number(h[3]), hex(h[4])
		return
	}
	if g := asanGlob.FindStringSubmatch(text); g != nil {
		r.Offset, r.Where, r.Region, r.Start = number(g[1]), where(g[2]), number(g[4]), hex(g[3])
		return
	}
	at, v := asanStack.FindStringSubmatch(text), asanVar.FindStringSubmatch(text)
	if at == nil || v == nil {
		return
	}
	off, begin, end := number(at[1]), number(v[1]), number(v[2])
	r.Region, r.Start = end-begin, r.Addr-uint64(off-begin)
	switch {
	case off < begin:
		r.Where, r.Offset = "before", begin-off
	case v[3] != "is inside":
		r.Where, r.Offset = "after", max(0, off-end)
	default:
		r.Where, r.Offset = "inside", off-begin
	}
}

func where(s string) string {
	switch s {
	case "inside of":
		return "inside"
	case "to the right of":
		return "after"
	case "to the left of":
		return "before"
	}
	return s
}

func hex(s string) uint64 {
	n, _ := strconv.ParseUint(s, 16, 64)
	return n
}
