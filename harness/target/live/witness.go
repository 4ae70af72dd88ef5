package live

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"regexp"
	"time"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/program"
)

// A witness plays programs on one server at a time and sees what becomes of
// it.
type witness struct {
	*Config
	client
	ready  *regexp.Regexp
	server *server
	starts int
	played int
	// linger is how long a server that has just been played on may take to die;
	// a finding knows how long it takes.
	linger time.Duration
	// probes is how many handshakes may fail before a server that lives hangs.
	probes int
}

func newWitness(ctx context.Context, c *Config) (*witness, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	w := &witness{Config: c, linger: c.Linger, probes: probesSearch}
	var err error
	if w.ready, err = readiness(c.Ready); err != nil {
		return nil, err
	}
	if w.addr, err = Loopback(ctx, c.Addr, c.Resolve); err != nil {
		return nil, err
	}
	w.authority = c.Authority
	if w.authority == "" {
		w.authority, _, _ = net.SplitHostPort(c.Addr) // Loopback has parsed it
		if _, err := netip.ParseAddr(w.authority); err == nil {
			w.authority = "localhost" // a server name is no address
		}
	}
	w.paths = c.Paths
	return w, nil
}

// close stops the server.
func (w *witness) close() {
	if w.server != nil {
		w.server.discard()
		w.server = nil
	}
}

// A sighting is what one run of a program showed.
type sighting struct {
	play    *Play
	symptom *Symptom // nil when nothing is wrong
	// after is the time from the last op until the server died, log what it
	// wrote meanwhile.
	after time.Duration
	log   []byte
}

// alive makes sure that there is a server, a new one with fresh.
func (w *witness) alive(ctx context.Context, fresh bool) error {
	if w.server != nil && (fresh || !w.server.Alive()) {
		w.close()
	}
	if w.server != nil {
		return nil
	}
	var err error
	w.server, err = w.startServer(ctx)
	return err
}

// once plays p on the server that is there, and looks at all but growth. The
// server is left as it is, dead or alive.
func (w *witness) once(ctx context.Context, p *program.Program) (*sighting, error) {
	s := w.server
	from := s.LogSize()
	if err := s.begin(p); err != nil {
		return nil, err
	}
	g := &sighting{play: w.client.play(ctx, p, s.Ended())}
	w.played++
	start := time.Now()
	select {
	case <-s.Ended():
	case <-ctx.Done():
	case <-time.After(w.linger):
		s.dumped(ctx)
	}
	g.log = s.Log(from, maxLog)
	if !s.Alive() {
		g.after = time.Since(start)
		st, err := s.Status()
		if err != nil {
			return nil, fmt.Errorf("live: %w", err)
		}
		g.log = s.Log(from, maxLog) // with its last words
		g.symptom = died(g.log, st)
		return g, nil
	}
	if ctx.Err() != nil {
		return g, nil
	}
	if g.symptom = reported(g.log); g.symptom == nil {
		g.symptom = w.hangs(ctx)
	}
	if !s.Alive() { // it was late
		st, err := s.Status()
		if err == nil {
			g.log = s.Log(from, maxLog)
			g.symptom, g.after = died(g.log, st), time.Since(start)
		}
		return g, err
	}
	s.runs++
	return g, nil
}

// hangs is the symptom of a server that lives and answers nobody.
func (w *witness) hangs(ctx context.Context) *Symptom {
	for range w.probes {
		if w.answers(ctx) || w.server.dumped(ctx) || !w.server.Alive() || ctx.Err() != nil {
			return nil
		}
	}
	return &Symptom{Class: Hang, Where: "no answer to a handshake", Detail: fmt.Sprintf("the server lives, and %d fresh handshakes had no answer", w.probes)}
}

// dumpLimit is how long a server may take to write its core.
const dumpLimit = time.Minute

// dumped waits for a server that is writing its core, and reports whether it
// was.
func (s *server) dumped(ctx context.Context) bool {
	if !s.Dumping() {
		return false
	}
	select {
	case <-s.Ended():
	case <-ctx.Done():
	case <-time.After(dumpLimit):
	}
	return true
}

