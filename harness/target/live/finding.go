package live

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/live/guardian"
	"github.com/lastwake/lastwake/reports"
	"github.com/lastwake/lastwake/reports/formats"
)

// A Finding is something that is wrong with a server, and the shortest program
// that shows it.
type Finding struct {
	Record *reports.Record
	// Folder is where all of it lies.
	Folder string
	// Program shows it in Kills of Replays runs, each on a fresh server.
	Program        *program.Program
	Kills, Replays int
	// From is the number of ops that it was shrunk from; Seconds, Runs and Ops
	// say when it was seen first: how many programs had been played, and how
	// many of their ops.
	From, Runs, Ops int
	Seconds         float64
	// Cause is what triage knows about it.
	Cause Cause

	symptom  *Symptom
	original *program.Program
	play     *Play
	shrunk   *program.Proof // nil before
	linger   float64        // seconds from the last op to the symptom
}

// The files of a finding's folder. server.log, core, and c0.sqlog and so on
// are there besides.
const (
	recordFile    = "record.json"
	reportFile    = "report.txt"
	backtraceFile = "backtrace.txt"
	originalFile  = "original.live"
	causeFile     = "cause.txt"
	stateFile     = "finding.json"
)

// state is what finding.json says: what a record has no place for.
type state struct {
	Signature string   `json:"signature"`
	Kills     int      `json:"kills"`
	Replays   int      `json:"replays"`
	Shrunk    bool     `json:"shrunk"`
	Symptom   *Symptom `json:"symptom"`
	Server    string   `json:"server"`
}

// folder is the name of the folder of a signature.
func (w *witness) folder(signature string) string {
	return filepath.Join(w.Out, strings.TrimSuffix(corpus.FileName(signature), ".txtar"))
}

// record returns f as a Record.
func (w *witness) record(f *Finding) *reports.Record {
	r := &reports.Record{
		Version: reports.Version, Target: program.Live, Class: f.symptom.Class, Signature: f.symptom.Signature(),
		Invariant: f.symptom.Where, Cond: f.symptom.Cond, File: filepath.ToSlash(filepath.Join(f.Folder, programFile)),
		Faults: []string{}, On: "a real server's process, " + w.Server, More: f.Cause.Text, Object: reports.Object{Type: "server"}, Program: f.Program.String(), Fault: f.Cause.Fault,
	}
	r.Title = fmt.Sprintf("a real server: %s", r.Class)
	if f.symptom.Where != "" {
		r.Title += ", " + f.symptom.Where
	}
	r.Detail = fmt.Sprintf("%s; not played again yet", f.symptom.Detail)
	if f.Replays > 0 {
		r.Detail = fmt.Sprintf("%s; seen in %d of %d runs, each on a server that had just started", f.symptom.Detail, f.Kills, f.Replays)
	}
	if f.play != nil {
		for _, l := range f.play.Lines {
			r.History = append(r.History, reports.OpLine{Text: l.Op.String(), Outcome: l.Outcome.String(), Events: l.Events})
		}
	}
	if f.shrunk != nil {
		r.Proof = &reports.Proof{Minimal: f.shrunk.Minimal, Ops: len(f.Program.Ops), From: f.From, Text: f.shrunk.String()}
	}
	r.Reproduce = []string{w.Again + " " + r.File}
	return r
}

// texts are the files of f that can be written at any time.
func (w *witness) texts(f *Finding) (map[string][]byte, error) {
	f.Record = w.record(f)
	var report, rec strings.Builder
	if err := reports.Text(&report, f.Record); err != nil {
		return nil, err
	}
	if err := formats.JSON(&rec, f.Record, ""); err != nil {
		return nil, err
	}
	st, err := json.MarshalIndent(state{f.Record.Signature, f.Kills, f.Replays, f.shrunk != nil, f.symptom, w.Server}, "", "\t")
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		programFile: []byte(f.Program.String()), originalFile: []byte(f.original.String()), recordFile: []byte(rec.String()),
		reportFile: []byte(report.String()), stateFile: append(st, '\n'), causeFile: []byte(f.Cause.Text),
	}, nil
}

// file puts f and the evidence into a folder of its own, which is there as a
// whole or not at all. It reports false when there is a folder for such a
// finding; that one stays.
func (w *witness) file(f *Finding, e *evidence) (bool, error) {
	f.Folder = w.folder(f.symptom.Signature())
	if _, err := os.Stat(filepath.Join(f.Folder, recordFile)); err == nil {
		return false, nil
	}
	temp, err := os.MkdirTemp(w.Out, ".finding-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(temp) // it is elsewhere by then
	if err := os.Chmod(temp, 0o755); err != nil {
		return false, err
	}
	files, err := w.texts(f)
	if err != nil {
		return false, err
	}
	files[backtraceFile] = e.backtrace
	for name, data := range files {
		if err := corpus.WriteFile(filepath.Join(temp, name), data); err != nil {
			return false, err
		}
	}
	if err := move(e.dir, temp); err != nil {
		return false, err
	}
	if err := os.Rename(temp, f.Folder); err != nil {
		return false, err
	}
	return true, syncFile(w.Out)
}

// move takes what a server has left of itself to another folder: its log, its
// core.
func move(from, to string) error {
	names := map[string]string{filepath.Join(from, guardian.LogFile): guardian.LogFile}
	if c := guardian.Core(from); c != "" {
		names[c] = "core"
	}
	for old, name := range names {
		if err := syncFile(old); err != nil {
			return err
		}
		if err := os.Rename(old, filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return syncFile(to)
}

// syncFile brings a file, or the names in a folder, to the disk.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// update writes what has become known of f.
func (w *witness) update(f *Finding) error {
	files, err := w.texts(f)
	if err != nil {
		return err
	}
	for name, data := range files {
		if err := corpus.WriteFile(filepath.Join(f.Folder, name), data); err != nil {
			return err
		}
	}
	return nil
}

// recover files what sessions that were killed have left, and removes their
// folders.
func (w *witness) recover(ctx context.Context) ([]*Finding, error) {
	var found []*Finding
	for _, dir := range left(w.Out) {
		f, err := w.rescue(ctx, dir)
		if err != nil {
			return found, err
		}
		if f != nil {
			found = append(found, f)
		}
		if err := os.RemoveAll(dir); err != nil {
			return found, err
		}
	}
	return found, nil
}

// rescue files what the folder of one server shows, nil when that is nothing or
// known.
func (w *witness) rescue(ctx context.Context, dir string) (*Finding, error) {
	y := leftSymptom(dir)
	text, err := os.ReadFile(filepath.Join(dir, programFile))
	if y == nil || err != nil {
		return nil, nil // it was stopped, or nothing was played on it
	}
	p, err := program.Parse(filepath.Join(dir, programFile), text)
	if err != nil {
		return nil, err
	}
	exes, _ := os.ReadFile(filepath.Join(dir, exeFile)) // without it there is no backtrace, and that is said
	e, err := gather(ctx, dir, strings.Fields(string(exes)), y)
	if err != nil {
		return nil, err
	}
	f := &Finding{Program: p, original: p, From: len(p.Ops), symptom: y}
	w.name(f, e)
	fresh, err := w.file(f, e)
	if err != nil || !fresh {
		return nil, err
	}
	w.say("rescued from a session that was killed: %s", f.Record.Signature)
	return f, nil
}

// name has triage look at what there is.
func (w *witness) name(f *Finding, e *evidence) {
	if w.Cause != nil {
		e.doc.Name = filepath.Join(w.folder(f.symptom.Signature()), backtraceFile)
		f.Cause = w.Cause(e.doc)
	}
}
