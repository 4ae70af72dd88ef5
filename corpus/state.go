package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/lastwake/lastwake/harness/program"
)

// The states that a crash can be in beside its statuses.
const (
	StateNew  = "new"  // nobody has decided about it
	StateGone = "gone" // its program does not show it any more
)

// A State is what is remembered of one crash: where it stands, and the days,
// YYYY-MM-DD, on which it was seen first and last.
type State struct {
	Target, Signature string
	State             string
	First, Last       string
	// File is the name of its file.
	File string
}

// StateFile is the name of the file with the states, in the folder crash. It
// is under git: what was decided, and when, is part of the history.
const StateFile = "state.txt"

// States are the states of all crashes, in the order of target and signature.
type States []State

const stateHead = "# What was decided about each crash, and when it was seen: written by lastwake corpus.\n" +
	"# target\tstate\tfirst seen\tlast seen\tfile\tsignature\n"

var day = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)

// ParseStates reads a file of states. A flaw is a *program.ParseError.
func ParseStates(file string, text []byte) (States, error) {
	if err := checkText(text); err != nil {
		err.File = file
		return nil, err
	}
	var all States
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if len(bytes.TrimSpace(line)) == 0 || line[0] == '#' {
			continue
		}
		s, flaw := parseState(strings.TrimRight(string(line), "\r\n"), n)
		if flaw == nil && all.Find(s.Target, s.Signature) != nil {
			flaw = flawAt(n, "a second line for this signature", "keep one of them")
		}
		if flaw != nil {
			flaw.File = file
			return nil, flaw
		}
		all = append(all, s)
	}
	return all, nil
}

func flawAt(line int, msg, hint string) *program.ParseError { return flaw(line, 1, msg, hint) }

func parseState(line string, n int) (State, *program.ParseError) {
	f := strings.Split(line, "\t")
	if len(f) != 6 {
		return State{}, flawAt(n, fmt.Sprintf("%d fields, want 6", len(f)), "target, state, first seen, last seen, file, signature, with tabs between them")
	}
	s := State{Target: f[0], State: f[1], First: f[2], Last: f[3], File: f[4], Signature: f[5]}
	states := []string{StateNew, string(Known), string(Fixed), string(Flaky), StateGone}
	switch {
	case !slices.Contains(states, s.State):
		return s, flawAt(n, fmt.Sprintf("unknown state %q", clip(s.State)), didYouMean(s.State, states, "it is "+strings.Join(states, ", ")))
	case !day.MatchString(s.First) || !day.MatchString(s.Last) || s.Last < s.First:
		return s, flawAt(n, fmt.Sprintf("%q to %q are no two days", clip(s.First), clip(s.Last)), "such as 2026-11-22")
	case !validSignature(s.Signature):
		return s, flawAt(n, fmt.Sprintf("%q is not a signature", clip(s.Signature)), "")
	}
	return s, nil
}

// Format returns the states as a file.
func (all States) Format() []byte {
	var b bytes.Buffer
	b.WriteString(stateHead)
	for _, s := range all {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Target, s.State, s.First, s.Last, s.File, s.Signature)
	}
	return b.Bytes()
}

// Find returns the state of a crash, nil when there is none.
func (all States) Find(target, signature string) *State {
	for i := range all {
		if all[i].Target == target && all[i].Signature == signature {
			return &all[i]
		}
	}
	return nil
}

// Seen notes that c was seen on a day, in a state; "" leaves the state as it
// is, and is new for a crash that was never seen.
func (all *States) Seen(c *Crash, state, today string) {
	s := all.Find(c.Target(), c.Signature)
	if s == nil {
		*all = append(*all, State{Target: c.Target(), Signature: c.Signature, State: StateNew, First: today, Last: today})
		slices.SortStableFunc(*all, func(a, b State) int {
			return strings.Compare(a.Target+"\t"+a.Signature, b.Target+"\t"+b.Signature)
		})
		s = all.Find(c.Target(), c.Signature)
	}
	s.File = path.Base(filepath.ToSlash(c.File))
	if state != "" {
		s.State = state
	}
	if state != StateGone {
		s.Last = max(s.Last, today)
	}
}

// States returns the states of the store, none if there is no file.
func (s *Store) States() (States, error) {
	name := path.Join("crash", StateFile)
	text, err := fs.ReadFile(s.fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return ParseStates(s.path(name), text)
}

// UpdateStates reads the file of states called file, lets change change them,
// and writes them back whole. Two that do so at the same time lose none: who
// comes second waits.
func UpdateStates(file string, change func(*States)) error {
	unlock, err := lock(file + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	all, err := ParseStates(file, text)
	if err != nil {
		return err
	}
	change(&all)
	if bytes.Equal(all.Format(), text) {
		return nil
	}
	return WriteFile(file, all.Format())
}
