package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/quic-go/quic-go"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/live/guardian"
)

// A Load is what a server is measured under.
type Load struct {
	// Time is how long it lasts, at most a minute; Clients the connections at
	// a time, at most 64; Streams the requests of each, at most 100.
	Time    time.Duration `json:"time"`
	Clients int           `json:"clients"`
	Streams int           `json:"streams"`
	// Reset and Stop are the shares of the requests that the client resets, and
	// whose answer it stops; Vanish is the share of the connections whose client
	// is gone without a word. The others are closed.
	Reset  float64 `json:"reset"`
	Stop   float64 `json:"stop"`
	Vanish float64 `json:"vanish"`
}

// A Bench is what a server did under a Load.
type Bench struct {
	Load        Load    `json:"load"`
	Seconds     float64 `json:"seconds"`
	Connections int     `json:"connections"`
	Refused     int     `json:"refused"` // handshakes that failed
	Streams     int     `json:"streams"` // requests sent
	Answered    int     `json:"answered"`
	Reset       int     `json:"reset"`
	Stopped     int     `json:"stopped"`
	Vanished    int     `json:"vanished"`
	// Before, Peak and After are what the server held at rest before, at most
	// during, and at rest after; Idle is how long it was given to come to rest.
	Before guardian.Usage `json:"before"`
	Peak   guardian.Usage `json:"peak"`
	After  guardian.Usage `json:"after"`
	Idle   float64        `json:"idle"`
	// Died says how the server ended, "" if it lives.
	Died string `json:"died,omitempty"`
}

func (l *Load) validate() error {
	switch {
	case l.Time <= 0 || l.Time > time.Minute:
		return fmt.Errorf("live: a load lasts between nothing and a minute, not %s", l.Time)
	case l.Clients < 1 || l.Clients > 64:
		return fmt.Errorf("live: a load has 1 to 64 clients, not %d", l.Clients)
	case l.Streams < 1 || l.Streams > 100:
		return fmt.Errorf("live: a client has 1 to 100 streams, not %d", l.Streams)
	case l.Reset < 0 || l.Stop < 0 || l.Reset+l.Stop > 1 || l.Vanish < 0 || l.Vanish > 1:
		return errors.New("live: shares lie between 0 and 1")
	}
	return nil
}

// restLimit is how long a server may take to let go of clients that vanished.
const restLimit = 5 * time.Second

// Measure measures c's server under l.
func Measure(ctx context.Context, c Config, l Load) (*Bench, error) {
	if err := l.validate(); err != nil {
		return nil, err
	}
	w, err := newWitness(ctx, &c)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := w.alive(ctx, true); err != nil {
		return nil, err
	}
	b := &Bench{Load: l, Before: w.atRest(w.server)}
	start := time.Now()
	r := &load{witness: w, Bench: b, rand: program.NewRand(c.Seed)}
	limited, cancel := context.WithTimeout(ctx, l.Time)
	defer cancel()
	var all sync.WaitGroup
	for range l.Clients {
		all.Go(func() { r.client(limited) })
	}
	r.watch(limited)
	all.Wait()
	b.Seconds = time.Since(start).Seconds()
	b.After = r.rest(ctx)
	if !w.server.Alive() {
		if st, err := w.server.Status(); err == nil {
			b.Died = st.String()
		}
	}
	return b, nil
}

// A load is a Bench that is being made.
type load struct {
	*witness
	*Bench
	mu   sync.Mutex
	rand *program.Rand
}

// watch notes the most that the server holds until ctx ends.
func (r *load) watch(ctx context.Context) {
	for ctx.Err() == nil && r.server.Alive() {
		u := r.server.Usage()
		r.Peak.Memory, r.Peak.Descriptors = max(r.Peak.Memory, u.Memory), max(r.Peak.Descriptors, u.Descriptors)
		r.Peak.Processes = max(r.Peak.Processes, u.Processes)
		select {
		case <-time.After(10 * glance):
		case <-r.server.Ended():
		case <-ctx.Done():
		}
	}
}

