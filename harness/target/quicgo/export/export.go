// Package export writes a finding on quic-go as a Go test that stands alone: it
// imports quic-go and the standard library, and can be pasted into quic-go's
// own tree.
//
// It owns the text. It refuses to know how the calls came about.
//
//	err := export.Go(w, export.Test{Signature: sig, Program: text, Steps: steps, Check: export.Credit})
package export

import (
	_ "embed"
	"fmt"
	"go/format"
	"io"
	"strings"
	"time"

	"github.com/lastwake/lastwake/harness/target/quicgo/rfc9000"
)

//go:embed runtime.txt
var runtime string

// A Check is what the test looks at in the end.
type Check string

// The checks. A goroutine that stays, a panic and a deadlock fail the bubble by
// themselves.
const (
	Credit   Check = "checkCredit"
	Returned Check = "checkReturned"
	Nothing  Check = ""
)

// CheckFor returns what a finding of a class is looked at for. It returns an
// error for a class that is judged from frames, which a test does not see.
func CheckFor(class string) (Check, error) {
	switch class {
	case "stream-credit":
		return Credit, nil
	case "blocked-call":
		return Returned, nil
	case "goroutine-leak", "panic", "busy-loop":
		return Nothing, nil
	}
	return Nothing, fmt.Errorf("a finding of class %s is judged from frames, which a test that uses the public interface only does not see", class)
}

// A Test is what is written.
type Test struct {
	Signature string
	// Stack is the version on which it was found, Program the program's text.
	Stack, Program string
	// Granted are the limits, by side; Idle is the idle timeout.
	Granted [2]rfc9000.Limits
	Idle    time.Duration
	// Steps are calls of the runtime below, a line of Go each.
	Steps []string
	Check Check
}

// Go writes t as a file of package lastwake_test.
func Go(w io.Writer, t Test) error {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("// Found by lastwake on %s: %s", t.Stack, t.Signature)
	line("//\n// The program:\n//")
	for l := range strings.Lines(t.Program) {
		line("//\t%s", strings.TrimSuffix(l, "\n"))
	}
	line("//\n// It keeps to the rules of the interface: no Close after CancelWrite or during a Write,")
	line("// one writer and one reader a stream. It needs Go 1.26 and quic-go v0.53 or later.\n")
	line("package lastwake_test\n")
	line("import (\n\"context\"\n\"crypto/ed25519\"\n\"crypto/tls\"\n\"crypto/x509\"\n\"errors\"\n\"math/big\"\n\"net\"\n\"os\"\n\"sync\"\n\"sync/atomic\"\n\"testing\"\n\"testing/cryptotest\"\n\"testing/synctest\"\n\"time\"\n\n\"github.com/quic-go/quic-go\"\n)\n")
	line("func TestLastwake(t *testing.T) {\nplay(t, func(r *run) {")
	for _, s := range t.Steps {
		line("r.%s", s)
	}
	if t.Check != Nothing {
		line("r.%s()", t.Check)
	}
	line("})\n}\n")
	line("// granted are the limits that each side grants its peer.\nvar granted = [2]struct {\ndata, streamData uint64\nstreams int64\n}{")
	for side, l := range t.Granted {
		line("%s: {%d, %d, %d},", rfc9000.Side(side), l.Data, l.StreamData, l.Streams)
	}
	line("}\n\nconst idleTimeout = %d * time.Millisecond\n", t.Idle.Milliseconds())
	b.WriteString(runtime)
	out, err := format.Source([]byte(b.String()))
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	_, err = w.Write(out)
	return err
}
