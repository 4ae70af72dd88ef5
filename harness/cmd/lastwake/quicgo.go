package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/quicgo"
)

// quicgoFlag adds --quicgo to cmd.
func quicgoFlag(cmd *cobra.Command) {
	cmd.Flags().Bool("misuse", false, "play what breaks the rules of quic-go's interface as well (target quicgo)")
	cmd.Flags().String("quicgo", "", "play on this quic-go, a `VERSION`, the folder of a checkout or a worker that was built, instead of the one that is built in")
}

// another is the worker for --quicgo, nil for the one that is built in. It is
// the same for all sessions of a command.
var another *quicgo.Target

// played are the flags by which quic-go is played, as they were given, each
// with a blank after it.
var played string

// useQuicgo builds the worker that --quicgo asks for; done removes it.
func useQuicgo(ctx context.Context, cmd *cobra.Command) (done func(), err error) {
	what, _ := cmd.Flags().GetString("quicgo")
	misuse, _ := cmd.Flags().GetBool("misuse")
	played = ""
	if what != "" {
		played = "--quicgo " + quote(what) + " "
	}
	if misuse {
		played += "--misuse "
	}
	switch {
	case what != "":
	case misuse:
		if another, err = builtIn(); err != nil {
			return nil, err
		}
		another.Misuse = true
		return func() { another = nil }, nil
	default:
		return func() {}, nil
	}
	if info, err := os.Stat(what); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
		another = &quicgo.Target{Command: []string{what}, Save: saveHang, Misuse: misuse}
		return func() { another = nil }, nil
	}
	dir, err := os.MkdirTemp("", "lastwake-quicgo-*")
	if err != nil {
		return nil, err
	}
	done = func() {
		another = nil
		_ = os.RemoveAll(dir) // the system's folder for such things
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "lastwake: building a worker for quic-go %s\n", what)
	binary, err := quicgo.Build(ctx, what, dir)
	if err != nil {
		done()
		return nil, err
	}
	another = &quicgo.Target{Command: []string{binary}, Save: saveHang, Misuse: misuse}
	return done, nil
}

// quicgoTarget returns the target quicgo: this binary as its own worker, or
// the one that --quicgo asked for.
func quicgoTarget() (*quicgo.Target, error) {
	if another != nil {
		return another, nil
	}
	return builtIn()
}

// builtIn returns the target on the quic-go that is linked here.
func builtIn() (*quicgo.Target, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("quicgo: where is this program? %w", err)
	}
	return &quicgo.Target{Command: []string{self}, Save: saveHang}, nil
}

// printHistory prints what happened in each op, and the hash of it.
func printHistory(cmd *cobra.Command, in *input) error {
	r, done, err := runner(in.Program, 0)
	if err != nil {
		return err
	}
	defer done()
	lines, err := r.Record(in.Program, in.faults)
	if err != nil {
		return err
	}
	text := exec.Text(&in.Program.Header, lines)
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s# history %s\n", text, exec.Hash(text))
	return err
}

// writeQlog plays in and leaves a qlog file of each host in dir.
func writeQlog(cmd *cobra.Command, in *input, dir string) error {
	if in.Program.Header.Target != program.Quicgo {
		return hintf("only quic-go writes qlog", "--qlog: %s is a program for %s", in.Name, in.Program.Header.Target)
	}
	t, err := quicgoTarget()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	with := *t
	if with.Qlog, err = filepath.Abs(dir); err != nil {
		return err
	}
	s, err := with.NewSession()
	if err != nil {
		return err
	}
	defer s.Close() // nothing was written through it
	exec.New(s).Run(in.Program, in.faults)
	names, err := filepath.Glob(filepath.Join(dir, "*.sqlog"))
	for _, n := range names {
		fmt.Fprintf(cmd.ErrOrStderr(), "lastwake: wrote %s\n", n)
	}
	return err
}

// saveHang keeps a program that does not come to its end, before the process
// that plays it is ended.
func saveHang(p *program.Program) (string, error) {
	h := p.Hash()
	name := filepath.Join("reports/out/crashes", "hang-"+hex.EncodeToString([]byte{byte(h[0] >> 24), byte(h[0] >> 16), byte(h[0] >> 8), byte(h[0])})+".prog")
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return "", err
	}
	q := p.Clone()
	q.Notes = nil
	if err := corpus.WriteFile(name, []byte(q.String())); err != nil {
		return "", err
	}
	fmt.Fprintf(os.Stderr, "lastwake: a program does not come to its end; saved as %s\n", name)
	return name, nil
}
