package quicgo

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/lastwake/lastwake/harness/target/quicgo/wire"
)

// A worker is a process that plays.
type worker struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	enc    *gob.Encoder
	dec    *gob.Decoder
	stderr tail
	ended  sync.Once
}

// start starts a worker. It gets one processor, which is faster for a bubble
// than two, and collects garbage less often.
func start(t *Target, box string) (*worker, error) {
	if len(t.Command) == 0 {
		return nil, fmt.Errorf("quicgo: no command to start a worker")
	}
	w := &worker{cmd: exec.Command(t.Command[0], t.Command[1:]...)}
	w.cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=400", "GOTRACEBACK=all", wire.WorkerVar+"=1", wire.BoxVar+"="+box, wire.WarningVar+"=true")
	w.cmd.Env = append(w.cmd.Env, t.Env...)
	w.cmd.Stderr = &w.stderr
	var out io.ReadCloser
	var err error
	if w.in, err = w.cmd.StdinPipe(); err == nil {
		if out, err = w.cmd.StdoutPipe(); err == nil {
			err = w.cmd.Start()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("quicgo: start a worker: %w", err)
	}
	w.enc, w.dec = gob.NewEncoder(w.in), gob.NewDecoder(out)
	return w, nil
}

// ask has w play q. If it has not answered in time, it is asked for its stacks
// and ended, after save was called. The error is a *death if w died or had to
// be ended.
func (w *worker) ask(q *wire.Request, r *wire.Reply, limit time.Duration, save func()) error {
	late := make(chan struct{})
	timer := time.AfterFunc(limit, func() {
		save()
		close(late)
		_ = w.cmd.Process.Signal(wire.StacksSignal) // it may be gone by now
		time.AfterFunc(grace, func() { _ = w.cmd.Process.Signal(syscall.SIGQUIT) })
		time.AfterFunc(2*grace, func() { _ = w.cmd.Process.Kill() })
	})
	err := w.enc.Encode(q)
	if err == nil {
		err = w.dec.Decode(r)
	}
	if timer.Stop() && err == nil {
		return nil
	}
	w.end()
	select {
	case <-late:
		return hung(limit, w.stderr.String())
	default:
	}
	if err == nil {
		return nil
	}
	return &death{oracle: "panic", dump: w.stderr.String(), err: err}
}

// grace is the time for printing stacks.
const grace = 3 * time.Second

// end ends w and waits until it is gone.
func (w *worker) end() {
	w.ended.Do(func() {
		_ = w.in.Close() // a worker ends when its input does
		timer := time.AfterFunc(3*grace, func() { _ = w.cmd.Process.Kill() })
		_ = w.cmd.Wait() // how it ended is known from what it wrote
		timer.Stop()
	})
}

// A tail keeps the last part of what is written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const maxTail = 1 << 20

// Write implements io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if over := len(t.buf) - maxTail; over > 0 {
		t.buf = bytes.Clone(t.buf[over:])
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}
