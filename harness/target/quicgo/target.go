package quicgo

import (
	"fmt"
	"os"
	"time"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
)

// A Target plays in worker processes.
type Target struct {
	// Command starts a worker.
	Command []string
	// Watch is the real time that one program may take; 0 means WatchDefault.
	Watch time.Duration
	// Save, when not nil, is called with a program that did not come to its
	// end before the process that plays it is ended. It returns the name of
	// the file that it wrote.
	Save func(*program.Program) (string, error)
	// Qlog, when not "", is the folder for the qlog of the next run.
	Qlog string
	// Misuse plays what breaks the rules of quic-go's interface as well.
	Misuse bool
	// Env are further variables of the workers, "NAME=value".
	Env []string
}

// WatchDefault is a thousand times what a program takes, and more.
const WatchDefault = 10 * time.Second

// MemoryWatch is how many times as long as playing a program judging its memory
// may take: it is played a hundred times.
const MemoryWatch = 6

// Name returns "quicgo".
func (*Target) Name() string { return program.Quicgo }

// Actors is what a stack with an API can play.
func (*Target) Actors() uint { return lab.Actors }

// NewSession returns a session with a process of its own, which is started
// when it is needed.
func (t *Target) NewSession() (target.Session, error) {
	box, err := os.CreateTemp("", "lastwake-quicgo-*.box")
	if err != nil {
		return nil, fmt.Errorf("quicgo: %w", err)
	}
	s := &Session{target: t, boxName: box.Name()}
	if err := box.Close(); err != nil {
		return nil, fmt.Errorf("quicgo: %w", err)
	}
	if err := s.begin(); err != nil {
		_ = s.Close() // there is no worker to be ended
		return nil, err
	}
	return s, nil
}
