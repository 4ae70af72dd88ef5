package live

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/quic-go/quic-go"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/live/guardian"
)

// A NotReadyError says that a server could not be used at all, and what was
// seen of it.
type NotReadyError struct{ Seen string }

// Error says what was seen.
func (e *NotReadyError) Error() string { return "live: the server " + e.Seen }

// The files of a server's folder besides the guardian's.
const (
	programFile = "program.live" // what is played, before it is played
	exeFile     = "executables"
	symptomFile = "symptom.json" // what was seen of a server that lives
	runPrefix   = ".run-"
)

// A server is the user's, running and ready.
type server struct {
	*guardian.Process
	exes []string
	rest guardian.Usage // what it holds when nothing is asked of it
	runs int            // programs that it has lived through
}

// How often one looks, and how many handshakes may fail before a server that
// lives is said to hang: in a search many, for it may be busy and not hang,
// fewer when it is known to hang, and fewest for what is only a candidate.
const (
	glance       = 10 * time.Millisecond
	probesSearch = 10
	probesReplay = 4
	probesShrink = 2
	probeLimit   = time.Second // of one handshake
)

// startServer starts the server and waits until it is ready: until a line of
// its output matches, and a handshake succeeds.
func (w *witness) startServer(ctx context.Context) (*server, error) {
	w.starts++
	dir := filepath.Join(w.Out, fmt.Sprintf("%s%d-%d", runPrefix, os.Getpid(), w.starts))
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	p, err := guardian.Start(guardian.Spec{Command: w.Server, Dir: dir})
	if err != nil {
		return nil, fmt.Errorf("live: %w", err)
	}
	s := &server{Process: p}
	if err := w.await(ctx, s); err != nil {
		p.Stop()
		_ = os.RemoveAll(dir) // nothing in it is a finding
		return nil, err
	}
	s.exes = p.Executables()
	if err := os.WriteFile(filepath.Join(dir, exeFile), []byte(strings.Join(s.exes, "\n")), 0o666); err != nil {
		p.Stop()
		return nil, err
	}
	s.rest = w.atRest(s)
	return s, nil
}

// await waits until s is ready.
func (w *witness) await(ctx context.Context, s *server) error {
	deadline := time.Now().Add(w.ReadyLimit)
	for w.ready != nil && !w.ready.Match(s.Log(0, maxLog)) {
		if err := w.waited(ctx, s, deadline, fmt.Sprintf("no line of its output matches %q", w.ready)); err != nil {
			return err
		}
	}
	for !w.answers(ctx) {
		if err := w.waited(ctx, s, deadline, fmt.Sprintf("%s answers no handshake%s", w.addr, elsewhere(s.Listens(), w.addr))); err != nil {
			return err
		}
	}
	return nil
}

// waited waits a moment for s, and says so when there is no use in it.
func (w *witness) waited(ctx context.Context, s *server, deadline time.Time, missing string) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case !s.Alive():
		st, err := s.Status()
		if err != nil {
			return err
		}
		return &NotReadyError{fmt.Sprintf("exited at once (%s); %s", st, lastWords(s))}
	case time.Now().After(deadline):
		return &NotReadyError{fmt.Sprintf("is not ready after %s: %s; %s", w.ReadyLimit, missing, lastWords(s))}
	}
	select {
	case <-time.After(glance):
	case <-s.Ended():
	}
	return nil
}

// elsewhere says where the server listens instead.
func elsewhere(at []netip.AddrPort, want netip.AddrPort) string {
	var others []string
	for _, a := range at {
		if a.Port() == want.Port() && (a.Addr() == want.Addr() || a.Addr().IsUnspecified()) {
			return ", though it listens there"
		}
		others = append(others, a.String())
	}
	if len(others) == 0 {
		return ": it listens on no UDP port"
	}
	return ": it listens on " + strings.Join(others, ", ")
}

// lastWords is the last line that s has written.
func lastWords(s *server) string {
	size := s.LogSize()
	text := strings.TrimSpace(string(s.Log(max(0, size-4096), 4096)))
	if text == "" {
		return "it has written nothing"
	}
	lines := strings.Split(text, "\n")
	return fmt.Sprintf("its last line is %q", strings.TrimSpace(lines[len(lines)-1]))
}

// answers reports whether a fresh handshake gets an answer: success, or a
// refusal by a server that does not speak HTTP/3.
func (w *witness) answers(ctx context.Context) bool {
	st := site{authority: w.client.authority, paths: w.client.paths}
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	c, err := dial(ctx, w.addr, &st, windows{stream: 1 << 16, connection: 1 << 16}, 0, "")
	if c != nil {
		c.release()
	}
	refused, ok := errors.AsType[*quic.TransportError](err)
	return err == nil || ok && refused.Remote
}

// atRest is the least that s holds in a few looks.
func (w *witness) atRest(s *server) guardian.Usage {
	least := s.Usage()
	for range 4 {
		time.Sleep(glance)
		u := s.Usage()
		least.Memory, least.Descriptors = min(least.Memory, u.Memory), min(least.Descriptors, u.Descriptors)
	}
	return least
}

// begin writes down what is about to be played: whoever finds the folder of a
// killed session knows.
func (s *server) begin(p *program.Program) error {
	return corpus.WriteFile(filepath.Join(s.Dir, programFile), []byte(p.String()))
}

// discard stops s and removes what it has left.
func (s *server) discard() {
	s.Stop()
	_ = os.RemoveAll(s.Dir) // what matters has been taken out of it
}

// maxLog bounds what is read of a server's output at once.
const maxLog = 4 << 20

// readiness compiles the pattern of --ready, nil for none.
func readiness(pattern string) (*regexp.Regexp, error) {
	if pattern == "" {
		return nil, nil
	}
	re, err := regexp.Compile("(?m)" + pattern)
	if err != nil {
		return nil, fmt.Errorf("live: the pattern of readiness: %w", err)
	}
	return re, nil
}
