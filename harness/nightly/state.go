package nightly

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/reports"
)

// stateVersion is the version of the file of states.
const stateVersion = 1

// A state is what outlives the process.
type state struct {
	Version int `json:"version"`
	// Causes are those that a night was red for, by target and cause.
	Causes map[string]cause `json:"causes"`
	// Last are the last nights that ended.
	Last []reports.NightRow `json:"last"`
	// Current is the night under way, nil when the last one has ended; Alive is
	// when its process last wrote this file.
	Current *reports.Night `json:"current,omitempty"`
	Alive   time.Time      `json:"alive,omitzero"`
	// Ended counts the nights that have a number, the current one aside.
	Ended int `json:"ended"`
}

// A cause is something that a night was red for: the first one, and the last
// one that came by it.
type cause struct {
	Night      int      `json:"night"`
	Last       int      `json:"last"`
	Signatures []string `json:"signatures"`
}

// forgets is after how many nights without it a cause is news again: it had
// been mended, it seems.
const forgets = 10

// The length of the trend.
const trendNights = 60

// stale is how long an unfinished night waits to be gone on with.
const stale = 12 * time.Hour

// A StateError says that the state cannot be used.
type StateError struct{ What, Advice string }

// Error says what is wrong.
func (e *StateError) Error() string { return e.What }

// Hint says what to do about it.
func (e *StateError) Hint() string { return e.Advice }

func (n *Night) stateFile() string { return filepath.Join(n.o.Dir, "state.json") }

// load reads the state, an empty one when there is none.
func (n *Night) load() error {
	n.state = state{Version: stateVersion, Causes: map[string]cause{}}
	text, err := os.ReadFile(n.stateFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	n.state, err = parseState(n.stateFile(), text)
	return err
}

// parseState reads the text of a file of states.
func parseState(name string, text []byte) (state, error) {
	s := state{}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, &StateError{fmt.Sprintf("%s: %v", name, err), "it is not what a night has written: name another folder with --state, or remove this file, and old findings are news again"}
	}
	if s.Version != stateVersion {
		return s, &StateError{fmt.Sprintf("%s: version %d, this program writes %d", name, s.Version, stateVersion), "name another folder with --state"}
	}
	if s.Causes == nil {
		s.Causes = map[string]cause{}
	}
	return s, nil
}

// save writes the state to the disk.
func (n *Night) save() error {
	n.state.Alive = n.o.Clock.Now()
	text, err := json.MarshalIndent(&n.state, "", " ")
	if err != nil {
		return err
	}
	return corpus.WriteFile(n.stateFile(), append(text, '\n'))
}

// lock makes sure that one process works on the folder. The system gives the
// lock back when the process dies, however it does.
func (n *Night) lock() error {
	name := filepath.Join(n.o.Dir, ".lock")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return &corpus.WriteError{Path: n.stateFile(), Err: err}
	}
	if err := exclusive(f); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return &StateError{fmt.Sprintf("%s: another night is under way there", n.o.Dir), "wait for it to end, or name another folder with --state"}
		}
		return err
	}
	n.locked = f
	return nil
}

// begin takes up the night that was left unfinished, or begins another.
func (n *Night) begin() {
	now := n.o.Clock.Now()
	if c := n.state.Current; c != nil && now.Sub(n.state.Alive) < stale && c.Spent < c.Budget {
		c.Resumed++
		n.o.Budget = time.Duration(c.Budget * float64(time.Second))
		n.night = c
	} else {
		n.state.Current = &reports.Night{Type: "night", Number: n.state.Ended + 1, Begun: now, Budget: n.o.Budget.Seconds(),
			Why: []string{}, Jobs: []reports.NightJob{}, Findings: []reports.NightFinding{}, Power: []reports.PowerRow{}}
		n.night = n.state.Current
		if c != nil { // what it found and never said is news still
			n.night.Findings = append(n.night.Findings, c.Findings...)
			n.night.Notes = append(n.night.Notes, "the last night did not come to its end; what it found is told here")
		}
	}
	n.night.Notes = append(n.night.Notes, n.o.Notes...)
	n.night.Notes = compact(n.night.Notes)
	for _, j := range n.o.Jobs {
		r := n.job(j.Name)
		r.What, r.Share = j.What, n.shares[j.Name]
		r.GivenUp, r.Trouble = false, ""
	}
}

// compact drops repeated lines.
func compact(lines []string) []string {
	var out []string
	for _, l := range lines {
		if !strings.Contains("\n"+strings.Join(out, "\n")+"\n", "\n"+l+"\n") {
			out = append(out, l)
		}
	}
	return out
}

// job is what is known of a job tonight.
func (n *Night) job(name string) *reports.NightJob {
	for i := range n.night.Jobs {
		if n.night.Jobs[i].Name == name {
			return &n.night.Jobs[i]
		}
	}
	n.night.Jobs = append(n.night.Jobs, reports.NightJob{Name: name})
	return &n.night.Jobs[len(n.night.Jobs)-1]
}
