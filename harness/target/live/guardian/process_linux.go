package guardian

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// A Process is a server under a guardian.
type Process struct {
	// Dir is the server's folder.
	Dir    string
	cmd    *exec.Cmd
	in     io.WriteCloser
	ended  chan struct{} // the server, or its guardian
	gone   chan struct{} // the guardian
	status Status
	err    error
	stop   sync.Once
}

// Start starts the server of spec under a guardian, which is this executable.
// It is not ready then, it has only begun.
func Start(spec Spec) (*Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("where is this program? %w", err)
	}
	p := &Process{Dir: spec.Dir, cmd: exec.Command(self), ended: make(chan struct{}), gone: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), Var+"=1")
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Ctrl-C is not for it
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a guardian: %w", err)
	}
	first := make(chan event, 1)
	go p.read(bufio.NewReader(out), first)
	if err := json.NewEncoder(p.in).Encode(spec); err != nil {
		p.Stop()
		return nil, fmt.Errorf("tell the guardian what to start: %w", err)
	}
	if e := <-first; e.What != "started" {
		p.Stop()
		return nil, fmt.Errorf("start the server: %s", e.Text)
	}
	return p, nil
}

// read reads what the guardian says until it is gone.
func (p *Process) read(r *bufio.Reader, first chan<- event) {
	told := sync.OnceFunc(func() { close(p.ended) })
	lines := json.NewDecoder(r)
	for n := 0; ; n++ {
		var e event
		if err := lines.Decode(&e); err != nil {
			break
		}
		if n == 0 {
			first <- e
		}
		if e.What == "ended" {
			p.status = *e.Status
			told()
		}
	}
	close(first)
	_ = p.cmd.Wait() // how the guardian ended tells nothing
	select {
	case <-p.ended:
	default:
		p.err = errors.New("the guardian is gone")
	}
	close(p.gone)
	told()
}

// Ended is closed when the server has ended, by itself or not.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Alive reports whether the server has not ended.
func (p *Process) Alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// Status is how the server ended by itself. The error says that its guardian
// is gone and nobody knows. It waits for the end.
func (p *Process) Status() (Status, error) {
	<-p.ended
	return p.status, p.err
}

// Signal sends a signal to the server's process group.
func (p *Process) Signal(sig syscall.Signal) error {
	_, err := fmt.Fprintf(p.in, "%d\n", int(sig))
	return err
}

// Stop ends the server and whatever it has started, and returns when nothing
// of it is left.
func (p *Process) Stop() {
	p.stop.Do(func() {
		_ = p.in.Close() // it may be gone
		late := time.AfterFunc(patience+time.Second, func() { _ = p.cmd.Process.Kill() })
		defer late.Stop()
		<-p.gone
	})
}

// Log returns what the server has written from byte offset on, at most limit
// bytes of it.
func (p *Process) Log(offset, limit int64) []byte {
	f, err := os.Open(filepath.Join(p.Dir, LogFile))
	if err != nil {
		return nil
	}
	defer f.Close()
	data, _ := io.ReadAll(io.NewSectionReader(f, offset, limit)) // it can only be shorter
	return data
}

// LogSize is how many bytes the server has written.
func (p *Process) LogSize() int64 {
	i, err := os.Stat(filepath.Join(p.Dir, LogFile))
	if err != nil {
		return 0
	}
	return i.Size()
}

// Guardian is the process id of the guardian.
func (p *Process) Guardian() int { return p.cmd.Process.Pid }

// pids are the server's processes.
func (p *Process) pids() []int { return descendants(p.cmd.Process.Pid) }
