package shadow

// Decode returns the address of the first byte that a check refused, given
// the shadow words that the trap named in each round of coded replay and the
// size of the access. It reports false when the words contradict each other:
// then the rounds did not run the same program. It also does when the byte is
// too far from the memory in use to bear a code; Locate knows what to do then.
func (a *Arena) Decode(words [Rounds]uint64, size int) (addr uintptr, ok bool) {
	at, uninit := -1, false
	var off uintptr
	for k, w := range words {
		i, b := firstRefused(w)
		if k == 0 {
			at, uninit = i, b < 0x10
		}
		d, ok := digitOf(b, uninit)
		if i != at || i >= size || !ok {
			return 0, false
		}
		off |= uintptr(d) << (digitBits * k)
	}
	// The redzone's own code looks like that of the arena's last byte to a
	// store, in every round.
	if off >= a.covered && off < a.low || off == Size-1 && !a.wide {
		return 0, false
	}
	return a.Base() + off, true
}

// firstRefused returns the index and value of the lowest byte of w that is not
// 0; index 8 if there is none.
func firstRefused(w uint64) (int, byte) {
	for i := range 8 {
		if b := byte(w >> (8 * i)); b != 0 {
			return i, b
		}
	}
	return 8, 0
}

// digitOf undoes the code of a shadow byte. Stores do not see the low nibble.
func digitOf(b byte, uninit bool) (byte, bool) {
	if uninit {
		return b & digitMask, b&^digitMask == codedUninit
	}
	low := b & 0x0f
	return b >> 4 & digitMask, b&0x80 != 0 && (low == 0 || low == codedPoison&0x0f)
}

// Locate finds the address that the access behind trap t was refused for: of
// the first refused byte, for a check looks at a whole word. A trap does not
// say it, because a check that kept it would cost more than the model itself;
// but runs are exact, so Locate has the same program run again in the coded
// modes. The function run must reset its world to the given mode, play the
// program until it traps and return that trap. Locate reports false when a
// round ends otherwise, and for a fault at an address that nobody knows.
//
// Nothing of the last run's state is left afterwards: to describe the address,
// have the program run once more in the mode that it trapped in.
func (a *Arena) Locate(t Trap, run func(Mode) (Trap, bool)) (addr uintptr, ok bool) {
	if t.Known || t.Fault {
		return t.Addr, t.Known
	}
	if addr, ok = a.locate(t, run); !ok {
		a.wide = true
		addr, ok = a.locate(t, run)
		a.wide = false
	}
	return addr, ok
}

func (a *Arena) locate(t Trap, run func(Mode) (Trap, bool)) (addr uintptr, ok bool) {
	var words [Rounds]uint64
	for k := range words {
		u, ok := run(Coded(k + 1))
		if !ok || u.Fault || u.Size != t.Size || u.Write != t.Write {
			return 0, false
		}
		words[k] = u.Word
	}
	return a.Decode(words, t.Size)
}
