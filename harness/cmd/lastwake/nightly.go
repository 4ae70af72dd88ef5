package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/nightly"
	"github.com/lastwake/lastwake/harness/nightly/metrics"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/quicgo"
	"github.com/lastwake/lastwake/reports"
)

func newNightly() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "nightly",
		Short: "spend a night on what moves, and go red for news only",
		Long: `nightly hunts in quic-go's newest release, with --quicgo in a checkout too, gives the
models at most a tenth of the time, and measures whether the search still has its
power: how many programs it takes to find faults that are known to be there.

All work is done by child processes. One that crashes, hangs, grows or is killed is
replaced. The state lies in --state: what an earlier night was red for is no news, a
known crash is excused, and a night that was cut short goes on when the same command
runs again. The reports of a night lie in nights/NUMBER there: summary.md, night.html,
junit.xml, lastwake.sarif, records.jsonl, events.jsonl, and an issue-*.md for each new
cause.

Exit status: 0 nothing new; 1 a new finding, or the search got weaker; 2 a part of the
night could not be judged, or nothing was run.`,
		Example: `  lastwake nightly --budget 2h --state /var/lib/lastwake
  lastwake nightly --budget 30m --quicgo ../quic-go --metrics 127.0.0.1:9464`,
		Args: noArgs,
		RunE: runNightly,
	}
	f := cmd.Flags()
	f.Duration("budget", 2*time.Hour, "how long the night is, `TIME`")
	f.String("state", "reports/out/nightly", "keep corpus, findings and reports in `DIR`")
	f.String("quicgo", "", "hunt in this checkout of quic-go as well, `DIR`")
	f.String("release", "latest", "the release of quic-go: a `VERSION`, latest, or linked for the one that is built in")
	serverFlags(cmd)
	faultsFlag(cmd, "by default none; for a drill")
	f.Uint64("programs", 0, "each hunt ends after `N` programs, and the night with the last of them")
	f.Uint64("seed", 0, "`N` of the first child's random generator; by default drawn")
	f.Int("workers", runtime.GOMAXPROCS(0), "a child runs programs on `N` threads")
	f.Int("power-seeds", 0, "search for each fault with `N` seeds; by default 5 to 20, two for each minute of the night")
	f.String("power", "", "judge the power of the search against `FILE` instead of what is compiled in")
	f.String("rebase", "", "measure the power of the search as "+expectations+" says, write it to `FILE`, and do nothing else")
	f.Uint64("memory", 4096, "end a child that uses more than `N` MiB")
	f.String("metrics", "", "serve counters for Prometheus at `ADDR`, such as 127.0.0.1:9464")
	f.Bool("json", false, "print JSON lines: every event, then the summary")
	cmd.AddCommand(newCells())
	return cmd
}

// A nightJob is a night with what it needs from the command line.
type nightJob struct {
	nightly.Options
	cmd     *cobra.Command
	json    bool
	self    string
	workers map[string]string // of quic-go, by the name of the job
	temp    string
	server  *metrics.Server
	said    time.Time
}

func runNightly(cmd *cobra.Command, _ []string) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	if file, _ := cmd.Flags().GetString("rebase"); file != "" {
		return rebase(ctx, cmd, file)
	}
	j, err := nightOptions(cmd)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(j.temp) }() // the system's folder for such things
	if err := j.plan(ctx); err != nil {
		return err
	}
	n, err := nightly.New(j.Options)
	if err != nil {
		return err
	}
	defer n.Close()
	if addr, _ := cmd.Flags().GetString("metrics"); addr != "" {
		if j.server, err = metrics.Serve(addr); err != nil {
			return err
		}
		defer j.server.Close()
	}
	night, err := n.Run(ctx)
	if j.progress() {
		fmt.Fprint(cmd.ErrOrStderr(), "\r\033[K")
	}
	if errors.Is(err, context.Canceled) {
		return hintf("the same command goes on with it", "nightly: interrupted; what there is lies in %s", n.Folder())
	}
	if err != nil {
		return err
	}
	if err := j.reports(n, night); err != nil {
		return err
	}
	if err := n.End(); err != nil {
		return err
	}
	return j.result(night)
}

// result makes the exit status of the night's.
func (j *nightJob) result(night *reports.Night) error {
	switch night.Status {
	case 0:
		return nil
	case 1:
		return errFound
	}
	return hintf("the summary says what was not judged, and the night before the last line of each child", "nightly: %s", strings.Join(night.Why, "; "))
}

