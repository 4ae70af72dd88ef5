package live

import (
	"cmp"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/triage/trace"
	"github.com/lastwake/lastwake/reports"
)

// A Config says what is played against whose server.
type Config struct {
	// Server is the command that starts it, a line for sh.
	Server string
	// Ready is a pattern that a line of its output matches when it is ready; ""
	// for any. It must answer a handshake besides, within ReadyLimit.
	Ready      string
	ReadyLimit time.Duration
	// Addr is where it listens, HOST:PORT on loopback. Resolve finds the
	// addresses of a name, nil for the system's way.
	Addr    string
	Resolve Resolver `json:"-"`
	// Authority is the name that is asked for, by default the host of Addr.
	Authority string
	// Paths are what is asked for, by program.ShapeSmall and so on; "" for
	// /small, /large, /late and /sink.
	Paths [4]string
	// Restart starts the server anew for each program.
	Restart bool
	// Out is the folder for findings, each in a folder of its own.
	Out string

	// Play are played first, as they stand. From is a program whose translation
	// is played next, and what lies around it, Runs programs in all.
	Play []*program.Program
	From *program.Program
	Runs int
	// Programs are then made up, until Budget is over if it is not 0. Ops is
	// the most ops that one has, Seed what they are drawn from.
	Programs int
	Budget   time.Duration
	Ops      int
	Seed     uint64
	// Until ends the search after so many findings; 0 for never.
	Until int

	// Replays is how often a finding is played again, each time on a server
	// that has just started. ShrinkRuns bounds the runs that it takes to shrink
	// it.
	Replays    int
	ShrinkRuns int
	// Linger is how long a server may take to die after a program.
	Linger time.Duration

	// Cause names what a report or a core is known as; nil for nothing.
	Cause func(*trace.Document) Cause `json:"-"`
	// Again is the command that plays a program once more, without the file.
	Again string
	// Found is called with every finding once all is known of it.
	Found func(*Finding) error `json:"-"`
	// Progress, when not nil, gets a line whenever something has happened.
	Progress io.Writer `json:"-"`
}

// A Cause is what triage knows about a death.
type Cause struct {
	// Fault is the fault of the catalogue, nil for none.
	Fault *reports.FaultRef
	// Text says it in a few lines, also if nothing is known.
	Text string
}

// The defaults of a Config.
const (
	ReadyLimitDefault = 10 * time.Second
	RunsDefault       = 50
	OpsDefault        = 16
	ReplaysDefault    = 10
	ShrinkDefault     = 40
	LingerDefault     = 500 * time.Millisecond
)

var pathsDefault = [4]string{"/small", "/large", "/late", "/sink"}

// complete fills in the defaults.
func (c *Config) complete() error {
	if c.Server == "" {
		return errors.New("live: no command to start a server")
	}
	c.ReadyLimit = cmp.Or(c.ReadyLimit, ReadyLimitDefault)
	c.Runs = cmp.Or(c.Runs, RunsDefault)
	c.Ops = cmp.Or(c.Ops, OpsDefault)
	c.Replays = cmp.Or(c.Replays, ReplaysDefault)
	c.ShrinkRuns = cmp.Or(c.ShrinkRuns, ShrinkDefault)
	c.Linger = cmp.Or(c.Linger, LingerDefault)
	for i, p := range c.Paths {
		c.Paths[i] = cmp.Or(p, pathsDefault[i])
	}
	var err error
	if c.Out, err = filepath.Abs(c.Out); err != nil {
		return err
	}
	return os.MkdirAll(c.Out, 0o777)
}