// rest waits until the server holds no more than before, or for a while, and
// returns what it holds.
func (r *load) rest(ctx context.Context) guardian.Usage {
	start := time.Now()
	var u guardian.Usage
	for {
		u = r.atRest(r.server)
		done := u.Descriptors <= r.Before.Descriptors && u.Memory <= r.Before.Memory
		if done || time.Since(start) > restLimit || ctx.Err() != nil || !r.server.Alive() {
			r.Idle = time.Since(start).Seconds()
			return u
		}
		time.Sleep(10 * glance)
	}
}

// client opens one connection after the other until ctx ends.
func (r *load) client(ctx context.Context) {
	st := site{authority: r.authority, paths: r.paths}
	for n := 0; ctx.Err() == nil && r.server.Alive(); n++ {
		c, err := dial(ctx, r.addr, &st, windows{stream: 1 << 20, connection: 16 << 20}, 0, "")
		if err != nil {
			if ctx.Err() == nil {
				r.count(&r.Refused, 1)
			}
			continue
		}
		r.count(&r.Connections, 1)
		r.drive(ctx, c)
		c.release()
	}
}

func (r *load) count(n *int, by int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*n += by
}

// draw returns a number in [0, 1).
func (r *load) draw() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return float64(r.rand.Uint64()>>11) / (1 << 53)
}

// drive sends the requests of one connection and ends it.
func (r *load) drive(ctx context.Context, c *connection) {
	if s, err := c.opened(2); err == nil {
		_ = s.write(c.site.bytes(program.KindControl, 0), false) // if it fails, so does what follows
	}
	var waiting []*stream
	for i := range r.Load.Streams {
		s, err := c.opened(uint32(4 * i))
		if err != nil || s.write(c.site.request(program.ShapeSmall), false) != nil || ctx.Err() != nil {
			break
		}
		r.count(&r.Bench.Streams, 1)
		switch d := r.draw(); {
		case d < r.Load.Reset:
			_ = s.reset(0x10c) // it was open
			s.in.CancelRead(0x10c)
			r.count(&r.Bench.Reset, 1)
		case d < r.Load.Reset+r.Load.Stop:
			_ = s.write(nil, true)
			s.in.CancelRead(0x10c)
			r.count(&r.Stopped, 1)
		default:
			_ = s.write(nil, true)
			waiting = append(waiting, s)
		}
	}
	if r.draw() < r.Load.Vanish {
		c.link.vanish()
		r.count(&r.Vanished, 1)
		return
	}
	for _, s := range waiting {
		if r.answered(s.in) {
			r.count(&r.Answered, 1)
		}
	}
}

// answered reads an answer to its end.
func (r *load) answered(in *quic.Stream) bool {
	_ = in.SetReadDeadline(time.Now().Add(time.Second)) // it never fails
	var buf [16 << 10]byte
	for {
		if _, err := in.Read(buf[:]); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// String returns the bench as a table.
func (b *Bench) String() string {
	var t strings.Builder
	row := func(name, format string, args ...any) {
		fmt.Fprintf(&t, "%-24s"+format+"\n", append([]any{name}, args...)...)
	}
	row("load", "%d clients, %d requests each; %.0f %% reset, %.0f %% stopped; %.0f %% of the clients vanish", b.Load.Clients, b.Load.Streams, 100*b.Load.Reset, 100*b.Load.Stop, 100*b.Load.Vanish)
	row("connections", "%8d  %8.1f /s, %d refused", b.Connections, float64(b.Connections)/b.Seconds, b.Refused)
	row("streams", "%8d  %8.1f /s", b.Streams, float64(b.Streams)/b.Seconds)
	row("  answered", "%8d", b.Answered)
	row("  reset", "%8d", b.Reset)
	row("  stopped", "%8d", b.Stopped)
	row("connections vanished", "%8d", b.Vanished)
	row("", "%10s %10s %10s", "before", "peak", "after")
	row("memory, kB", "%10d %10d %10d", b.Before.Memory>>10, b.Peak.Memory>>10, b.After.Memory>>10)
	row("descriptors", "%10d %10d %10d", b.Before.Descriptors, b.Peak.Descriptors, b.After.Descriptors)
	row("processes", "%10d %10d %10d", b.Before.Processes, b.Peak.Processes, b.After.Processes)
	if b.Died != "" {
		row("the server died", "%s", b.Died)
	} else {
		fmt.Fprintf(&t, "the server lives; \"after\" is %.1f s after the load\n", b.Idle)
	}
	return t.String()
}
