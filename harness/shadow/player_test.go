package shadow_test

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// The object types of the tests: one as the mux has it, one whose size ends in
// the middle of a word, one that fills whole cache lines.
const (
	_ shadow.Kind = iota
	kTasklet
	kOdd
	kBlock
	kList
	kTask
)

type list struct {
	N *list `c:"n"`
	P *list `c:"p"`
}

type tasklet struct {
	State   uint32         `c:"state"`
	TID     int32          `c:"tid"`
	Process uint64         `c:"process"`
	Context unsafe.Pointer `c:"context"`
	Caller  uint64         `c:"caller"`
	List    list           `c:"list"`
}

type odd struct {
	Words [14]uint32
	Tail  [4]byte
}

type block struct{ Words [8]uint64 }

type task struct {
	tasklet
	Expire uint32
	Nice   int16
}

// types are the kinds of the tests. Tasks share the tasklets' pool.
var types = typeTable()

func typeTable() []shadow.Type {
	types := []shadow.Type{
		{},
		kTasklet: shadow.TypeOf[tasklet]("tasklet"),
		kOdd:     shadow.TypeOf[odd]("odd"),
		kBlock:   shadow.TypeOf[block]("block"),
		kList:    shadow.TypeOf[list]("list"),
		kTask:    shadow.TypeOf[task]("task"),
	}
	types[kTasklet].Pool = "task"
	types[kTask].Pool = "task"
	return types
}

func newArena(t testing.TB, o shadow.Options) *shadow.Arena {
	t.Helper()
	a, err := shadow.New(types, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// A player plays scripts: programs of one op a line, on one arena, again and
// again if need be, as exec does with real ones.
type player struct {
	a    *shadow.Arena
	vars map[string]unsafe.Pointer
	said []string
}

// A stop is how a script ended early.
type stop struct {
	line  int
	value any // what was panicked
	trap  shadow.Trap
	stack []uintptr
	ok    bool // it was a refused access
}

// play plays the script in a new run of the given mode.
func (p *player) play(mode shadow.Mode, script []string) (s *stop) {
	p.a.Reset(mode)
	p.vars = map[string]unsafe.Pointer{}
	p.said = nil
	line := 0
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			s = &stop{line: line, value: r}
			s.trap, s.stack, s.ok = shadow.TrapOf(r)
		}
	}()
	for line = range script {
		p.a.SetOp(int32(line))
		if said := p.step(strings.Fields(script[line])); said != "" {
			p.said = append(p.said, script[line]+": "+said)
		}
	}
	return nil
}

// locate finds the address that s was refused for.
func (p *player) locate(s *stop, script []string) (uintptr, bool) {
	return p.a.Locate(s.trap, func(m shadow.Mode) (shadow.Trap, bool) {
		u := p.play(m, script)
		if u == nil || u.line != s.line {
			return shadow.Trap{}, false
		}
		return u.trap, u.ok
	})
}

func (p *player) step(f []string) string {
	if n, ok := strings.CutPrefix(f[0], "ld"); ok {
		load(p.addr(f[1]), n)
		return ""
	}
	if n, ok := strings.CutPrefix(f[0], "st"); ok && len(n) == 1 {
		store(p.addr(f[1]), n)
		return ""
	}
	switch f[0] {
	case "alloc", "static", "push":
		return p.create(f)
	case "free":
		p.a.Free(kindOf(f[2]), p.addr(f[1]))
	case "pop":
		p.a.Pop(p.addr(f[1]))
	case "zero":
		p.a.Zero(kindOf(f[2]), p.addr(f[1]))
	case "fill":
		shadow.Fill(p.addr(f[1]), 0x5a, number(f[2]))
	case "copy":
		p.a.Copy(p.addr(f[1]), p.addr(f[2]), number(f[3]))
	case "bytes":
		return fmt.Sprintf("% x", shadow.Bytes(p.addr(f[1]), number(f[2])))
	case "poke": // what no check sees: *addr = value
		*(*uint64)(p.addr(f[1])) = uint64(uintptr(p.addr(f[2])))
	default:
		return p.look(f)
	}
	return ""
}

func (p *player) create(f []string) string {
	k := kindOf(f[2])
	var q unsafe.Pointer
	switch f[0] {
	case "alloc":
		q = p.a.Alloc(k)
	case "push":
		q = p.a.Push(k)
	case "static":
		q = p.a.Static(k, number(f[3]))
	}
	p.vars[f[1]] = q
	return fmt.Sprintf("%#x", p.a.Rel(q))
}

