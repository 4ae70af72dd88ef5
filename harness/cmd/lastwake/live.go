package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/live"
	"github.com/lastwake/lastwake/harness/triage/cause"
	"github.com/lastwake/lastwake/harness/triage/trace"
	"github.com/lastwake/lastwake/reports"
)

func newLive() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "live [FILE...]",
		Short: "play programs against a real server's process, and watch it die or live",
		Long: `live starts a server, waits until it is ready, plays programs against it, and sees
whether it dies, hangs, or holds more and more memory or descriptors. A finding
is played again on servers that have just started, stated as k of n, shrunk, and
filed in a folder of its own with the server's output, its core, gdb's words
about it and a qlog. No process stays behind, whatever becomes of lastwake.

FILE is a program for the target live. --from takes one for a model: what the
peer and the network do stays, what the server does by itself becomes time, and
quotas become those of a real server; what lies around it is tried as well.

Only addresses of loopback are talked to.`,
		Example: `  lastwake live --server 'haproxy -f quic.cfg' --ready started --addr 127.0.0.1:4433 \
    --from corpus/crash/mux/heap-use-after-free-qc_stream_buf_free.txtar
  lastwake live --server 'gtlsserver -d www 127.0.0.1 4433 key cert' --addr 127.0.0.1:4433 --programs 300`,
		RunE: runLive,
	}
	f := cmd.Flags()
	serverFlags(cmd)
	f.String("from", "", "translate the program in `FILE` and search around it")
	f.Int("runs", live.RunsDefault, "play at most `N` programs around --from")
	f.Uint64("seed", 0, "`N` of the random generator; by default drawn, and printed")
	f.Duration("budget", 0, "make programs up for this `TIME`")
	f.Int("programs", 0, "make `N` programs up")
	f.String("crashes", "reports/out/live", "write findings to `DIR`")
	f.Int("until", 0, "stop after `N` findings; 0 for never")
	f.Bool("translate", false, "only print the translation of --from")
	f.Bool("json", false, "print JSON lines, the last of them the summary")
	benchFlags(cmd)
	return cmd
}

// serverFlags adds what says whose server it is.
func serverFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("server", "", "`COMMAND` that starts the server, a line for sh (target live)")
	f.String("ready", "", "a line of the server's output matches `PATTERN` when it is ready")
	f.Duration("ready-timeout", live.ReadyLimitDefault, "how long it may take to be ready")
	f.String("addr", "127.0.0.1:4433", "`HOST:PORT` on which the server listens; loopback only")
	f.String("authority", "", "the `NAME` that is asked for; by default the host of --addr")
	f.StringToString("path", nil, "what to ask for, `SHAPE=PATH`: small, large, late, sink")
	f.Bool("restart", false, "start the server anew for each program")
	f.Int("replays", live.ReplaysDefault, "play a finding again `N` times")
	f.Int("shrink", live.ShrinkDefault, "spend at most `N` runs on shrinking a finding")
	f.Duration("linger", live.LingerDefault, "how long the server may take to die after a program")
}

// serverConfig reads the flags of serverFlags.
func serverConfig(cmd *cobra.Command) (live.Config, error) {
	f := cmd.Flags()
	c := live.Config{Progress: cmd.ErrOrStderr(), Again: liveAgain(cmd)}
	c.Server, _ = f.GetString("server")
	c.Ready, _ = f.GetString("ready")
	c.ReadyLimit, _ = f.GetDuration("ready-timeout")
	c.Addr, _ = f.GetString("addr")
	c.Authority, _ = f.GetString("authority")
	c.Restart, _ = f.GetBool("restart")
	c.Replays, _ = f.GetInt("replays")
	c.ShrinkRuns, _ = f.GetInt("shrink")
	c.Linger, _ = f.GetDuration("linger")
	c.Out, _ = f.GetString("crashes")
	if c.Server == "" {
		return c, hintf("such as --server 'haproxy -f quic.cfg' --ready started --addr 127.0.0.1:4433", "live: which server? --server is missing")
	}
	paths, _ := f.GetStringToString("path")
	shapes := program.PeerRequest.Row().Operands[program.RequestShape].Values
	for shape, path := range paths {
		at := -1
		for i, s := range shapes {
			if s == shape {
				at = i
			}
		}
		if at < 0 || !strings.HasPrefix(path, "/") {
			return c, hintf("the shapes are "+strings.Join(shapes, ", "), "live: --path %s=%s", shape, path)
		}
		c.Paths[at] = path
	}
	return c, nil
}