// How growth is told from coming and going: rounds of the same program, each of
// which adds to what the server holds at rest.
const (
	growthWarm   = 4 // rounds of a fresh server that do not count: it fills its caches
	growthRounds = 5
	growthProof  = 24        // more of them, before anything is said: longer than what collects garbage, and than idle timeouts
	growthMemory = 256 << 10 // bytes a round
	growthGlance = 2 << 20   // bytes from which one looks closer
	growthLate   = 5         // in one of so many rounds the server may be late, and hold more after the next
)

// grown reports whether the server holds so much more at rest than it did that
// it is worth a closer look.
func (w *witness) grown(g *sighting) bool {
	if !g.play.Clean {
		return false // it waits for somebody who said no farewell
	}
	u, rest := w.atRest(w.server), w.server.rest
	return u.Descriptors > rest.Descriptors || u.Memory > rest.Memory+growthGlance
}

// growth plays p again and again on the server that is there and returns the
// symptom if each time it holds more at rest, a little later now and then.
func (w *witness) growth(ctx context.Context, p *program.Program, rounds int) (*Symptom, error) {
	u := w.atRest(w.server)
	first := u
	memory, descriptors := 0, 0 // rounds without more
	late := rounds / growthLate
	for n := range int64(rounds) {
		g, err := w.once(ctx, p)
		if err != nil || g.symptom != nil || ctx.Err() != nil {
			if g != nil {
				return g.symptom, err
			}
			return nil, err
		}
		v := w.atRest(w.server)
		if v.Memory < u.Memory+growthMemory {
			memory++
		}
		if v.Descriptors <= u.Descriptors {
			descriptors++
		}
		if v.Memory < first.Memory+n*growthMemory {
			memory = rounds
		}
		if int64(v.Descriptors) < int64(first.Descriptors)+n {
			descriptors = rounds
		}
		if u = v; memory > late && descriptors > late {
			w.server.rest = v // that was all that it takes
			return nil, nil
		}
	}
	s := &Symptom{Class: MemoryGrowth, Where: "at rest",
		Detail: fmt.Sprintf("at rest the server holds %d kB more after each of %d runs: %d kB, then %d kB", (u.Memory-first.Memory)>>10/int64(rounds), rounds, first.Memory>>10, u.Memory>>10)}
	if descriptors <= late {
		s.Class = DescriptorGrowth
		s.Detail = fmt.Sprintf("at rest the server holds more descriptors after each of %d runs: %d, then %d", rounds, first.Descriptors, u.Descriptors)
	}
	return s, nil
}

// look plays p and looks at everything: the program of a search.
func (w *witness) look(ctx context.Context, p *program.Program) (*sighting, error) {
	if err := w.alive(ctx, w.Restart); err != nil {
		return nil, err
	}
	g, err := w.once(ctx, p)
	if err != nil || g.symptom != nil || ctx.Err() != nil || !w.grown(g) {
		return g, err
	}
	if g.symptom, err = w.growth(ctx, p, growthRounds); g.symptom != nil && g.symptom.grows() {
		g.symptom, err = w.growth(ctx, p, growthProof)
	}
	return g, err
}

// again plays p on a fresh server, or on the one that is there and alive, and
// reports whether it shows what looks like want.
func (w *witness) again(ctx context.Context, p *program.Program, want *Symptom, fresh bool) (*sighting, bool, error) {
	if err := w.alive(ctx, fresh); err != nil {
		return nil, false, err
	}
	g, err := w.once(ctx, p)
	if want.grows() {
		for err == nil && g.symptom == nil && w.server.runs < growthWarm && ctx.Err() == nil {
			g, err = w.once(ctx, p)
		}
		if err == nil && g.symptom == nil && g.play.Clean {
			g.symptom, err = w.growth(ctx, p, growthRounds)
		}
	}
	if err != nil {
		return nil, false, err
	}
	if g.symptom != nil && w.server.Alive() { // it hangs, or has grown
		w.close()
	}
	return g, g.symptom != nil && want.same(g.symptom), nil
}

// remember writes down what is wrong with a server that lives, before it is
// made to leave a core.
func (s *server) remember(y *Symptom) error {
	data, err := json.Marshal(y)
	if err != nil {
		return err
	}
	return corpus.WriteFile(filepath.Join(s.Dir, symptomFile), append(data, '\n'))
}
