package core

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
)

// A MismatchError says that an executable did not dump a core: stacks would be
// nonsense.
type MismatchError struct{ Core, CoreID, Exe, ExeID string }

// Error names both files with their build-ids.
func (e *MismatchError) Error() string {
	return fmt.Sprintf("core %s is of build-id %s, executable %s of %s", e.Core, e.CoreID, e.Exe, e.ExeID)
}

// Hint says what to do about it.
func (e *MismatchError) Hint() string {
	return "find the executable with the core's build-id; a package of another release has the same name"
}

// compare compares the build-ids of core and executable. What has none cannot
// be compared, and is noted.
func compare(o Options) error {
	exe, err := elf.Open(o.Exe)
	if err != nil {
		return fmt.Errorf("executable %s: %w", o.Exe, err)
	}
	defer exe.Close()
	dump, err := elf.Open(o.Core)
	if err != nil {
		return fmt.Errorf("core %s: %w", o.Core, err)
	}
	defer dump.Close()
	if dump.Type != elf.ET_CORE {
		return fmt.Errorf("core %s: it is no core dump but an %v", o.Core, dump.Type)
	}
	want, got := idOf(exe.Progs, exe.ByteOrder), idInCore(dump, filepath.Base(o.Exe))
	switch {
	case want == "" || got == "":
		if o.Note != nil {
			o.Note("the build-ids of core and executable could not be compared: one of them has none")
		}
		return nil
	case want != got:
		return &MismatchError{o.Core, got, o.Exe, want}
	}
	return nil
}

// The notes that are looked for, and how much of one is read.
const (
	noteBuildID = 3
	noteFiles   = 0x46494c45
	noteMost    = 16 << 20
)

// idOf returns the build-id in the notes of an executable, "" for none.
func idOf(progs []*elf.Prog, order binary.ByteOrder) string {
	id := ""
	for _, p := range progs {
		if p.Type == elf.PT_NOTE && p.Filesz <= noteMost {
			eachNote(p.Open(), order, func(kind uint32, name string, desc []byte) {
				if kind == noteBuildID && name == "GNU" && id == "" {
					id = hex.EncodeToString(desc)
				}
			})
		}
	}
	return id
}

// eachNote calls f with each note of r, until one makes no sense.
func eachNote(r io.Reader, order binary.ByteOrder, f func(kind uint32, name string, desc []byte)) {
	for {
		var h struct{ Name, Desc, Kind uint32 }
		if binary.Read(r, order, &h) != nil || h.Name > noteMost || h.Desc > noteMost {
			return
		}
		name, desc := make([]byte, pad(h.Name)), make([]byte, pad(h.Desc))
		if _, err := io.ReadFull(r, name); err != nil {
			return
		}
		if _, err := io.ReadFull(r, desc); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return
		}
		f(h.Kind, string(bytes.TrimRight(name[:h.Name], "\x00")), desc[:h.Desc])
	}
}

func pad(n uint32) uint32 { return (n + 3) &^ 3 }

// idInCore returns the build-id that the core's memory holds of the executable
// called base: the first page of each mapped file is dumped.
func idInCore(dump *elf.File, base string) string {
	id := ""
	for _, p := range dump.Progs {
		if p.Type != elf.PT_NOTE {
			continue
		}
		eachNote(p.Open(), dump.ByteOrder, func(kind uint32, _ string, desc []byte) {
			if kind != noteFiles || id != "" {
				return
			}
			for _, start := range mappings(desc, dump.ByteOrder, base) {
				if id == "" {
					id = idAt(dump, start)
				}
			}
		})
	}
	return id
}

// mappings returns where the files called base begin, in the list of mapped
// files that a core has: a count, the page size, for each file start, end and
// offset in pages, and then the names.
func mappings(desc []byte, order binary.ByteOrder, base string) []uint64 {
	if len(desc) < 16 {
		return nil
	}
	n := order.Uint64(desc)
	if n > uint64(len(desc))/24 {
		return nil
	}
	names := bytes.Split(desc[16+24*n:], []byte{0})
	var starts, first []uint64
	for i := range n {
		row := desc[16+24*i:]
		if order.Uint64(row[16:]) != 0 || i >= uint64(len(names)) {
			continue
		}
		if first == nil {
			first = []uint64{order.Uint64(row)}
		}
		if filepath.Base(string(names[i])) == base {
			starts = append(starts, order.Uint64(row))
		}
	}
	if starts == nil {
		return first // the executable was renamed since; it is mapped first
	}
	return starts
}

// idAt returns the build-id of the file that is mapped at start.
func idAt(dump *elf.File, start uint64) string {
	mem := &memory{dump}
	f, err := headerOnly(mem, start)
	if err != nil {
		return ""
	}
	var base uint64
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD && p.Off == 0 {
			base = start - p.Vaddr
		}
	}
	id := ""
	for _, p := range f.Progs {
		if p.Type == elf.PT_NOTE && p.Filesz <= noteMost && id == "" {
			eachNote(io.NewSectionReader(&shifted{mem, base + p.Vaddr}, 0, int64(p.Filesz)), dump.ByteOrder, func(kind uint32, name string, desc []byte) {
				if kind == noteBuildID && name == "GNU" && id == "" {
					id = hex.EncodeToString(desc)
				}
			})
		}
	}
	return id
}

// headerOnly reads the program headers of an ELF file of 64 bits whose
// sections are not there.
func headerOnly(mem io.ReaderAt, start uint64) (*elf.File, error) {
	var h elf.Header64
	r := io.NewSectionReader(&shifted{mem, start}, 0, 1<<20)
	if err := binary.Read(r, binary.LittleEndian, &h); err != nil {
		return nil, err
	}
	if string(h.Ident[:4]) != elf.ELFMAG || elf.Class(h.Ident[4]) != elf.ELFCLASS64 || h.Phnum > 256 || h.Phoff > 1<<16 {
		return nil, errors.New("no ELF header")
	}
	f := &elf.File{}
	progs := io.NewSectionReader(&shifted{mem, start + h.Phoff}, 0, 256*64)
	for range h.Phnum {
		var p elf.Prog64
		if err := binary.Read(progs, binary.LittleEndian, &p); err != nil {
			return nil, err
		}
		f.Progs = append(f.Progs, &elf.Prog{ProgHeader: elf.ProgHeader{Type: elf.ProgType(p.Type), Off: p.Off, Vaddr: p.Vaddr, Filesz: p.Filesz}})
	}
	return f, nil
}

// memory reads the memory of a dumped process.
type memory struct{ dump *elf.File }

// ReadAt reads at an address.
func (m *memory) ReadAt(b []byte, addr int64) (int, error) {
	for _, p := range m.dump.Progs {
		if off := uint64(addr) - p.Vaddr; p.Type == elf.PT_LOAD && uint64(addr) >= p.Vaddr && off < p.Filesz {
			n := min(uint64(len(b)), p.Filesz-off)
			k, err := p.ReadAt(b[:n], int64(off))
			if err == nil && k < len(b) {
				err = io.EOF
			}
			return k, err
		}
	}
	return 0, io.EOF
}

// shifted reads from an offset on.
type shifted struct {
	r  io.ReaderAt
	by uint64
}

func (s *shifted) ReadAt(b []byte, off int64) (int, error) { return s.r.ReadAt(b, int64(s.by)+off) }
