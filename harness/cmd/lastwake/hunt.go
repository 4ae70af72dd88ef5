package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/triage/like"
)

func newHunt() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hunt",
		Short: "look for programs that break a target",
		Long: `hunt makes programs, runs them, keeps those that reach something new and mutates
them, until one of --budget, --programs and --ops is used up; without any of
them, until Ctrl-C. Every finding is shrunk and written to --crashes.

The same --seed and --programs give the same findings and numbers for any number
of --workers.`,
		Example: `  lastwake hunt --faults HAPROXY-bd384a359 --budget 10s
  lastwake hunt --seed 7 --ops 100000000 --workers 2 --json`,
		Args: noArgs,
		RunE: runHunt,
	}
	f := cmd.Flags()
	f.String("target", program.Mux, "`NAME` of what to break: "+strings.Join(targets, ", "))
	faultsFlag(cmd, "by default none")
	quicgoFlag(cmd)
	f.Uint64("seed", 0, "`N` of the random generator; by default drawn, and printed")
	f.Duration("budget", 0, "stop after this `TIME`")
	f.Uint64("programs", 0, "stop after `N` programs")
	f.Uint64("ops", 0, "stop after `N` executed ops in total")
	f.Int("workers", runtime.GOMAXPROCS(0), "run programs on `N` threads")
	f.String("corpus", "", "start from the programs in `DIR` and keep the new ones there; by default start from nothing")
	f.String("crashes", "reports/out/crashes", "write findings to `DIR`")
	f.String("until", "", "stop as soon as `WHAT` is found: the name of a fault, or any")
	f.String("guide", "none", "`WHAT` leads the search besides coverage: none or near-miss")
	f.String("like", "", "look for programs that visit the functions of the stack in `FILE`, in its nesting; print the shortest")
	f.Bool("json", false, "print JSON lines, the last of them the summary")
	f.Duration("tick", 0, "with --json, keep the corpus and print a line of progress every `TIME`; what --crashes holds is not written anew")
	eraFlag(cmd, "by default those in which the faults can show")
	f.String("side", "both", "the `SIDE` of the process that programs are about where the era has both: front, back or both")
	serverFlags(cmd)
	return cmd
}

// A huntJob is a hunt with where its results go.
type huntJob struct {
	hunt.Options
	folder  string // --corpus
	crashes string
	json    bool
	out     io.Writer
	known   []*corpus.Crash

	like   *like.Like // --like, nil when it is not wanted
	search *like.Search

	sample *census // for --tick
}

func runHunt(cmd *cobra.Command, _ []string) error {
	if name, _ := cmd.Flags().GetString("target"); name == program.Live {
		return huntLive(cmd)
	}
	ctx, stop := interruptible()
	defer stop()
	done, err := useQuicgo(ctx, cmd)
	if err != nil {
		return err
	}
	defer done()
	j, err := huntOptions(cmd)
	if err != nil {
		return err
	}
	if err := j.begin(cmd); err != nil {
		return err
	}
	sum, err := hunt.Run(ctx, j.Options)
	if j.sample != nil {
		err = errors.Join(err, j.sample.close())
	}
	if sum == nil {
		return err
	}
	if err == nil && j.like != nil {
		err = j.alike()
	}
	if serr := j.summary(sum); err == nil {
		err = serr
	}
	switch {
	case err != nil:
		return err
	case sum.Programs == 0:
		return hintf("give it more time", "hunt: stopped before the first program")
	case len(sum.Findings) > 0:
		return errFound
	}
	return nil
}

