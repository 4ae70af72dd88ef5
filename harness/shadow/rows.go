package shadow

import (
	"fmt"
	"strings"
)

const (
	granule  = 8  // bytes for which a printed shadow byte stands
	rowBytes = 16 // printed shadow bytes in a row
	rowSpan  = granule * rowBytes
)

// Rows draws the shadow around addr as AddressSanitizer does: one byte for
// each 8 of memory, 16 in a row, as many rows before and after as asked for.
// 00 is addressable, 01 to 07 says how many bytes at its start are, fa is
// redzone, fd freed, f8 out of scope and f7 unmapped. Addresses are relative to the slot's
// base. It is for a run in Sanitize or Page.
func (a *Arena) Rows(addr uintptr, around int) []string {
	off := addr - a.Base()
	if off >= Size {
		return nil
	}
	var rows []string
	for i := -around; i <= around; i++ {
		row := int(off)&^(rowSpan-1) + i*rowSpan
		if row >= 0 && row < Size {
			rows = append(rows, a.row(uintptr(row), off))
		}
	}
	return rows
}

// row draws one row, with the granule that holds off in brackets.
func (a *Arena) row(row, off uintptr) string {
	var b strings.Builder
	arrow := "  "
	if off-row < rowSpan {
		arrow = "=>"
	}
	fmt.Fprintf(&b, "%s0x%06x:", arrow, row)
	after := " "
	for g := row; g < row+rowSpan; g += granule {
		sep := after
		after = " "
		if off-g < granule {
			sep, after = "[", "]"
		}
		fmt.Fprintf(&b, "%s%02x", sep, a.compress(g))
	}
	if after == "]" {
		b.WriteString(after)
	}
	return b.String()
}

// compress is the one shadow byte that AddressSanitizer has for 8 bytes: how
// many are addressable, 0 for all of them, or what the first one is.
func (a *Arena) compress(off uintptr) byte {
	for i, c := range a.codes(off, granule) {
		switch {
		case c&codePoison == 0:
		case i == 0:
			return c
		default:
			return byte(i)
		}
	}
	return 0
}
