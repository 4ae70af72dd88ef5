package quicgo

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/quicgo/inside"
	"github.com/lastwake/lastwake/harness/triage"
)

// crashes is the folder for findings, from here.
const crashes = "../../reports/out/crashes"

// shrinkTries bounds the programs run to shrink a finding: a few seconds.
const shrinkTries = 2000

// maxOps bounds the ops of an input that are played: a run is to take a
// millisecond, and an engine's inputs only ever grow.
const maxOps = 64

// FuzzQuicgo lets Go's engine look for programs that break quic-go.
func FuzzQuicgo(f *testing.F) {
	seeds, err := corpus.Embedded().Seeds(program.Quicgo)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range seeds {
		if os.Getenv("LASTWAKE_SEEDS") != "none" {
			f.Add(program.Encode(s.Program))
		}
	}
	known, err := corpus.Embedded().Crashes(program.Quicgo)
	if err != nil {
		f.Fatal(err)
	}
	if os.Getenv("LASTWAKE_KNOWN") == "none" {
		known = nil
	}
	runtime.GOMAXPROCS(1) // faster for a bubble than two; -parallel gives more
	p := program.New(program.Quicgo)
	player := inside.New(nil, saveInput)
	runner := exec.New(player)
	f.Fuzz(func(t *testing.T, data []byte) {
		runner.Sample(true)
		player.T = t
		program.DecodeInto(p, data)
		p.Ops = p.Ops[:min(len(p.Ops), maxOps)]
		finding, err := runner.Explain(p, fault.Set{})
		if err != nil {
			t.Fatalf("%v\n%s", err, p)
		}
		if finding == nil {
			return
		}
		if _, excused := corpus.Excused(known, finding.Signature(), fault.Set{}); !excused {
			report(t, runner, finding)
		}
	})
}

// saveInput keeps a program that is about to end this process.
func saveInput(p *program.Program, what string) {
	if err := os.MkdirAll(crashes, 0o777); err != nil {
		return // standard error gets the program all the same
	}
	_ = corpus.WriteFile(filepath.Join(crashes, "quicgo-process.prog"), []byte(p.String()))
	_ = corpus.WriteFile(filepath.Join(crashes, "quicgo-process.txt"), []byte(what))
}

// report shrinks a finding, writes it down and fails the test with it.
func report(t *testing.T, r *exec.Runner, f *exec.Finding) {
	r.Sample(false)
	s, err := triage.Shrink(r, f, program.MinimizeOptions{Budget: shrinkTries})
	if err != nil {
		t.Fatal(err)
	}
	keep := triage.Keep{Root: "../..", Dir: "reports/out/crashes", Proof: s.Proof, From: len(f.Program.Ops)}
	c, err := keep.Save(s.Finding)
	if c == nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Log(err) // the finding is told, if not kept
	}
	t.Fatalf("\n%s\nreproduce: go tool lastwake run %s\n", c.Report, c.File)
}