// look plays the ops that only look.
func (p *player) look(f []string) string {
	switch f[0] {
	case "peek":
		q := p.addr(f[1])
		return fmt.Sprintf("live %v, freed %v", p.a.Live(q), p.a.Freed(q))
	case "describe":
		return p.a.Describe(uintptr(p.addr(f[1]))).String()
	case "rows":
		return "\n" + strings.Join(p.a.Rows(uintptr(p.addr(f[1])), int(number(f[2]))), "\n")
	case "left":
		var all []string
		p.a.EachLive(func(c shadow.Chunk) bool {
			all = append(all, fmt.Sprintf("#%d %s of op %d", c.Seq, types[c.Kind].Name, c.AllocOp))
			return true
		})
		return strings.Join(all, ", ")
	case "link":
		next, head := p.a.Link(p.addr(f[1]))
		return fmt.Sprintf("%#x, head %v", next, head)
	case "words": // relative where it is an address in the arena
		var all []string
		for i := range int(number(f[2])) {
			w := *(*uintptr)(unsafe.Add(p.addr(f[1]), 8*i))
			if w-p.a.Base() < shadow.Size {
				all = append(all, fmt.Sprintf("@%#x", w-p.a.Base()))
			} else {
				all = append(all, fmt.Sprintf("%#x", w))
			}
		}
		return strings.Join(all, " ")
	}
	panic("no such op: " + f[0])
}

// addr reads an operand: "t", "t+4", "t-1", "null+8", "wild", "arena+16".
func (p *player) addr(s string) unsafe.Pointer {
	name, off := s, 0
	if i := strings.IndexAny(s, "+-"); i > 0 {
		n, err := strconv.ParseInt(s[i:], 0, 64)
		if err != nil {
			panic(err)
		}
		name, off = s[:i], int(n)
	}
	switch name {
	case "null":
		return number2pointer(uintptr(off))
	case "wild":
		return number2pointer(0x1234_5678_9000 + uintptr(off))
	case "arena":
		return number2pointer(p.a.Base() + uintptr(off))
	}
	q, ok := p.vars[name]
	if !ok {
		panic("no such object: " + name)
	}
	return unsafe.Add(q, off)
}

func number2pointer(u uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&u)) }

func number(s string) uintptr {
	n, err := strconv.ParseUint(s, 0, 64)
	if err != nil {
		panic(err)
	}
	return uintptr(n)
}

func kindOf(name string) shadow.Kind {
	for k, t := range types {
		if k > 0 && t.Name == name {
			return shadow.Kind(k)
		}
	}
	panic("no such type: " + name)
}

func load(p unsafe.Pointer, size string) {
	switch size {
	case "1":
		shadow.Ld1((*uint8)(p))
	case "2":
		shadow.Ld2((*int16)(p))
	case "4":
		shadow.Ld4((*uint32)(p))
	case "8":
		shadow.Ld8((*uint64)(p))
	}
}

func store(p unsafe.Pointer, size string) {
	switch size {
	case "1":
		shadow.St1((*bool)(p), true)
	case "2":
		shadow.St2((*uint16)(p), 2)
	case "4":
		shadow.St4((*int32)(p), -1)
	case "8":
		shadow.St8((*uint64)(p), 8)
	}
}

// verdict puts a stop into words that do not depend on the arena's place. It
// may have to play the script again.
func (p *player) verdict(mode shadow.Mode, s *stop, script []string) string {
	var bad *shadow.BadFree
	var text string
	switch err, _ := s.value.(error); {
	case errors.As(err, &bad):
		text = bad.Class + " of " + p.a.Format(bad.Addr) + p.place(bad.Addr)
	case !s.ok:
		text = fmt.Sprint(s.value)
	default:
		text = p.access(mode, s, script)
	}
	return script[s.line] + ": " + text
}

func (p *player) access(mode shadow.Mode, s *stop, script []string) string {
	addr, ok := p.locate(s, script)
	if !ok {
		return "address unknown"
	}
	if !s.trap.Known { // coded replay goes through sanitize's addresses
		mode = shadow.Sanitize
	}
	if u := p.play(mode, script); u == nil || u.line != s.line {
		return "does not happen again"
	}
	kind := "READ"
	if s.trap.Write {
		kind = "WRITE"
	}
	if s.trap.Size == 0 {
		kind = "access"
	}
	return fmt.Sprintf("%s: %s of size %d at %s%s", p.a.Classify(addr), kind, s.trap.Size, p.a.Format(addr), p.place(addr))
}

func (p *player) place(addr uintptr) string {
	place := p.a.Describe(addr)
	if place.Where == "" {
		return ""
	}
	text := fmt.Sprintf(", %s, allocated by op %d", place, place.Chunk.AllocOp)
	if place.Chunk.Dead {
		text += fmt.Sprintf(", freed by op %d", place.Chunk.FreeOp)
	}
	return text
}
