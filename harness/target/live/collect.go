package live

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/lastwake/lastwake/harness/target/live/guardian"
	"github.com/lastwake/lastwake/harness/triage/core"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

// Evidence is what is kept of one server beside its folder.
type evidence struct {
	dir       string // the server's folder, which has its log and its core
	backtrace []byte // gdb's words, or why there are none
	doc       *trace.Document
	named     bool // gdb has named a function
}

// abortLimit is how long a server may take to leave a core.
const abortLimit = 5 * time.Second

// collect brings a server to its end, if it has not come to it, and gathers
// what there is to know of it.
func (w *witness) collect(ctx context.Context, y *Symptom) (*evidence, error) {
	s := w.server
	if s.Alive() {
		if err := s.remember(y); err != nil {
			return nil, err
		}
		_ = s.Signal(syscall.SIGABRT) // for a core: it may be gone by now
		select {
		case <-s.Ended():
		case <-time.After(abortLimit):
		}
	}
	s.Stop()
	return gather(ctx, s.Dir, s.exes, y)
}

// gather asks gdb about the core in dir, and completes y by what it says.
func gather(ctx context.Context, dir string, exes []string, y *Symptom) (*evidence, error) {
	e := &evidence{dir: dir}
	e.backtrace = backtrace(ctx, dir, exes)
	log, err := os.ReadFile(filepath.Join(dir, guardian.LogFile))
	if err != nil {
		return nil, err
	}
	if len(log) > maxLog {
		log = log[len(log)-maxLog:]
	}
	all := append(append(log, '\n'), e.backtrace...)
	e.doc, err = trace.Read(guardian.LogFile, bytes.NewReader(all), trace.Limits{})
	if err != nil {
		return nil, err
	}
	for i := range e.doc.Reports {
		if r := &e.doc.Reports[i]; r.Form == trace.GDB && place(r.Use) != "" {
			e.named = true
			if y.Class == Signal && !strings.Contains(y.Where, " in ") {
				y.Where = inside(y.Where, place(r.Use))
			}
		}
	}
	return e, nil
}

// maxBacktrace bounds what is kept of gdb's words.
const maxBacktrace = 4 << 20

// backtrace returns what gdb says about the core in dir, or why it says
// nothing.
func backtrace(ctx context.Context, dir string, exes []string) []byte {
	file := guardian.Core(dir)
	if file == "" {
		pattern, _ := os.ReadFile("/proc/sys/kernel/core_pattern")
		return fmt.Appendf(nil, "no core: the server left none in its folder (core_pattern is %q)\n", strings.TrimSpace(string(pattern)))
	}
	var failed error
	for _, exe := range exes {
		var b bytes.Buffer
		err := core.Stack(ctx, core.Options{Core: file, Exe: exe, Note: func(s string) { fmt.Fprintln(&b, s) }}, func(r io.Reader) error {
			_, err := io.Copy(&b, io.LimitReader(r, maxBacktrace))
			return err
		})
		if err == nil {
			return b.Bytes()
		}
		failed = errors.Join(failed, err)
	}
	return fmt.Appendf(nil, "no backtrace: %v\n", failed)
}

// left returns the folders of servers whose lastwake is gone, and with a
// symptom what was seen of them.
func left(out string) []string {
	names, _ := filepath.Glob(filepath.Join(out, runPrefix+"*")) // a pattern of ours
	var dirs []string
	for _, n := range names {
		var pid, start int
		if _, err := fmt.Sscanf(filepath.Base(n), runPrefix+"%d-%d", &pid, &start); err != nil || pid == os.Getpid() {
			continue
		}
		if err := syscall.Kill(pid, 0); errors.Is(err, syscall.ESRCH) {
			dirs = append(dirs, n)
		}
	}
	return dirs
}

// leftSymptom is what is wrong with a server of which only the folder is left,
// nil for nothing.
func leftSymptom(dir string) *Symptom {
	var y Symptom
	if data, err := os.ReadFile(filepath.Join(dir, symptomFile)); err == nil && json.Unmarshal(data, &y) == nil {
		return &y
	}
	var st guardian.Status
	data, err := os.ReadFile(filepath.Join(dir, guardian.ExitFile))
	if err != nil || json.Unmarshal(data, &st) != nil {
		return nil
	}
	log, _ := os.ReadFile(filepath.Join(dir, guardian.LogFile))
	return died(log, st)
}
