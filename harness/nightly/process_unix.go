//go:build unix

package nightly

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// maxLine bounds a line of a child, saidBytes what is kept of its complaints.
const (
	maxLine   = 16 << 20
	saidBytes = 4 << 10
)

// memoryEvery is how often the memory of a child is looked at.
const memoryEvery = time.Second

// Process returns a Starter whose children are processes of the program called
// name, in a process group of their own. One whose group uses more than memory
// bytes is ended; 0 is no limit.
func Process(name string, memory uint64, env ...string) Starter {
	return func(args []string) (Child, error) {
		cmd := exec.Command(name, args...)
		cmd.Env = append(os.Environ(), env...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		dieWithParent(cmd.SysProcAttr)
		out, err := cmd.StdoutPipe()
		if err != nil {
			return nil, err
		}
		p := &process{cmd: cmd, lines: make(chan []byte), ended: make(chan struct{})}
		cmd.Stderr = &p.said
		started := make(chan error)
		go p.live(out, started)
		if err := <-started; err != nil {
			return nil, err
		}
		if memory > 0 {
			go p.weigh(memory)
		}
		return p, nil
	}
}

type process struct {
	cmd   *exec.Cmd
	lines chan []byte
	ended chan struct{}
	said  tail
	big   atomic.Bool
	err   error
}

// live starts the process and stays with it: where the system ends a child with
// its parent, the parent is the thread that started it.
func (p *process) live(out io.Reader, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	s := bufio.NewScanner(out)
	s.Buffer(nil, maxLine)
	for s.Scan() {
		p.lines <- bytes.Clone(s.Bytes())
	}
	_, _ = io.Copy(io.Discard, out) // after a line that is too long
	p.err = p.cmd.Wait()
	p.Kill() // what it has left behind
	close(p.ended)
	close(p.lines)
}

// weigh ends the process when it gets too big.
func (p *process) weigh(most uint64) {
	for {
		select {
		case <-p.ended:
			return
		case <-time.After(memoryEvery):
			if resident(p.cmd.Process.Pid) > most {
				p.big.Store(true)
				p.Kill()
			}
		}
	}
}

func (p *process) Lines() <-chan []byte { return p.lines }
func (p *process) Stop()                { _ = syscall.Kill(p.cmd.Process.Pid, syscall.SIGINT) }
func (p *process) Kill()                { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) }

func (p *process) Wait() End {
	<-p.ended
	end := End{Big: p.big.Load(), Said: p.said.String()}
	exit, isExit := errors.AsType[*exec.ExitError](p.err)
	switch {
	case p.err == nil:
	case !isExit:
		end.Status, end.Err = 2, p.err
	default:
		end.Status = exit.ExitCode()
		if w, ok := exit.Sys().(syscall.WaitStatus); ok && w.Signaled() {
			end.Signal = w.Signal().String()
		}
	}
	return end
}

// A tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if extra := len(t.text) - saidBytes; extra > 0 {
		t.text = append(t.text[:0], t.text[extra:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