// liveAgain is the command that plays a program on the same server.
func liveAgain(cmd *cobra.Command) string {
	s := "go tool lastwake live"
	for _, name := range []string{"server", "ready", "addr"} {
		if v, _ := cmd.Flags().GetString(name); v != "" {
			s += " --" + name + " " + quote(v)
		}
	}
	return s
}

func runLive(cmd *cobra.Command, args []string) error {
	f := cmd.Flags()
	from, err := fromFlag(cmd)
	if err != nil {
		return err
	}
	if only, _ := f.GetBool("translate"); only {
		return printTranslation(cmd, from)
	}
	c, err := serverConfig(cmd)
	if err != nil {
		return err
	}
	if c.From = from; from == nil {
		c.Runs = 0
	} else {
		c.Runs, _ = f.GetInt("runs")
	}
	c.Until, _ = f.GetInt("until")
	c.Programs, _ = f.GetInt("programs")
	c.Budget, _ = f.GetDuration("budget")
	c.Seed = seedFlag(cmd)
	for _, name := range args {
		in, err := read(cmd, name)
		if err != nil {
			return err
		}
		p, err := live.Translate(in.Program)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		c.Play = append(c.Play, p)
	}
	if bench, _ := f.GetBool("bench"); bench {
		return runLiveBench(cmd, c)
	}
	if len(c.Play) == 0 && c.From == nil && c.Programs == 0 && c.Budget == 0 {
		return hintf("a FILE, --from FILE, --programs N or --budget TIME", "live: nothing to play")
	}
	return printLive(cmd, c)
}

// fromFlag reads --from, nil when it was not given.
func fromFlag(cmd *cobra.Command) (*program.Program, error) {
	name, _ := cmd.Flags().GetString("from")
	if name == "" {
		return nil, nil
	}
	in, err := read(cmd, name)
	if err != nil {
		return nil, err
	}
	return in.Program, nil
}

// seedFlag reads --seed, or draws one.
func seedFlag(cmd *cobra.Command) uint64 {
	if seed, _ := cmd.Flags().GetUint64("seed"); cmd.Flags().Changed("seed") {
		return seed
	}
	return draw()
}

func printTranslation(cmd *cobra.Command, from *program.Program) error {
	if from == nil {
		return hintf("--from FILE", "live: nothing to translate")
	}
	p, err := live.Translate(from)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(cmd.OutOrStdout(), p)
	return err
}

// huntLive is hunt for the target live: the same flags, another search.
func huntLive(cmd *cobra.Command) error {
	c, err := serverConfig(cmd)
	if err != nil {
		return err
	}
	f := cmd.Flags()
	n, _ := f.GetUint64("programs")
	c.Programs = int(min(n, 1<<30))
	c.Budget, _ = f.GetDuration("budget")
	c.Seed = seedFlag(cmd)
	if until, _ := f.GetString("until"); until == "any" {
		c.Until = 1
	}
	if c.Programs == 0 && c.Budget == 0 {
		return hintf("--programs 300", "hunt: against a live server a limit is needed: --programs or --budget")
	}
	return printLive(cmd, c)
}

// knownCauses is what a live run asks about a death: triage.
func knownCauses() (func(*trace.Document) live.Cause, error) {
	book, err := cause.Load(corpus.Embedded())
	if err != nil {
		return nil, err
	}
	return func(doc *trace.Document) live.Cause {
		t := triager{book: book}
		o := t.match(doc.Name, doc)
		c := live.Cause{Text: o.text(false)}
		if len(o.result.Candidates) > 0 && o.result.Candidates[0].Fault != nil {
			c.Fault = reports.RefOf(*o.result.Candidates[0].Fault)
		}
		return c
	}, nil
}

// A liveLine is a finding as --json says it.
type liveLine struct {
	Type      string  `json:"type,omitempty"`
	Signature string  `json:"signature"`
	Class     string  `json:"class"`
	Fault     string  `json:"fault"`
	Known     bool    `json:"known"` // never: a folder that is there is not written again
	Kills     int     `json:"kills"`
	Replays   int     `json:"replays"`
	Seconds   float64 `json:"seconds"`
	Programs  int     `json:"programs"`
	Ops       int     `json:"ops"`
	Folder    string  `json:"folder"`
	File      string  `json:"file"`
}

