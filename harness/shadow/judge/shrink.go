package judge

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A Trial is a program with what both judges said of it.
type Trial struct {
	Program      *Program
	Ours, Theirs Outcome
	// Rule is why they agree; Err is how they do not.
	Rule Rule
	Err  error
}

// Try puts programs before the twin and before the machine in C, whose
// environment and command are given. An error is one of the harness.
func (t *Twin) Try(ps []*Program, env []string, command ...string) ([]Trial, error) {
	theirs, err := RunMachine(ps, env, command...)
	if err != nil {
		return nil, err
	}
	trials := make([]Trial, len(ps))
	for i, p := range ps {
		x := &trials[i]
		x.Program, x.Theirs = p, theirs[i]
		if x.Ours, err = t.Play(p); err != nil {
			return nil, fmt.Errorf("%w in\n%s", err, p)
		}
		x.Rule, x.Err = t.Compare(p, x.Ours, x.Theirs)
	}
	return trials, nil
}

// Shrink takes ops off a program on which the judges disagree, as long as they
// disagree about the same two classes, and returns what is left. The function
// try is as Try.
func Shrink(x Trial, try func([]*Program) ([]Trial, error)) (Trial, error) {
	for window := (len(x.Program.Ops) + 1) / 2; window > 0; {
		smaller, err := shrinkOnce(x, window, try)
		switch {
		case err != nil:
			return x, err
		case smaller == nil:
			window /= 2
		default:
			x = *smaller
			window = min(window, len(x.Program.Ops))
		}
	}
	return x, nil
}

// shrinkOnce tries the programs without some ops in a row, all in one go.
func shrinkOnce(x Trial, window int, try func([]*Program) ([]Trial, error)) (*Trial, error) {
	var ps []*Program
	for at := 0; at+window <= len(x.Program.Ops); at++ {
		p := *x.Program
		p.Ops = append(append(p.Ops[:0:0], p.Ops[:at]...), p.Ops[at+window:]...)
		ps = append(ps, &p)
	}
	trials, err := try(ps)
	if err != nil {
		return nil, err
	}
	for i := range trials {
		y := &trials[i]
		if y.Err != nil && y.Ours.Class == x.Ours.Class && y.Theirs.Class == x.Theirs.Class {
			return y, nil
		}
	}
	return nil, nil
}

// Save writes a program on which the judges disagree to the folder dir, with
// what they said, and returns the file's name.
func Save(dir string, seed uint64, x Trial) (string, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	file := filepath.Join(dir, fmt.Sprintf("seed%d-%d.txt", seed, x.Program.Number))
	said := "# " + strings.ReplaceAll(x.Err.Error(), "; op", "\n# op") + "\n"
	return file, os.WriteFile(file, []byte(said+x.Program.String()), 0o666)
}
