package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/quicgo"
)

// quicgoFlag adds --quicgo to cmd.
func quicgoFlag(cmd *cobra.Command) {
	cmd.Flags().String("quicgo", "", "play on this quic-go, a `VERSION` or the folder of a checkout, instead of the one that is built in")
}

// another is the worker for --quicgo, nil for the one that is built in. It is
// the same for all sessions of a command.
var another *quicgo.Target

// useQuicgo builds the worker that --quicgo asks for; done removes it.
func useQuicgo(ctx context.Context, cmd *cobra.Command) (done func(), err error) {
	what, _ := cmd.Flags().GetString("quicgo")
	if what == "" {
		return func() {}, nil
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
	another = &quicgo.Target{Command: []string{binary}, Save: saveHang}
	return done, nil
}

// quicgoTarget returns the target quicgo: this binary as its own worker, or
// the one that --quicgo asked for.
func quicgoTarget() (*quicgo.Target, error) {
	if another != nil {
		return another, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("quicgo: where is this program? %w", err)
	}
	return &quicgo.Target{Command: []string{self}, Save: saveHang}, nil
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