func liveLineOf(f *live.Finding) liveLine {
	l := liveLine{Signature: f.Record.Signature, Class: f.Record.Class, Kills: f.Kills, Replays: f.Replays,
		Seconds: f.Seconds, Programs: f.Runs, Ops: f.Ops, Folder: f.Folder, File: f.Record.File}
	if f.Cause.Fault != nil {
		l.Fault = f.Cause.Fault.ID
	}
	return l
}

// printLive runs c and prints what it came to.
func printLive(cmd *cobra.Command, c live.Config) error {
	ctx, stop := interruptible()
	defer stop()
	out := cmd.OutOrStdout()
	asJSON, _ := cmd.Flags().GetBool("json")
	var err error
	if c.Cause, err = knownCauses(); err != nil {
		return err
	}
	c.Found = func(f *live.Finding) error {
		if asJSON {
			l := liveLineOf(f)
			l.Type = "finding"
			return printJSON(out, l)
		}
		_, err := fmt.Fprintf(out, "\n%s\n%s", digestOf(f.Record), f.Cause.Text)
		return err
	}
	if asJSON {
		err = printJSON(out, struct {
			Type   string `json:"type"`
			Target string `json:"target"`
			Seed   uint64 `json:"seed"`
			Server string `json:"server"`
		}{"start", program.Live, c.Seed, c.Server})
	} else {
		_, err = fmt.Fprintf(out, "live: %s on %s, seed %d\n", c.Server, c.Addr, c.Seed)
	}
	if err != nil {
		return err
	}
	rep, err := live.Run(ctx, c)
	if err != nil {
		return err
	}
	return liveSummary(out, rep, asJSON)
}

// digestOf is the beginning of a record's report.
func digestOf(r *reports.Record) string {
	var b strings.Builder
	if reports.Text(&b, r) != nil {
		return r.Signature
	}
	return digest(b.String())
}

// A liveSum is the last line of --json.
type liveSum struct {
	Type        string             `json:"type"`
	Programs    int                `json:"programs"`
	Runs        int                `json:"runs"`
	Starts      int                `json:"starts"`
	Seconds     float64            `json:"seconds"`
	Features    int                `json:"features"`
	Answers     []live.AnswerCount `json:"answers"`
	Unexplained int                `json:"unexplained"`
	Alive       bool               `json:"alive"`
	Findings    []liveLine         `json:"findings"`
}

// liveSummary prints the end of a run.
func liveSummary(out io.Writer, rep *live.Report, asJSON bool) error {
	if asJSON {
		findings := []liveLine{}
		for _, f := range rep.Findings {
			findings = append(findings, liveLineOf(f))
		}
		err := printJSON(out, liveSum{"summary", rep.Programs, rep.Runs, rep.Starts, rep.Took.Seconds(), rep.Features, rep.Answers, rep.Unexplained(), rep.Alive, findings})
		if err != nil {
			return err
		}
	} else if _, err := fmt.Fprint(out, liveReport(rep)); err != nil {
		return err
	}
	switch {
	case len(rep.Findings) > 0:
		return errFound
	case rep.Programs == 0:
		return hintf("give it more time", "live: stopped before the first program")
	}
	return nil
}

// liveReport is the summary for people.
func liveReport(rep *live.Report) string {
	var b strings.Builder
	alive := "alive"
	if !rep.Alive {
		alive = "not to be started again"
	}
	fmt.Fprintf(&b, "\nlive: %d programs, %d runs, %d starts in %.1f s; %d kinds of answers and lines; the server is %s; findings: %d\n",
		rep.Programs, rep.Runs, rep.Starts, rep.Took.Seconds(), rep.Features, alive, len(rep.Findings))
	if len(rep.Answers) > 0 {
		fmt.Fprintf(&b, "abnormal answers, %d unexplained:\n", rep.Unexplained())
	}
	for _, a := range rep.Answers {
		fmt.Fprintf(&b, "  %6d  %s: %s\n", a.Count, a.What, or(a.Why, "unexplained"))
		if a.Example != "" {
			fmt.Fprintf(&b, "          after %s\n", strings.ReplaceAll(strings.TrimSpace(a.Example), "\n", "; "))
		}
	}
	for _, f := range rep.Findings {
		fmt.Fprintf(&b, "finding: %s, %d of %d runs, %s\n", f.Record.Signature, f.Kills, f.Replays, f.Folder)
	}
	for _, f := range rep.Findings {
		for _, r := range f.Record.Reproduce {
			fmt.Fprintf(&b, "reproduce: %s\n", r)
		}
	}
	return b.String()
}
