package nightly

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/bench"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/reports"
)

// A world is a night's surroundings: a clock that stands still unless a child
// works, and children that say what a test wants them to.
type world struct {
	t       *testing.T
	now     time.Time
	dir     string
	plays   map[string][]play // by the word after --target, or "cells"; the last one is repeated
	started []string          // the jobs whose children were started
	hung    bool              // the child under way does not end
}

// A play is what one child does.
type play struct {
	says  []string
	takes time.Duration
	end   End
	hangs bool
	err   error
}

func newWorld(t *testing.T) *world {
	return &world{t: t, now: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC), dir: t.TempDir(), plays: map[string][]play{}}
}

func (w *world) Now() time.Time { return w.now }

// After passes at once while a child hangs, and never otherwise.
func (w *world) After(d time.Duration) <-chan time.Time {
	c := make(chan time.Time, 1)
	if w.hung {
		w.now = w.now.Add(d)
		c <- w.now
	}
	return c
}

func (w *world) start(args []string) (Child, error) {
	key := "cells"
	if i := slices.Index(args, "--target"); i >= 0 {
		key = args[i+1]
	}
	w.started = append(w.started, key)
	ps := w.plays[key]
	if len(ps) == 0 {
		w.t.Fatalf("no play for %v", args)
	}
	if len(ps) > 1 {
		w.plays[key] = ps[1:]
	}
	p := ps[0]
	if p.err != nil {
		return nil, p.err
	}
	if i := slices.Index(args, "--budget"); i >= 0 {
		d, err := time.ParseDuration(args[i+1])
		if err != nil {
			w.t.Fatal(err)
		}
		p.takes = min(p.takes, d) // as a hunt does
	}
	c := &actor{world: w, play: p, lines: make(chan []byte, len(p.says))}
	for _, s := range p.says {
		c.lines <- []byte(s)
	}
	if w.hung = p.hangs; !p.hangs {
		close(c.lines)
	}
	return c, nil
}

// An actor is a child that plays.
type actor struct {
	*world
	play
	lines chan []byte
}

func (a *actor) Lines() <-chan []byte { return a.lines }
func (a *actor) Stop()                {}
func (a *actor) Kill()                { close(a.lines); a.hung = false; a.end = End{Status: -1, Signal: "killed"} }
func (a *actor) Wait() End            { a.now = a.now.Add(a.takes); return a.end }

// What children say.
func cellLines(results []bench.Result) []string {
	var lines []string
	for _, r := range results {
		line, err := json.Marshal(struct {
			Type string `json:"type"`
			bench.Result
		}{"cell", r})
		if err != nil {
			panic(err) // numbers and words
		}
		lines = append(lines, string(line))
	}
	return lines
}

func summary(programs int, findings ...string) string {
	return fmt.Sprintf(`{"type":"summary","programs":%d,"ops":%d,"corpus":7,"edges":5,"states":3,"violations":%d,"findings":[%s],
"sampled":1,"census":[{"object":"qcc","made":2,"freed":1,"live":1}]}`, programs, programs*10, len(findings), strings.Join(findings, ","))
}

func finding(signature string) string {
	class, _, _ := strings.Cut(signature, " | ")
	return fmt.Sprintf(`{"signature":%q,"class":%q,"runs":3,"file":"crash.txtar"}`, signature, class)
}

func finds(signature string) string {
	return strings.Replace(finding(signature), "{", `{"type":"finding",`, 1)
}

// Signatures: two of one fault, one of nobody, one that a known crash bears.
var (
	primary   = mustFault("HAPROXY-da24bcfad").Primary
	secondary = mustFault("HAPROXY-da24bcfad").Others[0]
	stranger  = "leak | qcs | - | - | qcs_new"
	excused   = "lost-wakeup | conn-full | qcc | run.mux"
)

func mustFault(name string) fault.Fault {
	f, ok := fault.Lookup(name)
	if !ok {
		panic(name)
	}
	return f
}

var hunts = []Job{
	{Name: "quicgo", Kind: Hunt, Target: "quicgo", Weight: 45, Args: []string{"hunt", "--target", "quicgo"}},
	{Name: "mux", Kind: Hunt, Target: "mux", Weight: 5, Most: .05, Args: []string{"hunt", "--target", "mux"}},
	{Name: "process", Kind: Hunt, Target: "process", Weight: 3, Most: .03, Args: []string{"hunt", "--target", "process"}},
}

