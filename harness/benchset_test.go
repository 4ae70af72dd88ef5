package harness

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"flag"
	"io"
	"os"
	"testing"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/model"
	"github.com/lastwake/lastwake/harness/target/model/plain"
)

// benchSet holds the programs that the model is measured on: each behind its
// length in 2 bytes, in the byte form, compressed.
const benchSet = "testdata/programs.gz"

// What the set is made of. It was generated once; as the model grows, an op of
// one or the other program may come to be refused, hence the margin.
const (
	setSize       = 1000
	setOpsMin     = 24 // executed ops, settle's not counted
	setOpsMax     = 64
	setMargin     = 4
	setReleaseMin = setSize / 2 // programs in which a mux is released
)

var generate = flag.Bool("generate", false, "write "+benchSet+" anew")

// The committed set is what it says: long enough programs that do something,
// half of them to the end of a connection, none of them a finding.
func TestBenchSet(t *testing.T) {
	if *generate {
		writeBenchSet(t)
	}
	r := exec.New(session(t, model.Mux{}))
	programs, released := readBenchSet(t), 0
	if len(programs) != setSize {
		t.Fatalf("%d programs, want %d", len(programs), setSize)
	}
	for i, p := range programs {
		h := r.Run(p, fault.Set{})
		if n := executed(h); n < setOpsMin || n > setOpsMax {
			t.Errorf("program %d executes %d ops, want %d to %d", i, n, setOpsMin, setOpsMax)
		}
		if oracle.Suspect(h) {
			t.Errorf("program %d is a finding:\n%s", i, p)
		}
		if releases(h) {
			released++
		}
	}
	if released < setReleaseMin {
		t.Errorf("%d programs release a mux, want %d", released, setReleaseMin)
	}
}

// In steady state a run allocates nothing, checked or not.
func TestRunAllocatesNothing(t *testing.T) {
	programs := readBenchSet(t)
	for _, v := range []model.Mux{{}, plain.Mux()} {
		r := exec.New(session(t, v))
		run := func() {
			for _, p := range programs {
				r.Run(p, fault.Set{})
			}
		}
		run()
		if n := testing.AllocsPerRun(3, run); n != 0 {
			t.Errorf("plain %v: %v allocations for %d programs, want 0", v.Plain != nil, n, len(programs))
		}
	}
}

func session(tb testing.TB, m model.Mux) target.Session {
	tb.Helper()
	s, err := m.NewSession()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// executed counts the ops of the program, not settle's, that were played.
func executed(h *target.History) int {
	n := 0
	for _, e := range h.Events[:h.Settle] {
		if e.Outcome == program.Done {
			n++
		}
	}
	return n
}

// releases reports whether the program's own ops released a mux.
func releases(h *target.History) bool {
	for i := range h.Checks {
		c := &h.Checks[i]
		if c.After > h.Settle {
			break
		}
		for n := range c.Audit.Conn {
			if c.Audit.Conn[n].MuxReleased {
				return true
			}
		}
	}
	return false
}

// writeBenchSet makes programs by chance, with a fixed seed, strips each of the
// ops that were not played, and keeps the first that fit.
func writeBenchSet(t *testing.T) {
	r, runner := program.NewRand(2494), exec.New(session(t, model.Mux{}))
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	p := program.New(program.Mux)
	for kept, lingering := 0, 0; kept < setSize; {
		program.Generate(r, p, program.Limits{Ops: 2 * setOpsMax})
		h := runner.Run(p, fault.Set{})
		ops := p.Ops[:0]
		for i, op := range h.Ops[:min(h.Settle, len(h.Events))] {
			if h.Events[i].Outcome == program.Done && op.Alloc == 0 {
				ops = append(ops, op)
			}
		}
		p.Ops = ops
		h = runner.Run(p, fault.Set{})
		if n := executed(h); n < setOpsMin+setMargin || n > setOpsMax-setMargin || oracle.Suspect(h) {
			continue
		}
		if !releases(h) {
			if lingering++; lingering > setSize-setReleaseMin-50 {
				continue
			}
		}
		kept++
		data := program.Encode(p)
		if _, err := w.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(data))), data...)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(benchSet, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readBenchSet(tb testing.TB) []*program.Program {
	tb.Helper()
	file, err := os.ReadFile(benchSet)
	if err != nil {
		tb.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		tb.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		tb.Fatal(err)
	}
	var programs []*program.Program
	for len(data) >= 2 {
		n := int(binary.BigEndian.Uint16(data))
		programs = append(programs, program.Decode(data[2:2+n]))
		data = data[2+n:]
	}
	return programs
}
