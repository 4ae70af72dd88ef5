package main

import (
	"encoding/json"
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
crash it keeps the core and gdb's backtrace for "lastwake triage". No process
stays behind.

HAProxy 2.6, as in Debian 12, has no startup logs in a shared ring: it witnesses
the environment and the reload, not #2492 itself.`,
		Example: `  apt-get install -y haproxy
  lastwake proc replay --reloads 200`,
		Args: cobra.NoArgs,
		RunE: runReplay,
	}
	f := cmd.Flags()
	f.String("haproxy", "haproxy", "`FILE` to run")
	f.Int("reloads", 200, "`N` reloads in all")
	f.String("dir", "", "keep logs and cores in `DIR`; by default nothing is kept")
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
	if dir == "" {
		if dir, err = os.MkdirTemp("", "lastwake-proc-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	ctx, stop := interruptible()
	defer stop()
	o := reload.Options{Binary: path, Reloads: reloads, Dir: dir}
	if !asJSON {
		o.Progress = cmd.OutOrStdout()
	}
	rep, err := reload.Replay(ctx, o)
	if err != nil {
		return err
	}
	if asJSON {
		if err := json.NewEncoder(cmd.OutOrStdout()).Encode(rep); err != nil {
			return err
		}
	} else if _, err := fmt.Fprint(cmd.OutOrStdout(), replaySummary(rep)); err != nil {
		return err
	}
	if rep.Bad() > 0 || rep.LeftBehind > 0 {
		return errFound
	}
	return nil
}

// replaySummary is the end of what replay prints.
func replaySummary(rep *reload.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%d of %d reloads done with %d environments: %d with a death, a hang or a leak, %d processes left behind\n",
		rep.Version, rep.Done, rep.Reloads, len(rep.Rounds), rep.Bad(), rep.LeftBehind)
	for i := range rep.Rounds {
		if r := &rep.Rounds[i]; r.Backtrace != "" {
			fmt.Fprintf(&b, "next: go tool lastwake triage %s\n", r.Backtrace)
		}
	}
	return b.String()
}
