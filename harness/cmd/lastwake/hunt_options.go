package main

import (
	"crypto/rand"
	"encoding/binary"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
)

// huntOptions reads the flags.
func huntOptions(cmd *cobra.Command) (*huntJob, error) {
	f := cmd.Flags()
	j := &huntJob{out: cmd.OutOrStdout()}
	j.folder, _ = f.GetString("corpus")
	j.crashes, _ = f.GetString("crashes")
	j.json, _ = f.GetBool("json")
	if err := j.limits(cmd); err != nil {
		return nil, err
	}
	until, _ := f.GetString("until")
	if err := j.stopAt(until); err != nil {
		return nil, err
	}
	if err := j.aim(cmd); err != nil {
		return nil, err
	}
	guide, _ := f.GetString("guide")
	if err := checkGuide(guide); err != nil {
		return nil, err
	}
	j.NearMiss, j.Survey = guide == "near-miss", true
	if j.NearMiss && j.Faults.Empty() {
		return nil, hintf("name the faults to look for with --faults", "hunt: --guide near-miss leads nowhere without a fault")
	}
	if j.Seed, _ = f.GetUint64("seed"); !f.Changed("seed") {
		j.Seed = draw()
	}
	return j, nil
}

// limits reads how long the hunt goes on and with how many workers.
func (j *huntJob) limits(cmd *cobra.Command) error {
	f := cmd.Flags()
	j.Budget, _ = f.GetDuration("budget")
	j.Programs, _ = f.GetUint64("programs")
	j.Ops, _ = f.GetUint64("ops")
	j.Workers, _ = f.GetInt("workers")
	j.TickEvery, _ = f.GetDuration("tick")
	for _, limit := range []struct {
		name string
		used bool
	}{{"budget", j.Budget > 0}, {"programs", j.Programs > 0}, {"ops", j.Ops > 0}} {
		if v := f.Lookup(limit.name); v.Changed && !limit.used {
			return hintf("leave it out for no limit", "hunt: --%s %s runs no program", limit.name, v.Value)
		}
	}
	if f.Changed("tick") && (j.TickEvery <= 0 || !j.json) {
		return hintf("such as --json --tick 2s", "hunt: --tick is the time between two lines of --json")
	}
	if j.Workers < 1 {
		return hintf("one a core is a good choice", "hunt: --workers %d runs no program", j.Workers)
	}
	return nil
}

// aim reads what is hunted on: the target, its faults, eras and sides.
func (j *huntJob) aim(cmd *cobra.Command) (err error) {
	f := cmd.Flags()
	era, _ := f.GetString("era")
	if j.Eras, err = parseEras(era); err != nil {
		return err
	}
	name, _ := f.GetString("target")
	if j.Target, err = targetOf(name, 0); err != nil {
		return err
	}
	list, _ := f.GetString("faults")
	if j.Faults, err = parseFaults(list); err != nil {
		return err
	}
	if err := ofTarget(j.Faults, name); err != nil {
		return err
	}
	if j.Eras == 0 {
		j.Eras = erasOf(j.Faults)
	}
	side, _ := f.GetString("side")
	j.Sides, err = parseSide(side, j.Eras)
	return err
}

// ofTarget complains of a fault that the target cannot show: to hunt for it there
// finds nothing, which says nothing.
func ofTarget(on fault.Set, target string) error {
	for _, f := range fault.All() {
		if on.Has(f.ID) && f.Model != target {
			return hintf("--target "+f.Model, "hunt: %s is a fault of the target %s, not of %s", f.Name, f.Model, target)
		}
	}
	return nil
}

// stopAt reads --until.
func (j *huntJob) stopAt(what string) error {
	switch what {
	case "":
	case "any":
		j.Until = func(*hunt.Found) bool { return true }
	default:
		f, err := lookup(what)
		if err != nil {
			return err
		}
		j.Until = func(n *hunt.Found) bool {
			owner, ok := fault.Match(n.Signature())
			return ok && owner.ID == f.ID
		}
	}
	return nil
}

func checkGuide(guide string) error {
	if guide == "none" || guide == "near-miss" {
		return nil
	}
	return hintf("it is none or near-miss", "unknown guide %q", guide)
}

// draw returns a random seed, short enough to be typed.
func draw() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return uint64(binary.LittleEndian.Uint32(b[:]))
}