var powerJob = Job{Name: "power", Kind: Power, Args: []string{"cells"}}

func (w *world) options(jobs ...Job) Options {
	return Options{Dir: w.dir, Budget: 5 * time.Minute, Jobs: jobs, Clock: w, Start: w.start,
		Known: func(string) ([]*corpus.Crash, error) {
			return []*corpus.Crash{{Signature: excused, Status: corpus.Known}}, nil
		}}
}

// night spends a whole night.
func (w *world) night(o Options) *reports.Night {
	w.t.Helper()
	n, err := New(o)
	if err != nil {
		w.t.Fatal(err)
	}
	defer n.Close()
	night, err := n.Run(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	if err := n.End(); err != nil {
		w.t.Fatal(err)
	}
	return night
}

// quiet lets every hunt run its programs and find nothing.
func (w *world) quiet() {
	for _, target := range []string{"quicgo", "mux", "process"} {
		w.plays[target] = []play{{says: []string{summary(100)}, takes: 12 * time.Second}}
	}
}

func standings(n *reports.Night) map[string]string {
	all := map[string]string{}
	for _, f := range n.Findings {
		all[f.Signature] = f.Standing
	}
	return all
}

// A night is red for a cause once. Two signatures of one fault are one cause;
// a known crash is nobody's news, and neither is a new signature of an old
// cause.
func TestNewsIsNewOnce(t *testing.T) {
	w := newWorld(t)
	w.quiet()
	w.plays["mux"] = []play{{says: []string{finds(primary), finds(secondary), finds(excused), summary(100, finding(primary), finding(secondary))}, takes: time.Second}}
	first := w.night(w.options(hunts...))
	if first.Status != 1 || len(first.Why) != 1 || !strings.Contains(first.Why[0], "HAPROXY-da24bcfad") {
		t.Errorf("status %d because of %q, want 1 for one cause", first.Status, first.Why)
	}
	if got := standings(first); got[primary] != reports.StandingNew || got[secondary] != reports.StandingNew || got[excused] != reports.StandingExcused {
		t.Errorf("standings %v", got)
	}
	if f := first.Findings[0]; f.Runs < 3 || f.Job != "mux" || f.File != "crash.txtar" {
		t.Errorf("finding %+v", f)
	}
	second := w.night(w.options(hunts...))
	if second.Status != 0 || standings(second)[primary] != reports.StandingOld || second.Number != 2 || len(second.Trend) != 2 {
		t.Errorf("the same again: status %d because of %q, %v, night %d, trend %v", second.Status, second.Why, standings(second), second.Number, second.Trend)
	}
	another := mustFault("HAPROXY-da24bcfad").Others[1]
	w.plays["mux"] = []play{{says: []string{finds(another), summary(100)}, takes: time.Second}}
	if third := w.night(w.options(hunts...)); third.Status != 0 || standings(third)[another] != reports.StandingVariant {
		t.Errorf("another signature of it: status %d, %v", third.Status, standings(third))
	}
	w.plays["mux"] = []play{{says: []string{finds(stranger), summary(100)}, takes: time.Second}}
	if fourth := w.night(w.options(hunts...)); fourth.Status != 1 || !strings.Contains(strings.Join(fourth.Why, ";"), stranger) {
		t.Errorf("another cause: status %d because of %q", fourth.Status, fourth.Why)
	}
}

// A cause that had gone for long is news when it comes back.
func TestComesBack(t *testing.T) {
	w := newWorld(t)
	w.quiet()
	with := []play{{says: []string{finds(stranger), summary(100)}, takes: time.Second}}
	w.plays["mux"] = with
	w.night(w.options(hunts...))
	w.quiet()
	o := w.options(hunts...)
	o.Programs = 100 // one child each
	for range forgets {
		w.night(o)
	}
	w.plays["mux"] = with
	if n := w.night(o); n.Status != 1 {
		t.Errorf("status %d, want 1", n.Status)
	}
}

// The models get a tenth of the night at most, even when nothing else is left
// to do; the rest goes to quic-go, checkout and release alike.
func TestShares(t *testing.T) {
	w := newWorld(t)
	w.quiet()
	night := w.night(w.options(hunts...))
	part := map[string]float64{}
	for _, j := range night.Jobs {
		part[j.Name] = j.Seconds / night.Budget
	}
	if models := part["mux"] + part["process"]; models > .101 || models < .04 || part["quicgo"] < .85 {
		t.Errorf("parts %v", part)
	}
	if night.Spent < night.Budget || night.Spent > night.Budget+60 {
		t.Errorf("%.0f s of %.0f", night.Spent, night.Budget)
	}
	w = newWorld(t)
	w.quiet()
	w.plays["quicgo"] = []play{{end: End{Status: 2, Said: "lastwake: no worker\nlastwake: hint: build it\n"}, takes: time.Second}}
	night = w.night(w.options(hunts...))
	if j := night.Jobs[0]; !j.GivenUp || j.Failed != maxFailed || night.Status != 2 || !strings.Contains(strings.Join(night.Why, ";"), "no worker; hint: build it") {
		t.Errorf("%+v, status %d because of %q", j, night.Status, night.Why)
	}
	if night.Spent > .2*night.Budget {
		t.Errorf("the models had %.0f s of %.0f", night.Spent, night.Budget)
	}
	two := append([]Job{{Name: "checkout", Kind: Hunt, Target: "quicgo", Weight: 45}}, hunts...)
	if s := shares(two); s["checkout"] != s["quicgo"] || s["mux"]+s["process"] > .1 || s["checkout"] < .45 {
		t.Errorf("shares %v", s)
	}
}

// Children that are killed, hang, grow and fail are counted and replaced, and
// what they said before counts.
func TestChildrenAreLost(t *testing.T) {
	w := newWorld(t)
	w.quiet()
	progress := strings.Replace(summary(50), "summary", "progress", 1)
	killed := End{Status: -1, Signal: "killed"}
	w.plays["quicgo"] = []play{
		{says: []string{progress}, end: killed, takes: time.Second},
		{says: []string{finds(stranger)}, end: killed, takes: time.Second},
		{says: []string{progress}, hangs: true},
		{says: []string{progress}, end: End{Status: -1, Signal: "killed", Big: true}, takes: time.Second},
		{says: []string{"panic: no JSON", progress}, end: End{Status: 2, Said: "panic: oh\n\ngoroutine 1\n"}, takes: time.Second},
		{says: []string{summary(100)}, takes: 12 * time.Second},
	}
	night := w.night(w.options(hunts...))
	j := night.Jobs[0]
	if j.Killed != 2 || j.Hung != 1 || j.Big != 1 || j.Failed != 1 || j.GivenUp {
		t.Errorf("lost: %+v", j)
	}
	if whole := j.Children - j.Lost(); j.Programs != uint64(4*50+whole*100) {
		t.Errorf("%d programs of %d children", j.Programs, j.Children)
	}
	if night.Status != 1 || standings(night)[stranger] != reports.StandingNew {
		t.Errorf("status %d, findings %v", night.Status, standings(night))
	}
}

// A night whose process dies loses nothing: the next one goes on with the time
// that is left, and what was found is told in the end.
func TestResumes(t *testing.T) {
	w := newWorld(t)
	w.quiet()
	dead := errors.New("killed")
	w.plays["quicgo"] = []play{{says: []string{finds(stranger), summary(100)}, takes: 100 * time.Second}, {err: dead}}
	w.plays["mux"], w.plays["process"] = []play{{err: dead}}, []play{{err: dead}}
	n, err := New(w.options(hunts...))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Run(context.Background()); !errors.Is(err, dead) {
		t.Fatalf("error %v", err)
	}
	if _, err := New(w.options(hunts...)); err == nil || !strings.Contains(err.Error(), "another night is under way") {
		t.Errorf("two at once: %v", err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	w.quiet()
	w.now = w.now.Add(time.Hour)
	night := w.night(w.options(hunts...))
	if night.Resumed != 1 || night.Number != 1 || night.Status != 1 || night.Spent < 290 || night.Spent > 340 {
		t.Errorf("%+v", night)
	}
	if night.Jobs[0].Seconds < 100+150 || standings(night)[stranger] != reports.StandingNew {
		t.Errorf("quicgo had %.0f s; findings %v", night.Jobs[0].Seconds, standings(night))
	}
	log, err := os.ReadFile(filepath.Join(w.dir, "nights", "0001", "events.jsonl"))
	if err != nil || !strings.Contains(string(log), `"type":"begin"`) || !strings.Contains(string(log), `"type":"resume"`) {
		t.Errorf("log %s, %v", log, err)
	}
}

// A night that was left for too long is not gone on with, but what it found is
// news in the next one.
func TestLeftForLong(t *testing.T) {
	w := newWorld(t)
	w.quiet()
	dead := errors.New("killed")
	w.plays["quicgo"] = []play{{says: []string{finds(stranger)}, takes: time.Second}, {err: dead}}
	w.plays["mux"], w.plays["process"] = []play{{err: dead}}, []play{{err: dead}}
	n, err := New(w.options(hunts...))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = n.Run(context.Background())
	_ = n.Close()
	w.quiet()
	w.now = w.now.Add(24 * time.Hour)
	night := w.night(w.options(hunts...))
	if night.Resumed != 0 || night.Status != 1 || standings(night)[stranger] != reports.StandingNew {
		t.Errorf("%+v", night)
	}
}

// A night in which nothing was run is not green.
func TestNothingRun(t *testing.T) {
	w := newWorld(t)
	for _, target := range []string{"quicgo", "mux", "process"} {
		w.plays[target] = []play{{says: []string{summary(0)}, takes: 12 * time.Second}}
	}
	if night := w.night(w.options(hunts...)); night.Status != 2 || !strings.Contains(night.Why[0], "no program was run") {
		t.Errorf("status %d because of %q", night.Status, night.Why)
	}
}

// With a number of programs, each hunt has one child that comes so far, and the
// night ends with them.
func TestPrograms(t *testing.T) {
	w := newWorld(t)
	w.quiet()
	o := w.options(hunts...)
	o.Programs = 100
	night := w.night(o)
	if slices.Sort(w.started); !slices.Equal(w.started, []string{"mux", "process", "quicgo"}) || night.Programs() != 300 || night.Status != 0 {
		t.Errorf("started %v, %d programs, status %d", w.started, night.Programs(), night.Status)
	}
}

// Ctrl-C leaves a night that can be gone on with.
func TestInterrupted(t *testing.T) {
	w := newWorld(t)
	w.quiet()
	ctx, cancel := context.WithCancel(context.Background())
	o := w.options(hunts...)
	o.Event = func(e Event, _ reports.Night) {
		if e.Type == "end" {
			cancel()
		}
	}
	n, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Run(ctx); !errors.Is(err, context.Canceled) || len(w.started) != 1 {
		t.Errorf("error %v after %v", err, w.started)
	}
	_ = n.Close()
	if night := w.night(w.options(hunts...)); night.Resumed != 1 || night.Status != 0 {
		t.Errorf("resumed %d, status %d", night.Resumed, night.Status)
	}
}

// A folder that cannot be written to, and a state that no night wrote, are
// refused before anything runs.
func TestRefuses(t *testing.T) {
	w := newWorld(t)
	file := filepath.Join(w.dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	o := w.options(hunts...)
	o.Dir = filepath.Join(file, "state")
	var werr *corpus.WriteError
	if _, err := New(o); !errors.As(err, &werr) || werr.Hint() == "" {
		t.Errorf("a file for a folder: %v", err)
	}
	for text, want := range map[string]string{"{": "unexpected end", `{"version":9}`: "version 9"} {
		if err := os.WriteFile(filepath.Join(w.dir, "state.json"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		var serr *StateError
		if _, err := New(w.options(hunts...)); !errors.As(err, &serr) || !strings.Contains(err.Error(), want) || serr.Hint() == "" {
			t.Errorf("%s: %v", text, err)
		}
	}
	if len(w.started) > 0 {
		t.Errorf("started %v", w.started)
	}
}

// Whatever a child says and whatever lies in the state's file, nothing breaks.
func FuzzState(f *testing.F) {
	f.Add([]byte(`{"version":1,"causes":{"mux x":{"night":1,"last":1,"signatures":["a"]}},"current":{"night":2,"jobs":[{"name":"mux"}]}}`))
	f.Add([]byte(summary(3, finding(stranger))))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := parseState("state.json", text); err == nil && s.Causes == nil {
			t.Error("no causes")
		}
		n := &Night{o: Options{Clock: Real}, night: &reports.Night{}}
		(&talk{n: n, j: &Job{Name: "power", Kind: Power}}).settle()
		talk := &talk{n: n, j: &hunts[0]}
		if !strings.Contains(string(text), `"finding"`) { // which writes
			_ = talk.line(text)
			talk.settle()
		}
	})
}
