package nightly

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/bench"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/reports"
)

// Options say how to spend a night. All but Notes, Programs, Seed, On, Known
// and Event are needed.
type Options struct {
	// Dir is the folder of the state, Budget the length of the night.
	Dir    string
	Budget time.Duration
	Jobs   []Job
	// Notes are for the summary: what was left out, and why.
	Notes []string
	// Programs, when not 0, ends each child after so many programs, and each job
	// after its first child that came so far.
	Programs uint64
	// Seed is the first child's seed; the others follow from it.
	Seed uint64

	Clock Clock
	Start Starter
	// Build names the program that searches; results of another one are dropped.
	Build string

	// On are the faults that are on in hunts, Known the known crashes of a
	// target.
	On    fault.Set
	Known func(target string) ([]*corpus.Crash, error)
	// Baseline is how soon the search used to find faults.
	Baseline []Baseline
	// Event gets everything that is noted, as it comes, and the night so far.
	// What it is given is its own.
	Event func(e Event, sofar reports.Night)
}

// An Event is a line of the night's log.
type Event struct {
	Type  string    `json:"type"`
	At    time.Time `json:"at"`
	Job   string    `json:"job,omitempty"`
	Child int       `json:"child,omitempty"`
	Text  string    `json:"text"`
}

// A Night is one night under way. Its methods are for one goroutine.
type Night struct {
	o      Options
	shares map[string]float64
	state  state
	night  *reports.Night // the state's current one
	done   map[string]bool
	failed map[string]int // children in a row that gave no sign of life
	known  map[string][]*corpus.Crash
	locked *os.File
	since  time.Time // when this process took the night up
	before float64   // what was spent before that
	events []byte    // the night's log
	cells  []bench.Result
	once   sync.Once
}

// So many children of a job in a row without a sign of life are the end of the
// job: of those that failed by themselves, and of those that a signal ended,
// which may be nobody's fault.
const (
	maxFailed = 6
	maxKilled = 100
)

// New takes up the night that is unfinished in o.Dir, or begins one, and has
// written so. An error says what to do; nothing has been run.
func New(o Options) (*Night, error) {
	n := &Night{o: o, shares: shares(o.Jobs), done: map[string]bool{}, failed: map[string]int{}, known: map[string][]*corpus.Crash{}}
	if err := os.MkdirAll(o.Dir, 0o777); err != nil {
		return nil, &corpus.WriteError{Path: n.stateFile(), Err: err}
	}
	if err := n.lock(); err != nil {
		return nil, err
	}
	if err := n.prepare(); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

func (n *Night) prepare() error {
	for _, j := range n.o.Jobs {
		if j.Target == "" || n.known[j.Target] != nil {
			continue
		}
		var err error
		if n.known[j.Target], err = n.o.Known(j.Target); err != nil {
			return err
		}
	}
	if err := n.load(); err != nil {
		return err
	}
	n.begin()
	n.since, n.before = n.o.Clock.Now(), n.night.Spent
	for _, dir := range []string{n.Folder(), filepath.Join(n.o.Dir, "corpus"), filepath.Join(n.o.Dir, "crashes")} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return &corpus.WriteError{Path: filepath.Join(dir, "program"), Err: err}
		}
	}
	if err := n.save(); err != nil {
		return err
	}
	var err error
	if n.events, err = os.ReadFile(n.log()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	n.cells, err = readCells(n.cellsFile(), n.o.Build)
	return err
}

// Close gives the folder free for others.
func (n *Night) Close() error {
	var err error
	n.once.Do(func() { err = n.locked.Close() })
	return err
}

// Folder is where the night's reports go.
func (n *Night) Folder() string {
	return filepath.Join(n.o.Dir, "nights", fmt.Sprintf("%04d", n.night.Number))
}

func (n *Night) log() string { return filepath.Join(n.Folder(), "events.jsonl") }

// cellsFile has the results of a Power job: its children read it.
func (n *Night) cellsFile() string { return filepath.Join(n.Folder(), "power.jsonl") }

// left is what remains of the night.
func (n *Night) left() time.Duration {
	n.night.Spent = n.before + n.o.Clock.Now().Sub(n.since).Seconds()
	return n.o.Budget - time.Duration(n.night.Spent*float64(time.Second))
}

