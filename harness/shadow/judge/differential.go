package judge

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/shadow/judge/cases/checked"
)

// An Outcome is what one judge says of one program: the first thing that is
// wrong with it, and where.
type Outcome struct {
	Report
	// Op is the index of the op; the number of ops when the run came to its
	// end.
	Op int
	// Aim is the address of the object that the op's access was meant for, 0
	// when it has none in particular.
	Aim uint64
	// Left is what was live at the end of the run, bytes.
	Left int
	// Asked: leaks were looked for, and are in the verdict.
	Asked bool
}

// A Twin plays programs on the checked twin.
type Twin struct{ w *checked.World }

// NewTwin returns a Twin with an arena of its own.
func NewTwin() (*Twin, error) {
	w, err := checked.New(shadow.Options{})
	if err != nil {
		return nil, err
	}
	return &Twin{w}, nil
}

// Close unmaps the arena.
func (t *Twin) Close() error { return t.w.Arena().Close() }

// Play returns what the shadow says of p.
func (t *Twin) Play(p *Program) (Outcome, error) {
	j, err := Play(t.w.Arena(), func(m shadow.Mode) {
		t.w.Reset(m)
		t.w.Play(p.Ops, p.Masked)
	})
	o := Outcome{Report: Report{Verdict: j.Verdict, Addr: j.Addr, Start: j.Start}, Op: t.w.Op()}
	to, from := t.w.Aim()
	o.aim(uint64(uintptr(to)), uint64(uintptr(from)))
	if c := t.chunk(o); c.Size != 0 && isOverflow(o.Class) {
		o.Class = overflowOf(c)
	}
	if o.Op == len(p.Ops) {
		o.Aim, o.Asked, o.Left = 0, true, o.Bytes
	}
	return o, err
}

// aim sets what the access was meant for. What a copy reads is meant for the
// other object.
func (o *Outcome) aim(to, from uint64) {
	if o.Aim = to; from != 0 && o.Access == "READ" {
		o.Aim = from
	}
}

// chunk is the object that an outcome's access was meant for, the zero Chunk
// if it is none.
func (t *Twin) chunk(o Outcome) shadow.Chunk {
	a := t.w.Arena()
	if o.Aim == 0 || uintptr(o.Aim)-a.Base() >= shadow.Size {
		return shadow.Chunk{}
	}
	return a.Describe(uintptr(o.Aim)).Chunk
}

// RunMachine has the machine in C play programs, in one process, and returns
// what the judge said by their place in ps. The command is that of the machine.
func RunMachine(ps []*Program, env []string, command ...string) ([]Outcome, error) {
	var in, out, errs bytes.Buffer
	in.WriteString(KindsLine())
	for i, p := range ps {
		q := *p
		q.Number = i
		in.WriteString(q.String())
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", command[0], err, tail(errs.String()))
	}
	return parseMachine(out.Bytes(), len(ps))
}

func tail(s string) string { return s[max(0, len(s)-2000):] }

// parseMachine reads the machine's output; see machine.c.
func parseMachine(out []byte, n int) ([]Outcome, error) {
	os, seen := make([]Outcome, n), make([]bool, n)
	for len(out) > 0 {
		line, rest, _ := bytes.Cut(out, []byte("\n"))
		out = rest
		var verb string
		var i, op, a, b int
		var aim, from uint64
		if _, err := fmt.Sscan(string(line), &verb, &i); err != nil || i < 0 || i >= n {
			return nil, fmt.Errorf("the machine said %q", line)
		}
		o, text := &os[i], strings.TrimPrefix(string(line), verb)
		var err error
		switch verb {
		case "report":
			_, err = fmt.Sscanf(text, "%d %d %x %x %d", &i, &op, &aim, &from, &a)
			if err == nil && a > len(out) {
				err = errors.New("the report is cut off")
			}
			if err == nil {
				*o = Outcome{Report: ParseASan(string(out[:a])), Op: op}
				o.aim(aim, from)
				out = out[a:]
			}
		case "uninit":
			_, err = fmt.Sscanf(text, "%d %d %x %d %d", &i, &op, &aim, &a, &b)
			*o = Outcome{Op: op, Aim: aim}
			o.Class, o.Access, o.Size, o.Offset = shadow.ClassUninitialized, "READ", b, a
		case "end":
			_, err = fmt.Sscanf(text, "%d %d", &i, &o.Left)
			o.Op = -1
		case "leaked":
			_, err = fmt.Sscanf(text, "%d %d %d", &i, &o.Bytes, &o.Objects)
			if o.Asked = true; o.Objects != 0 {
				o.Class = "leak"
			}
		default:
			err = errors.New("unknown word")
		}
		if err != nil {
			return nil, fmt.Errorf("the machine said %q: %w", line, err)
		}
		seen[i] = true
	}
	for i, ok := range seen {
		if !ok {
			os[i].Class = "the machine died" // and the judge with it
		}
	}
	return os, nil
}
