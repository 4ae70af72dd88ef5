package model_test

import (
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/model"
)

var lastWake = fault.Set{}.With(fault.HAPROXY_bd384a359)

const lastWakeProgram = `lastwake/1 mux app=hq bufs=1
net.block c0
peer.stream c0/s0 headers fin
peer.stream c0/s4 headers fin
app.send c0/s0 len=4000
app.send c0/s4 len=4000
run.mux c0
app.detach c0/s0
app.detach c0/s4
run.timer c0 mux
`

func session(t *testing.T, m model.Mux) target.Session {
	t.Helper()
	s, err := m.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func parse(t *testing.T) *program.Program {
	t.Helper()
	p, err := program.Parse("2494.prog", []byte(lastWakeProgram))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func explain(t *testing.T) *exec.Finding {
	t.Helper()
	f, err := exec.New(session(t, model.Mux{})).Explain(parse(t), lastWake)
	if err != nil {
		t.Fatal(err)
	}
	if f == nil {
		t.Fatal("nothing found")
	}
	return f
}

// The incident, as the report must name it.
func TestLastWake(t *testing.T) {
	f := explain(t)
	if got, want := f.Signature(), "heap-use-after-free | tasklet | qc_stream_buf_free | qcc_release | qmux_init"; got != want {
		t.Errorf("signature %q, want %q", got, want)
	}
	if got, want := f.Verdict.Detail, "READ of size 4 of tasklet.tid"; got != want {
		t.Errorf("access %q, want %q", got, want)
	}
	for _, stack := range [][]target.Frame{f.Use, f.Object.Free, f.Object.Alloc} {
		for _, x := range stack {
			if !strings.HasPrefix(x.File, "harness/mux/") || strings.Contains(x.File, "checked") {
				t.Errorf("frame %s is in %s, want a file of harness/mux", x.Func, x.File)
			}
		}
	}
}

func TestFixedModelIsSilent(t *testing.T) {
	f, err := exec.New(session(t, model.Mux{})).Explain(parse(t), fault.Set{})
	if f != nil || err != nil {
		t.Errorf("got %v, %v; want nothing", f, err)
	}
}

// The freed tasklet's tid reads the upper half of the pool's link, which is
// that of the arena's base.
func TestShippedTidIsTheBase(t *testing.T) {
	f := explain(t)
	for _, base := range []uint64{0x7f73_0000_0000, 0x55b9_0000_0000, 0x7e11_0000_0000} {
		v, err := exec.New(session(t, model.Mux{Base: base})).Ship(f)
		if err != nil {
			t.Fatal(err)
		}
		if !v.Stale || v.Field != "tid" || v.Value != int64(v.Base>>32) || v.Base>>32 != base>>32 {
			t.Errorf("base %#x: %+v, want tid to read %d", base, v, base>>32)
		}
	}
}