// Run spends the night and judges it. With an error the night is not over: ctx
// has ended, or the state cannot be written any more.
func (n *Night) Run(ctx context.Context) (*reports.Night, error) {
	what := "begin"
	if n.night.Resumed > 0 {
		what = "resume"
	}
	if err := n.note(Event{Type: what, Text: fmt.Sprintf("night %d, %s of %s left", n.night.Number, n.left().Round(time.Second), n.o.Budget)}); err != nil {
		return nil, err
	}
	for n.left() > 0 && ctx.Err() == nil {
		j, ok := n.next()
		if !ok {
			break
		}
		if err := n.child(ctx, j); err != nil {
			return nil, err
		}
	}
	if ctx.Err() != nil {
		return nil, errors.Join(ctx.Err(), n.save())
	}
	n.judge()
	n.trend()
	return n.night, n.note(Event{Type: "judged", Text: fmt.Sprintf("status %d", n.night.Status)})
}

// child lets one child work on a job for a slice.
func (n *Night) child(ctx context.Context, j *Job) error {
	r := n.job(j.Name)
	r.Children++
	number := n.children()
	for _, dir := range []string{n.Corpus(j.Target), n.crashes(j.Target), n.Folder()} {
		if err := sweep(dir); err != nil {
			return err
		}
	}
	d := min(n.most(j), n.left())
	if j.Kind == Hunt {
		d = min(d, sliceOf(n.o.Budget))
	}
	if err := n.note(Event{Type: "start", Job: j.Name, Child: number, Text: fmt.Sprintf("for %s", d.Round(time.Millisecond))}); err != nil {
		return err
	}
	begun := n.o.Clock.Now()
	c, err := n.o.Start(n.command(j, d, number))
	if err != nil {
		return fmt.Errorf("start a child: %w", err)
	}
	t := &talk{n: n, j: j, number: number}
	end, hung, err := n.watch(ctx, c, d, t.line)
	r = n.job(j.Name)
	r.Seconds += n.o.Clock.Now().Sub(begun).Seconds()
	t.settle()
	n.left()
	if err == nil && j.Kind == Power {
		err = n.keepCells()
	}
	if err != nil {
		return err
	}
	return n.note(Event{Type: "end", Job: j.Name, Child: number, Text: n.ended(j, r, t, end, hung, ctx.Err() != nil)})
}

// children counts those of the whole night.
func (n *Night) children() int {
	sum := 0
	for _, j := range n.night.Jobs {
		sum += j.Children
	}
	return sum
}

// command is the command line of a child.
func (n *Night) command(j *Job, d time.Duration, number int) []string {
	args := append([]string{}, j.Args...)
	args = append(args, "--budget", d.String())
	if j.Kind == Power {
		return append(args, "--done", n.cellsFile())
	}
	args = append(args, "--seed", fmt.Sprint(n.o.Seed+uint64(number)),
		"--corpus", n.Corpus(j.Target), "--crashes", n.crashes(j.Target))
	if n.o.Programs > 0 {
		args = append(args, "--programs", fmt.Sprint(n.o.Programs))
	}
	return args
}

// Corpus is the folder with the programs of a target.
func (n *Night) Corpus(target string) string { return filepath.Join(n.o.Dir, "corpus", target) }

func (n *Night) crashes(target string) string { return filepath.Join(n.o.Dir, "crashes", target) }

// sweep removes what a child that was killed had not given a name yet.
func sweep(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, ".*"))
	for _, name := range files {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// ended notes how a child ended, and returns it in words.
func (n *Night) ended(j *Job, r *reports.NightJob, t *talk, end End, hung, stopped bool) string {
	whole := end.Err == nil && end.Signal == "" && (end.Status == 0 || end.Status == 1)
	what := fmt.Sprintf("status %d", end.Status)
	switch {
	case whole:
		n.done[j.Name] = t.summed && (j.Kind == Power || n.o.Programs > 0)
	case stopped:
		return "stopped with the night"
	case hung:
		r.Hung++
		what = "hung: it did not end when its time was over"
	case end.Big:
		r.Big++
		what = "ended for the memory that it used"
	case end.Signal != "":
		r.Killed++
		what = "ended by a signal: " + end.Signal
	default:
		r.Failed++
	}
	if said := lastLines(end.Said); !whole && said != "" {
		r.Trouble = said
		what += ": " + said
	}
	if end.Err != nil {
		r.Trouble = end.Err.Error()
		what += ": " + r.Trouble
	}
	if whole || t.alive {
		n.failed[j.Name] = 0
		return what
	}
	most := maxFailed
	if end.Signal != "" && !end.Big {
		most = maxKilled
	}
	if n.failed[j.Name]++; n.failed[j.Name] >= most {
		r.GivenUp = true
		if r.Trouble == "" {
			r.Trouble = what
		}
		what += "; the job is given up"
	}
	return what
}
