package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/harness/reload"
)

func newProc() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "proc",
		Short: "ask a real haproxy about the process model",
		Args:  cobra.ArbitraryArgs,
		RunE:  group,
	}
	cmd.AddCommand(newReplay())
	return cmd
}

func newReplay() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay",
		Short: "drive a real haproxy -W through reloads with hostile environments",
		Long: `replay starts a real "haproxy -W" on loopback with one hostile environment after
the other, reloads it, and watches for death, hang and leaked descriptors; on a
crash it keeps the core, has gdb write a backtrace, and asks "lastwake triage"
what that is. No process stays behind.

HAProxy 2.6, as in Debian 12, has no startup logs in a shared ring: it witnesses
the environment and the reload, not #2492 itself.`,
		Example: `  apt-get install -y haproxy
  lastwake proc replay --reloads 200
  lastwake proc replay --reloads 20 --env no-name,duplicates`,
		Args: cobra.NoArgs,
		RunE: runReplay,
	}
	f := cmd.Flags()
	f.String("haproxy", "haproxy", "`FILE` to run")
	f.Int("reloads", 200, "`N` reloads in all")
	f.StringSlice("env", nil, "only these environments, `NAME[,NAME]`")
	f.String("dir", "", "keep logs and cores in `DIR`; by default in a temporary one, if something went wrong")
	f.Bool("json", false, "print one JSON object")
	return cmd
}

func runReplay(cmd *cobra.Command, _ []string) error {
	f := cmd.Flags()
	binary, _ := f.GetString("haproxy")
	reloads, _ := f.GetInt("reloads")
	dir, _ := f.GetString("dir")
	asJSON, _ := f.GetBool("json")
	if reloads < 1 {
		return hintf("--reloads 200", "proc replay: %d reloads show nothing", reloads)
	}
	path, err := exec.LookPath(binary)
	if err != nil {
		return hintf("apt-get install haproxy, or --haproxy FILE", "proc replay: there is no %q to run", binary)
	}
	only, _ := f.GetStringSlice("env")
	made := dir == ""
	if made {
		if dir, err = os.MkdirTemp("", "lastwake-proc-"); err != nil {
			return err
		}
	}
	ctx, stop := interruptible()
	defer stop()
	o := reload.Options{Binary: path, Reloads: reloads, Dir: dir, Only: only}
	if !asJSON {
		o.Progress = cmd.OutOrStdout()
	}
	rep, err := reload.Replay(ctx, o)
	if made && (err != nil || rep.Bad() == 0) {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	if unknown, ok := errors.AsType[*reload.UnknownEnvironment](err); ok {
		return hintf("one of "+strings.Join(environmentNames(), ", "), "proc replay: %v", unknown)
	}
	if err != nil {
		return err
	}
	if asJSON {
		err = json.NewEncoder(cmd.OutOrStdout()).Encode(rep)
	} else {
		err = printReplay(cmd, rep, dir)
	}
	if err == nil && (rep.Bad() > 0 || rep.LeftBehind > 0) {
		err = errFound
	}
	return err
}

func environmentNames() []string {
	var names []string
	for _, e := range reload.Environments() {
		names = append(names, e.Name)
	}
	return names
}

// printReplay prints the end of a replay, and what triage says of its
// backtraces.
func printReplay(cmd *cobra.Command, rep *reload.Report, dir string) error {
	out := cmd.OutOrStdout()
	if _, err := fmt.Fprintf(out, "%s\n%d of %d reloads done with %d environments: %d with a death, a hang or a leak, %d processes left behind\n",
		rep.Version, rep.Done, rep.Reloads, len(rep.Rounds), rep.Bad(), rep.LeftBehind); err != nil {
		return err
	}
	if rep.Bad() == 0 {
		return nil
	}
	if _, err := fmt.Fprintf(out, "kept in: %s\n", dir); err != nil {
		return err
	}
	for i := range rep.Rounds {
		file := rep.Rounds[i].Backtrace
		if file == "" {
			continue
		}
		if _, err := fmt.Fprintf(out, "reproduce: go tool lastwake triage %s\n", file); err != nil {
			return err
		}
		triage := newTriage()
		triage.SetArgs([]string{file})
		triage.SetOut(out)
		triage.SilenceUsage, triage.SilenceErrors = true, true
		if err := triage.Execute(); err != nil {
			return err
		}
	}
	return nil
}
