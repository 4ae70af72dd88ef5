package rivals

import (
	"math/bits"
	"os"
	"runtime/debug"
	"testing"

	"pgregory.net/rapid"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/model"
)

// TestRapid is the model as a state machine of rapid: an action for each verb,
// whose precondition is that the model plays the op. Values are drawn from the
// maps that bytes choose from. Without a cell it plays a little and finds
// nothing.
func TestRapid(t *testing.T) {
	c := newCell(t)
	s, err := model.Mux{}.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var on fault.Set
	var eras uint
	if c != nil {
		on, eras = c.on, c.eras
	}
	m := &machine{session: s, on: on, actions: map[string]func(*rapid.T){}}
	actors := model.Mux{}.Actors()
	for _, row := range program.Rows() {
		if actors&(1<<row.Actor) != 0 {
			m.actions[row.Name] = m.action(row)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		m.begin(t, eras)
		t.Repeat(m.actions)
		if c != nil && c.play(noFail{}, m.prog) {
			os.Exit(0) // nothing is to be shrunk
		}
	})
}

// noFail lets a cell end the process instead of failing rapid's test, which
// would run the program again.
type noFail struct{ testing.TB }

func (noFail) Helper()           {}
func (noFail) Fatal(args ...any) { panic(args) }

// A machine builds the program of one check, and plays it on the way to know
// which ops can be played.
type machine struct {
	session target.Session
	on      fault.Set
	prog    *program.Program
	over    bool // the session broke: any op will do
	actions map[string]func(*rapid.T)
}

func (m *machine) begin(t *rapid.T, eras uint) {
	m.prog, m.over = program.New(program.Mux), false
	for k, key := range program.Keys(program.Mux) {
		m.prog.Header.Set[k] = rapid.SampledFrom(key.Map).Draw(t, key.Name)
	}
	if eras != 0 {
		var values []uint32
		for left := eras; left != 0; left &= left - 1 {
			values = append(values, uint32(bits.TrailingZeros(left)))
		}
		m.prog.Header.Set[program.KeyEra] = rapid.SampledFrom(values).Draw(t, "era")
	}
	m.session.Reset(&m.prog.Header, m.on)
}

func (m *machine) action(row program.Row) func(*rapid.T) {
	objects, conns, allocs := row.Object.Choices()
	object, conn, alloc := rapid.SampledFrom(objects), rapid.SampledFrom(conns), rapid.SampledFrom(allocs)
	var operands []*rapid.Generator[uint32]
	for _, o := range row.Operands {
		operands = append(operands, rapid.SampledFrom(o.Map))
	}
	return func(t *rapid.T) {
		op := program.Op{Verb: row.Verb, Obj: object.Draw(t, "object"), Conn: conn.Draw(t, "conn"), Alloc: alloc.Draw(t, "alloc")}
		for i, g := range operands {
			op.Arg[i] = g.Draw(t, row.Operands[i].Name)
		}
		if !m.plays(op) {
			t.Skip()
		}
		m.prog.Ops = append(m.prog.Ops, op)
	}
}

// plays plays op and reports whether the model did. What breaks it is judged
// when the whole program is played.
func (m *machine) plays(op program.Op) (played bool) {
	if m.over {
		return true
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			m.over, played = true, true
		}
	}()
	return m.session.Step(op).Outcome == program.Done
}
