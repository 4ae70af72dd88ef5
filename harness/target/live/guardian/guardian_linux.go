package guardian

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// How long the end of everything may take, and how often one looks.
const (
	patience = 10 * time.Second
	glance   = 2 * time.Millisecond
)

// Main is the guardian: it reads a Spec from standard input, runs it, and
// exits when its input has ended and nothing of the server is left. It does
// not return.
func Main() {
	runtime.LockOSThread() // the server dies with the thread that started it
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	out := json.NewEncoder(os.Stdout)
	in := bufio.NewReader(os.Stdin)
	line, err := in.ReadBytes('\n')
	var spec Spec
	if err == nil {
		err = json.Unmarshal(line, &spec)
	}
	if err == nil {
		err = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
	}
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	pid := 0
	if err == nil {
		pid, err = launch(&spec)
	}
	if err != nil {
		_ = out.Encode(event{What: "error", Text: err.Error()}) // whoever reads it may be gone
		os.Exit(2)
	}
	_ = out.Encode(event{What: "started", Pid: pid})
	orders := make(chan syscall.Signal)
	go listen(in, orders)
	watch(&spec, pid, orders, children, out)
	last(&spec, pid)
	end(pid)
	os.Exit(0)
}

// listen passes on the signals that are asked for until the input ends.
func listen(in *bufio.Reader, orders chan<- syscall.Signal) {
	defer close(orders)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		if n, err := strconv.Atoi(strings.TrimSpace(line)); err == nil && n > 0 {
			orders <- syscall.Signal(n)
		}
	}
}

// watch waits until the input ends, and meanwhile reaps, and says when the
// server has ended.
func watch(spec *Spec, pid int, orders <-chan syscall.Signal, children <-chan os.Signal, out *json.Encoder) {
	for {
		select {
		case sig, more := <-orders:
			if !more {
				return
			}
			_ = syscall.Kill(-pid, sig) // it may have ended
		case <-children:
			if s, ended := reap(pid); ended {
				_ = note(spec.Dir, s) // whoever reads the event knows as well
				_ = out.Encode(event{What: "ended", Status: &s})
			}
		}
	}
}

// launch starts the server.
func launch(spec *Spec) (int, error) {
	var core syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &core); err == nil {
		core.Cur = core.Max
		_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &core) // without it there is no core, and that is said
	}
	log, err := os.OpenFile(filepath.Join(spec.Dir, LogFile), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		return 0, err
	}
	defer log.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	env := spec.Env
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, Var+"=") {
			env = append(env, e)
		}
	}
	return syscall.ForkExec("/bin/sh", []string{"sh", "-c", line(spec.Command)}, &syscall.ProcAttr{
		Dir: spec.Dir, Env: env, Files: []uintptr{null.Fd(), log.Fd(), log.Fd()},
		Sys: &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL},
	})
}

// line is what sh is told: to become the command, where it is one command.
func line(command string) string {
	if strings.ContainsAny(command, ";&|<>()`\n") || strings.HasPrefix(command, "exec ") {
		return command
	}
	return "exec " + command
}

// reap takes away every child that has ended. It returns how the server did,
// if it was one of them.
func reap(pid int) (s Status, ended bool) {
	for {
		var ws syscall.WaitStatus
		got, err := syscall.Wait4(-1, &ws, syscall.WNOHANG, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if got <= 0 || err != nil {
			return s, ended
		}
		if got == pid {
			ended = true
			s = Status{Code: ws.ExitStatus(), Core: ws.CoreDump()}
			if ws.Signaled() {
				s.Code, s.Signal = 128+int(ws.Signal()), int(ws.Signal())
			} else if s.Code > 128 && s.Code < 128+65 {
				s.Signal = s.Code - 128 // as a shell says it of its last command
			}
		}
	}
}

// note writes down how the server ended by itself, for whoever comes after
// somebody who was killed.
func note(dir string, s Status) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	temp := filepath.Join(dir, "."+ExitFile)
	f, err := os.Create(temp)
	if err != nil {
		return err
	}
	_, err = f.Write(append(data, '\n'))
	if serr := f.Sync(); err == nil {
		err = serr
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(temp, filepath.Join(dir, ExitFile))
}

// last notes the end of a server that is dying by itself while its guardian's
// input ends: who was killed meanwhile must not lose that.
func last(spec *Spec, pid int) {
	for deadline := time.Now().Add(patience); ; time.Sleep(glance) {
		if s, ended := reap(pid); ended {
			_ = note(spec.Dir, s) // nobody is left to be told
			return
		}
		if !dumping(pid) || time.Now().After(deadline) {
			return
		}
	}
}

// end kills the server's group and whatever else descends from here, until no
// child is left.
func end(pid int) {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(glance) {
		_ = syscall.Kill(-pid, syscall.SIGKILL)
		for _, p := range descendants(os.Getpid()) {
			_ = syscall.Kill(p, syscall.SIGKILL)
		}
		for {
			got, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
			if errors.Is(err, syscall.ECHILD) {
				return // what was orphaned is a child of its subreaper, and there is none
			}
			if got <= 0 && !errors.Is(err, syscall.EINTR) {
				break
			}
		}
	}
}
