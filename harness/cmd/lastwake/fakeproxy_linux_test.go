package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
)

// Masters for "proc replay": each does what a master does as far as the replay
// looks, and its name says what goes wrong at a reload.
var fakeMasters = map[string]func(){
	"haproxy-works":   func() { fakeMaster(func(m *fake) { m.newWorker() }) },
	"haproxy-leaks":   func() { fakeMaster(func(m *fake) { m.newWorker(); m.keep, _ = os.Open(os.DevNull) }) },
	"haproxy-hangs":   func() { fakeMaster(func(*fake) {}) },
	"haproxy-exits":   func() { fakeMaster(func(*fake) { os.Exit(3) }) },
	"haproxy-crashes": func() { fakeMaster(func(*fake) { debug.SetTraceback("crash"); panic("at a reload") }) },
	"haproxy-refuses": refuses,
}

func init() {
	if strings.HasPrefix(filepath.Base(os.Args[0]), "haproxy-") {
		runtime.LockOSThread() // Linux lists children by the thread that made them
	}
}

// A fake is a master.
type fake struct {
	worker *exec.Cmd
	keep   io.Closer
	kept   []io.Closer
}

var bindPort = regexp.MustCompile(`bind (127\.0\.0\.1:\d+)`)

// fakeMaster is the main function of a master.
func fakeMaster(reload func(*fake)) {
	switch os.Args[1] {
	case "-v":
		fmt.Println(version)
		return
	case "worker":
		time.Sleep(time.Hour)
		return
	}
	config, err := os.ReadFile(os.Args[3])
	if err != nil {
		panic(err)
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR2)
	m := &fake{}
	m.newWorker()
	l, err := net.Listen("tcp", string(bindPort.FindSubmatch(config)[1]))
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			if c, err := l.Accept(); err == nil {
				io.WriteString(c, "HTTP/1.0 200 OK\r\n\r\n")
				c.Close()
			}
		}
	}()
	for range asked {
		fmt.Println("[NOTICE] Reloading HAProxy")
		reload(m)
		m.kept = append(m.kept, m.keep)
	}
}

// refuses is the main function of a master that does not start.
func refuses() {
	if os.Args[1] != "-v" {
		fmt.Println("[ALERT] I do not like my configuration")
		os.Exit(1)
	}
	fmt.Println(version)
}

const version = "HAProxy version 0.0, which is none"

// newWorker starts a worker in the place of the one that is there.
func (m *fake) newWorker() {
	next := exec.Command("/proc/self/exe", "worker")
	next.Args[0] = os.Args[0]
	next.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := next.Start(); err != nil {
		panic(err)
	}
	if m.worker != nil {
		m.worker.Process.Kill()
		m.worker.Wait()
	}
	m.worker = next
}