// interruptible returns a context that the first Ctrl-C ends; the second one
// ends the process.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// begin prepares the folders, before anything is run, and says what begins.
func (j *huntJob) begin(cmd *cobra.Command) error {
	var err error
	if j.known, err = corpus.Embedded().Crashes(j.Target.Name()); err != nil {
		return err
	}
	if j.folder != "" {
		if err := j.useFolder(); err != nil {
			return err
		}
	}
	if j.like, err = likeFlag(cmd); err != nil {
		return err
	}
	if j.like != nil {
		j.search = like.NewSearch(*j.like, j.Faults)
		j.Lead = j.search.Lead
	}
	j.Known = func(signature string) bool { return isKnown(j.known, signature) }
	j.Crash = j.finding
	if j.TickEvery > 0 {
		if err := j.tickAlong(); err != nil {
			return err
		}
	}
	if w := cmd.ErrOrStderr(); isTerminal(w) {
		j.Progress = w
	}
	if j.json {
		return j.line(struct {
			Type   string   `json:"type"`
			Target string   `json:"target"`
			Faults []string `json:"faults"`
			Seed   uint64   `json:"seed"`
		}{"start", j.Target.Name(), append([]string{}, fault.Names(j.Faults)...), j.Seed})
	}
	_, err = fmt.Fprintf(j.out, "hunt: target %s, faults %s, seed %d\n", j.Target.Name(), j.Faults, j.Seed)
	return err
}

// useFolder takes the seeds from --corpus and has new programs kept there.
func (j *huntJob) useFolder() error {
	f, err := openFolder(j.folder, j.Target.Name())
	if err != nil {
		return err
	}
	j.Seeds, j.Keep = f.programs, f.keep
	return nil
}

// finding writes a finding to --crashes and says so.
func (j *huntJob) finding(n *hunt.Found) (string, error) {
	report := ""
	if n.File == "" {
		crash, err := saveCrash(j.crashes, n, corpus.New)
		if err != nil {
			return "", err
		}
		n.File, report = crash.File, crash.Report
	}
	if j.json {
		return n.File, j.line(struct {
			Type string `json:"type"`
			hunt.FindingLine
		}{"finding", n.Line()})
	}
	if j.Progress != nil {
		fmt.Fprint(j.Progress, "\r\033[K")
	}
	_, err := fmt.Fprintf(j.out, "\n%s\nfound after %.1f s, %d programs, %d ops\n", digest(report), n.Seconds, n.Programs, n.Ops)
	return n.File, err
}

// summary prints the last line.
func (j *huntJob) summary(s *hunt.Summary) error {
	if j.sample != nil {
		return j.line(ticked{s, j.sample})
	}
	if j.json {
		return j.line(s)
	}
	known := 0
	for _, f := range s.Findings {
		if f.Known {
			known++
		}
	}
	_, err := fmt.Fprintf(j.out, "\nhunt: %d programs, %d ops in %s; corpus %d, edges %d, states %d; findings: %d known, %d new\n",
		s.Programs, s.Ops, time.Duration(s.Seconds*float64(time.Second)).Round(10*time.Millisecond),
		s.Corpus, s.Edges, s.States, known, len(s.Findings)-known)
	for i := range s.Ladders {
		if err == nil {
			_, err = fmt.Fprintf(j.out, "ladder: %s %s%s\n", s.Ladders[i].Fault, &s.Ladders[i], nearNames(&s.Ladders[i]))
		}
	}
	for _, f := range s.Findings {
		if err == nil && f.File != "" {
			_, err = fmt.Fprintf(j.out, "reproduce: go tool lastwake run %s%s\n", played, quote(f.File))
		}
	}
	return err
}

// nearNames lists the conditions on the way to a fault that were met.
func nearNames(l *hunt.Ladder) string {
	var b strings.Builder
	for _, n := range l.Near {
		if n.Runs > 0 {
			fmt.Fprintf(&b, " %s %d", n.Name, n.Runs)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return fmt.Sprintf(" (of %d runs looked at:%s)", l.Looked, &b)
}

// line prints v as a line of JSON.
func (j *huntJob) line(v any) error {
	return printJSON(j.out, v)
}

// isTerminal reports whether w is a terminal, or another device that shows
// what it gets at once.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
