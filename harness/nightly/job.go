package nightly

import (
	"slices"
	"time"
)

// The kinds of jobs.
const (
	Hunt  = "hunt"  // a child of it looks for findings in a target
	Power = "power" // a child of it measures how soon faults are found
)

// A Job is one thing to spend the night on. It is done by children, one after
// the other, each for a slice of time.
type Job struct {
	// Name is unlike that of every other job, and a word.
	Name string
	// What says in words what is run.
	What string
	Kind string
	// Target is the target of a hunt.
	Target string
	// Weight is its due, compared with that of the others. A Power job has none:
	// it comes first, until it is done or has had its powerPart.
	Weight float64
	// Most, when not 0, is the greatest part of the night that it may have.
	Most float64
	// Args are the arguments of its children, those aside that follow from the
	// moment: see Command.
	Args []string
	// Reproduce, when not "", is added to the commands that show a finding again.
	Reproduce string
}

// A slice is how long a child works: long enough to make up for its start,
// short enough that a few of them share the night.
const (
	leastSlice = 10 * time.Second
	mostSlice  = 10 * time.Minute
	slices24   = 24
)

// powerPart is the greatest part of a night that a Power job may have.
const powerPart = 0.4

// sliceOf is the length of a slice of a night.
func sliceOf(budget time.Duration) time.Duration {
	return min(max(budget/slices24, leastSlice), mostSlice)
}

// shares are the parts of the night that are the jobs' due, by name: as their
// weights say, no one above its most; what that leaves goes to the others.
func shares(jobs []Job) map[string]float64 {
	due := map[string]float64{}
	open := slices.DeleteFunc(slices.Clone(jobs), func(j Job) bool { return j.Weight <= 0 })
	left := 1.0
	for len(open) > 0 {
		sum := 0.0
		for _, j := range open {
			sum += j.Weight
		}
		i := slices.IndexFunc(open, func(j Job) bool { return j.Most > 0 && left*j.Weight/sum > j.Most })
		if i < 0 {
			for _, j := range open {
				due[j.Name] = left * j.Weight / sum
			}
			break
		}
		due[open[i].Name] = open[i].Most
		left -= open[i].Most
		open = slices.Delete(open, i, i+1)
	}
	return due
}

// most is the time that a job may have yet.
func (n *Night) most(j *Job) time.Duration {
	part := j.Most
	switch {
	case j.Kind == Power:
		part = powerPart
	case part == 0:
		part = 1
	}
	return time.Duration((part*n.o.Budget.Seconds() - n.job(j.Name).Seconds) * float64(time.Second))
}

// next chooses the job whose turn it is: a Power job that is not done and has
// not had its part, else the one that has had the least of its due. ok is false when none is left, or the
// rest of the night is more than those that are left may have.
func (n *Night) next() (j *Job, ok bool) {
	best := 0.0
	for i := range n.o.Jobs {
		c := &n.o.Jobs[i]
		r := n.job(c.Name)
		if r.GivenUp || n.done[c.Name] {
			continue
		}
		if n.most(c) < time.Second {
			continue
		}
		if c.Kind == Power {
			return c, true
		}
		had := r.Seconds / (n.shares[c.Name] * n.o.Budget.Seconds())
		if j == nil || had < best {
			j, best = c, had
		}
	}
	return j, j != nil
}