// nightOptions reads the flags.
func nightOptions(cmd *cobra.Command) (*nightJob, error) {
	f := cmd.Flags()
	j := &nightJob{cmd: cmd, workers: map[string]string{}}
	j.Budget, _ = f.GetDuration("budget")
	j.Dir, _ = f.GetString("state")
	j.Programs, _ = f.GetUint64("programs")
	j.json, _ = f.GetBool("json")
	workers, _ := f.GetInt("workers")
	list, _ := f.GetString("faults")
	memory, _ := f.GetUint64("memory")
	var err error
	switch {
	case j.Budget <= 0:
		return nil, hintf("such as 2h", "nightly: --budget %s runs no program", j.Budget)
	case f.Changed("programs") && j.Programs == 0:
		return nil, hintf("leave it out for no limit", "nightly: --programs 0 runs no program")
	case workers < 1:
		return nil, hintf("one a core is a good choice", "nightly: --workers %d runs no program", workers)
	}
	if addr, _ := f.GetString("metrics"); addr != "" {
		if err := metrics.Check(addr); err != nil {
			return nil, err
		}
	}
	if j.On, err = parseFaults(list); err != nil {
		return nil, err
	}
	if j.Baseline, err = baselineFlag(cmd); err != nil {
		return nil, err
	}
	if j.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if j.Build, err = buildName(); err != nil {
		return nil, err
	}
	if j.Seed = draw(); f.Changed("seed") {
		j.Seed, _ = f.GetUint64("seed")
	}
	j.Known = func(target string) ([]*corpus.Crash, error) {
		if os.Getenv("LASTWAKE_KNOWN") == "none" {
			return []*corpus.Crash{}, nil
		}
		known, err := corpus.Embedded().Crashes(target)
		return append([]*corpus.Crash{}, known...), err
	}
	j.Clock, j.Start, j.Event = nightly.Real, nightly.Process(j.self, memory<<20), j.event
	j.temp, err = os.MkdirTemp("", "lastwake-nightly-*")
	return j, err
}

func baselineFlag(cmd *cobra.Command) ([]nightly.Baseline, error) {
	file, _ := cmd.Flags().GetString("power")
	if file == "" {
		return nightly.Built()
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, hintf("lastwake nightly --rebase FILE writes one", "nightly: --power: %w", err)
	}
	return nightly.ReadBaseline(file, text)
}

// The jobs' dues: all of quic-go the same, the models a tenth at most, with
// room for the end of a slice.
const (
	dueQuicgo  = 45
	dueMux     = 5
	dueProcess = 3
)

// plan makes the list of jobs, and builds what they need.
func (j *nightJob) plan(ctx context.Context) error {
	f := j.cmd.Flags()
	seeds, _ := f.GetInt("power-seeds")
	if seeds <= 0 {
		seeds = int(min(max(j.Budget/(time.Minute/2), 5), nightly.BaselineSeeds))
	}
	workers, _ := f.GetInt("workers")
	cells := []string{"nightly", "cells", "--seeds", fmt.Sprint(seeds), "--workers", fmt.Sprint(workers)}
	if file, _ := f.GetString("power"); file != "" {
		cells = append(cells, "--power", file)
	}
	j.Jobs = append(j.Jobs, nightly.Job{Name: "power", Kind: nightly.Power, Args: cells,
		What: fmt.Sprintf("%d faults from nothing, %d seeds each", len(j.Baseline), seeds)})
	if err := j.release(ctx); err != nil {
		return err
	}
	if dir, _ := f.GetString("quicgo"); dir != "" {
		if err := j.quicgo(ctx, "quicgo-checkout", "quic-go in "+dir, dir); err != nil {
			return err
		}
	}
	if command, _ := f.GetString("server"); command != "" {
		if err := j.live(ctx, command); err != nil {
			return err
		}
	}
	for _, m := range []struct {
		target string
		due    float64
	}{{program.Mux, dueMux}, {program.Process, dueProcess}} {
		what := "the model " + m.target + ", every fault off"
		on := j.On.Of(m.target)
		if !on.Empty() {
			what = "the model " + m.target + " with " + on.String()
		}
		j.Jobs = append(j.Jobs, nightly.Job{Name: m.target, Kind: nightly.Hunt, Target: m.target, What: what,
			Weight: m.due, Most: m.due / 100, Args: append(j.hunt(m.target), "--faults", on.String())})
	}
	return nil
}

