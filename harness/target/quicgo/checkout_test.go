package quicgo_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/target/quicgo"
	"github.com/lastwake/lastwake/harness/target/quicgo/export"
	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
)

// A plant is a line that a checkout gets, in a file behind some text.
type plant struct{ in, after, line string }

// keepsCredit: a stream that the peer has reset never counts as ended, so its
// credit is not returned. keepsStreams: a connection remembers every stream that
// it has opened and that has ended.
var (
	keepsCredit = []plant{
		{"receive_stream.go", "func (s *ReceiveStream) isNewlyCompleted() bool {\n", "\tif s.cancelledRemotely { return false }\n"},
	}
	keepsStreams = []plant{
		{"streams_map_outgoing.go", "type outgoingStreamsMap[T outgoingStream] struct {\n", "\tended []T\n"},
		{"streams_map_outgoing.go", "\"tried to delete unknown outgoing stream %d\", id),\n\t\t}\n\t}\n", "\tm.ended = append(m.ended, m.streams[id])\n"},
	}
)

// checkout copies the quic-go of this module, and plants lines in it.
func checkout(t *testing.T, plants ...plant) string {
	t.Helper()
	out, err := osexec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/quic-go/quic-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	from, to := strings.TrimSpace(string(out)), filepath.Join(t.TempDir(), "quic-go")
	err = filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil || d.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o777)
		}
		if strings.HasSuffix(name, "_test.go") || !strings.HasSuffix(name, ".go") && name != "go.mod" && name != "go.sum" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, p := range plants {
			if name == p.in {
				text = bytes.Replace(text, []byte(p.after), []byte(p.after+p.line), 1)
				if !bytes.Contains(text, []byte(p.line)) {
					t.Fatalf("%s has no place for the planted line %q", name, p.line)
				}
			}
		}
		return os.WriteFile(filepath.Join(to, name), text, 0o666)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// testIn runs an exported test in a checkout and returns what it printed.
func testIn(t *testing.T, dir string, source []byte) (string, error) {
	t.Helper()
	at := filepath.Join(dir, "lastwaketest")
	if err := os.MkdirAll(at, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(at, "lastwake_test.go"), source, 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := osexec.Command("go", "test", "-mod=mod", "-v", ".")
	cmd.Dir = at
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// One planted line in a checkout is found from nothing, and the test that is
// exported fails there and passes on the clean tree.
func TestPlantedCheckout(t *testing.T) {
	if os.Getenv(controlsVar) == "" {
		t.Skip("it builds quic-go three times: make controls")
	}
	bad := checkout(t, keepsCredit...)
	target, found := huntIn(t, bad, "stream-credit", 2000)
	source := exported(t, target, found.Finding)
	if out, err := testIn(t, bad, source); err == nil || !strings.Contains(out, "all streams have ended") {
		t.Errorf("the exported test must fail on the planted tree: %v\n%s", err, out)
	}
	if out, err := testIn(t, checkout(t), source); err != nil || !strings.Contains(out, "--- PASS: TestLastwake") {
		t.Errorf("the exported test must pass on the clean tree: %v\n%s", err, out)
	}
}

// A checkout whose connections keep the streams that have ended is found out
// from nothing, by the place in it where what stays was allocated.
func TestPlantedLeak(t *testing.T) {
	if os.Getenv(controlsVar) == "" {
		t.Skip("it builds quic-go: make controls")
	}
	_, found := huntIn(t, checkout(t, keepsStreams...), oracle.Memory, 100)
	if !strings.Contains(found.Extra, "(*outgoingStreamsMap[...])") {
		t.Errorf("no stream that was opened is among what stays:\n%s", found.Extra)
	}
}

// huntIn hunts in a checkout for what it is known to do wrong, and shrinks it in
// some steps. It returns the target that it was found on.
func huntIn(t *testing.T, dir string, class oracle.Class, shrink int) (*quicgo.Target, *hunt.Found) {
	t.Helper()
	binary, err := quicgo.Build(t.Context(), dir, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	target := &quicgo.Target{Command: []string{binary}}
	ctx, cancel := context.WithTimeout(t.Context(), controlBudget)
	defer cancel()
	var found *hunt.Found
	_, err = hunt.Run(ctx, hunt.Options{Target: target, Seed: 1, Shrink: shrink, Crash: func(f *hunt.Found) (string, error) {
		if found == nil && f.Verdict.Class == class {
			found = f
			cancel()
		}
		return "", nil
	}})
	if err != nil || found == nil {
		t.Fatalf("found %v, %v", found, err)
	}
	t.Logf("found after %.1f s and %d programs, %d ops are left: %s", found.Seconds, found.Programs, len(found.Program.Ops), found.Signature())
	return target, found
}

// A test that is exported compiles, and passes where nothing is wrong.
func TestExportedTestRuns(t *testing.T) {
	s, err := ours().NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p := parse(t, `lastwake/1 quicgo rx_msd=1000 streams=2
peer.stream c0/s0 headers
app.read c0/s0
app.send c0/s0 len=100
net.path c0 up=hold
peer.max_stream_data c0/s0 add=1000
peer.reset c0/s0 err=7
peer.stream c0/s2 data fin
net.dup c0/p1
net.lose c0/p1
net.ok c0
app.send c0/s1 len=100
peer.max_stream_data c0/s1 add=100
app.unsubscribe c0/s0 recv
peer.datagram c0 len=10
net.lose c0/p3
time.pass ms=1000
app.abort c0/s2 err=1
`)
	lines, err := exec.New(s).Record(p, fault.Set{})
	if err != nil {
		t.Fatal(err)
	}
	rest := len(lines) - 2 // without the close at the end
	e := export.Test{Signature: "nothing is wrong", Stack: s.(*quicgo.Session).Version(), Program: p.String(), Steps: s.(*quicgo.Session).Script(rest), Check: export.Credit}
	e.Granted, e.Idle = lab.Granted(&p.Header)
	var b bytes.Buffer
	if err := export.Go(&b, e); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "lastwake_test.go")
	if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := osexec.Command("go", "test", "-v", file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestLastwake") {
		t.Errorf("%v\n%s\n%s", err, out, b.String())
	}
}

// exported returns a finding as a test.
func exported(t *testing.T, target *quicgo.Target, f *exec.Finding) []byte {
	t.Helper()
	s, err := target.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	again, err := exec.New(s).Explain(f.Program, fault.Set{})
	if err != nil || again == nil {
		t.Fatal(again, err)
	}
	var b bytes.Buffer
	e := export.Test{Signature: again.Signature(), Stack: s.(*quicgo.Session).Version(), Program: f.Program.String(),
		Steps: s.(*quicgo.Session).Script(again.Verdict.Op), Check: export.Credit}
	e.Granted, e.Idle = lab.Granted(&f.Program.Header)
	if err := export.Go(&b, e); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
