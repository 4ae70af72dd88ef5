package judge

import (
	"fmt"

	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/shadow/judge/cases"
)

// A Record is what the judges have said, to hold other twins against.
type Record struct {
	Cases    []Verdict // of the cases, what the twin has to say
	ASan     []Said    // of programs that AddressSanitizer has judged
	Memcheck []Said    // of programs that read what was never written
}

// Said is what a judge has said of a program.
type Said struct {
	Program *Program
	Outcome Outcome
}

// Hold plays everything on record on the checked twin that this build has, and
// returns its first disagreement, a harness fault included.
func (r *Record) Hold() (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("harness: %v", v)
		}
	}()
	t, err := NewTwin()
	if err != nil {
		return err
	}
	for i, want := range r.Cases {
		got, err := t.Case(i)
		if err != nil || got.Verdict != want {
			return fmt.Errorf("case %s: %q, want %q (%v)", cases.CaseNames()[i], got, want, err)
		}
	}
	for i, said := range r.ASan {
		ours, err := t.Play(said.Program)
		if err == nil {
			_, err = t.Compare(said.Program, ours, said.Outcome)
		}
		if err != nil {
			return fmt.Errorf("asan, program %d: %w", i, err)
		}
	}
	for i, said := range r.Memcheck {
		ours, err := t.Play(said.Program)
		if err == nil {
			err = CompareUninitialised(said.Program, ours, said.Outcome)
		}
		if err != nil {
			return fmt.Errorf("memcheck, program %d: %w", i, err)
		}
	}
	return nil
}

// Case returns what the shadow says of case i.
func (t *Twin) Case(i int) (Judged, error) {
	return Play(t.w.Arena(), func(m shadow.Mode) {
		t.w.Reset(m)
		t.w.Case(i)
	})
}
