package program

import "fmt"

// A Word is a piece of a program's bytes that a byte mutator may put anywhere.
type Word struct {
	// Name says what the bytes are: "app.send", "literal len", "format 2".
	Name string
	Data []byte
}

// Dictionary returns the words of the bytes of programs for target: the mark of
// format 2 where it is needed, each op of the target with its operands at the
// first entries of their maps, and once more with the last, and the heads of
// literal records. It follows the op table and nothing else.
func Dictionary(target string) []Word {
	p := New(target)
	f := layoutOf(p)
	words := []Word{{"head", f.append(nil, p)}}
	for v := Verb(1); v < NumVerbs; v++ {
		r := &rows[v]
		if !r.home.holds(target) {
			continue
		}
		if v >= bornWith1 && f == &format1 {
			continue // bytes of format 1 cannot say it
		}
		first := [recordLen]byte{0: byte(v)}
		last := first
		last[2] = byte(len(objectMaps[r.Object]) - 1)
		for i := range r.Operands {
			last[3+i] = byte(len(r.Operands[i].Map) - 1)
		}
		words = append(words, Word{r.Name, first[:]})
		if last != first {
			words = append(words, Word{r.Name + ", last of each", last[:]})
		}
	}
	words = append(words, Word{"literal object", []byte{literalSlot, litObj}})
	for i := range MaxOperands {
		words = append(words, Word{fmt.Sprintf("literal operand %d", i), []byte{literalSlot, byte(litArg + i)}})
	}
	return append(words, Word{"literal !alloc", []byte{literalSlot, litAlloc}})
}
