package nightly

import (
	"context"
	"time"
)

// A Clock is the time as a night sees it.
type Clock interface {
	Now() time.Time
	// After sends once d has passed.
	After(d time.Duration) <-chan time.Time
}

// Real is the machine's clock.
var Real Clock = realClock{}

type realClock struct{}

func (realClock) Now() time.Time                         { return time.Now() }
func (realClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// An End is how a child ended.
type End struct {
	// Status is the exit status, -1 when a signal ended it. Signal is its name.
	Status int
	Signal string
	// Big: it was ended because it used more memory than it may.
	Big bool
	// Err is why it could not be started, Said the last of its standard error.
	Err  error
	Said string
}

// A Child is a process under way.
type Child interface {
	// Lines sends what it prints, line by line, and is closed after the last.
	Lines() <-chan []byte
	// Stop asks it to come to its end, Kill ends it, and all that it started.
	Stop()
	Kill()
	// Wait returns how it ended; it may be called when Lines is closed.
	Wait() End
}

// A Starter starts a child with these arguments.
type Starter func(args []string) (Child, error)

// grace is how long a child may take to end once its time is over, and once
// more after it was asked to.
const grace = 10 * time.Second

// watch reads what a child says until its end. It asks the child to end when
// the time is over or ctx is, and ends it when it does not. hung says that it
// had to.
func (n *Night) watch(ctx context.Context, c Child, d time.Duration, line func([]byte) error) (end End, hung bool, err error) {
	over, kill := n.o.Clock.After(d+grace), (<-chan time.Time)(nil)
	done := ctx.Done()
	lines := c.Lines()
	for lines != nil {
		select {
		case text, ok := <-lines:
			if !ok {
				lines = nil
				break
			}
			if e := line(text); e != nil && err == nil {
				err = e
				c.Stop()
				kill = n.o.Clock.After(grace)
			}
		case <-over:
			hung = true
			c.Stop()
			over, kill = nil, n.o.Clock.After(grace)
		case <-done:
			c.Stop()
			done, kill = nil, n.o.Clock.After(grace)
		case <-kill:
			c.Kill()
			kill = nil
		}
	}
	return c.Wait(), hung, err
}