// live adds the job for a server, once it has shown that it gets ready.
func (j *nightJob) live(ctx context.Context, command string) error {
	args := []string{"live", "--json"}
	own := &cobra.Command{} // to know what they are called
	serverFlags(own)
	j.cmd.Flags().Visit(func(f *pflag.Flag) {
		if own.Flags().Lookup(f.Name) != nil {
			args = append(args, "--"+f.Name+"="+flagText(f))
		}
	})
	once := exec.CommandContext(ctx, j.self, append(args[:len(args):len(args)], "--programs", "1", "--seed", "1", "--crashes", filepath.Join(j.temp, "live"))...)
	once.Cancel = func() error { return once.Process.Signal(os.Interrupt) }
	var said strings.Builder
	once.Stderr = &said
	if err := once.Run(); err != nil && once.ProcessState.ExitCode() != exitFinding {
		return hintf("lastwake live shows it with the same flags: "+strings.Join(args[2:], " "), "nightly: the server %q was tried once: %s", command, lastSaid(said.String(), err))
	}
	j.Jobs = append(j.Jobs, nightly.Job{Name: "server", Kind: nightly.Hunt, Target: program.Live, What: command, Weight: dueQuicgo, Plain: true, Args: args})
	return nil
}

// flagText is what sets a flag to what it is.
func flagText(f *pflag.Flag) string { return strings.Trim(f.Value.String(), "[]") }

// lastSaid is the first line of a command's complaint.
func lastSaid(text string, err error) string {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "lastwake: "); ok {
			return rest
		}
	}
	return err.Error()
}

// hunt is the command line of a hunt in target.
func (j *nightJob) hunt(target string) []string {
	workers, _ := j.cmd.Flags().GetInt("workers")
	return []string{"hunt", "--target", target, "--json", "--tick", "2s", "--workers", fmt.Sprint(workers)}
}

const quicgoModule = "github.com/quic-go/quic-go"

// release adds the job for quic-go's release.
func (j *nightJob) release(ctx context.Context) error {
	want, _ := j.cmd.Flags().GetString("release")
	linked := linkedVersion(quicgoModule)
	if want == "latest" {
		var err error
		if want, err = newest(ctx); err != nil {
			j.Notes = append(j.Notes, fmt.Sprintf("which release of quic-go is the newest could not be found out (%v); the one that is built in was taken", err))
			want = "linked"
		}
	}
	if want == "linked" || want == linked {
		j.add("quicgo", "quic-go "+linked+", as built in", "")
		return nil
	}
	return j.quicgo(ctx, "quicgo", "quic-go "+want, want)
}

// quicgo adds a job for a quic-go for which a worker has to be built.
func (j *nightJob) quicgo(ctx context.Context, name, what, which string) error {
	dir := filepath.Join(j.temp, name)
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	fmt.Fprintf(j.cmd.ErrOrStderr(), "lastwake: building a worker for %s\n", what)
	worker, err := quicgo.Build(ctx, which, dir)
	if err != nil {
		return err
	}
	j.workers[name] = worker
	j.add(name, what, which)
	return nil
}

// add adds a job for quic-go.
func (j *nightJob) add(name, what, which string) {
	job := nightly.Job{Name: name, Kind: nightly.Hunt, Target: program.Quicgo, What: what, Weight: dueQuicgo, Args: j.hunt(program.Quicgo)}
	if w := j.workers[name]; w != "" {
		job.Args = append(job.Args, "--quicgo", w)
		job.Reproduce = "--quicgo " + quote(which)
	}
	j.Jobs = append(j.Jobs, job)
}

// linkedVersion is the version of a module that this program is built with.
func linkedVersion(module string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == module {
				return d.Version
			}
		}
	}
	return "of go.mod"
}

// newest asks the go command for quic-go's newest release.
func newest(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Version}}", quicgoModule+"@latest").Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", errors.New(strings.TrimSpace(string(exit.Stderr)))
	}
	return strings.TrimSpace(string(out)), err
}

// event hears of everything that happens.
func (j *nightJob) event(e nightly.Event, sofar reports.Night) {
	if j.server != nil {
		j.server.Set(sofar)
	}
	switch {
	case j.json && e.Type != "progress":
		_ = printJSON(j.cmd.OutOrStdout(), e) // an error is remembered by the writer
	case j.progress() && time.Since(j.said) > 200*time.Millisecond:
		j.said = time.Now()
		row := sofar.Row()
		fmt.Fprintf(j.cmd.ErrOrStderr(), "\r\033[K%s of %s  %s  %d programs  %d new, %d excused  %d children lost",
			time.Duration(sofar.Spent*float64(time.Second)).Round(time.Second), j.Budget, e.Job, row.Programs, row.New, row.Excused, row.Lost)
	}
}

func (j *nightJob) progress() bool { return isTerminal(j.cmd.ErrOrStderr()) }

// summary prints what the night came to.
func (j *nightJob) summary(out io.Writer, night *reports.Night, markdown []byte) error {
	if j.json {
		return printJSON(out, night)
	}
	_, err := out.Write(markdown)
	return err
}
