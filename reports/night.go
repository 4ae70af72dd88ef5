package reports

import "time"

// A Night is what one night of fuzzing came to: the single source of its
// summary in every format.
type Night struct {
	Type string `json:"type"`
	// Number counts the nights of one state folder from 1.
	Number int `json:"night"`
	// Begun and Ended are when, Budget and Spent how long in seconds: a night
	// that was resumed spends less than lies between.
	Begun  time.Time `json:"begun"`
	Ended  time.Time `json:"ended"`
	Budget float64   `json:"budget_seconds"`
	Spent  float64   `json:"spent_seconds"`
	// Resumed counts how often the night was taken up again after its process
	// had ended.
	Resumed int `json:"resumed"`
	// Status is the exit status: 0 nothing new, 1 something new, 2 a part of
	// the night could not be judged. Why has a sentence for each reason.
	Status int      `json:"status"`
	Why    []string `json:"why"`
	// Notes are what the reader should know besides, such as a part that was
	// left out.
	Notes []string `json:"notes,omitempty"`

	Jobs     []NightJob     `json:"jobs"`
	Findings []NightFinding `json:"findings"`
	Power    []PowerRow     `json:"power"`
	// PowerGroups are the same for faults of like depth together, and for all.
	PowerGroups []PowerRow `json:"power_groups,omitempty"`
	// Pooled is how much longer the search takes over all faults together, as
	// a multiple; 0 when it was not measured.
	Pooled float64 `json:"power_pooled"`
	// Trend has a row for each of the last nights, this one last.
	Trend []NightRow `json:"trend"`
}

// A NightJob is one thing that a night spends its time on.
type NightJob struct {
	Name string `json:"name"`
	// What says in words what was run.
	What string `json:"what"`
	// Share is the part of the night that is its due, Seconds what it got.
	Share   float64 `json:"share"`
	Seconds float64 `json:"seconds"`
	// Children counts the processes that ran for it, Lost those that did not
	// come to their end by themselves: Killed by a signal, Hung past their
	// time, Big beyond the memory they may have, Failed with status 2.
	Children int `json:"children"`
	Killed   int `json:"killed"`
	Hung     int `json:"hung"`
	Big      int `json:"out_of_memory"`
	Failed   int `json:"failed"`
	// Trouble is the last thing that a child complained of; GivenUp says that
	// the job was left alone for it.
	Trouble string `json:"trouble,omitempty"`
	GivenUp bool   `json:"given_up,omitempty"`

	Programs   uint64 `json:"programs"`
	Ops        uint64 `json:"ops"`
	Corpus     int    `json:"corpus"`
	Edges      int    `json:"edges"`
	States     int    `json:"states"`
	Violations uint64 `json:"violations"`
	Leaks      uint64 `json:"leaks"`
	// Order counts the runs in which something was released too early or too
	// often.
	Order uint64 `json:"release_order_violations"`
	// Census counts objects in the Sampled runs that were looked into, by
	// type; empty for a target without a view of its memory.
	Sampled int           `json:"sampled"`
	Census  []CensusCount `json:"census,omitempty"`
}

// Lost counts the children that did not come to their end by themselves.
func (j *NightJob) Lost() int { return j.Killed + j.Hung + j.Big + j.Failed }

// A CensusCount counts the objects of one type in the runs looked into: made,
// freed by an op of the program, and alive after the last op, before settle.
type CensusCount struct {
	Object string `json:"object"`
	Made   uint64 `json:"made"`
	Freed  uint64 `json:"freed"`
	Live   uint64 `json:"live"`
}

// The standings of a finding.
const (
	StandingNew     = "new"     // nobody has heard of it
	StandingExcused = "excused" // a known crash says so
	StandingOld     = "seen"    // an earlier night was red for it
	StandingVariant = "variant" // another signature of a cause that is not new
)

// A NightFinding is one signature that a night came by.
type NightFinding struct {
	Target    string `json:"target"`
	Signature string `json:"signature"`
	Class     string `json:"class"`
	// Cause is the fault of the catalogue that owns the signature, or the
	// signature itself.
	Cause    string `json:"cause"`
	Standing string `json:"standing"`
	// Job is what first found it, Night in which night.
	Job   string `json:"job"`
	Night int    `json:"first_night"`
	// Runs counts the runs of this night that showed it.
	Runs uint64 `json:"runs"`
	// File is the crash file, Issue the text of an issue about it and Page its
	// report, paths from the night's folder; "" when there is none.
	File      string `json:"file"`
	Issue     string `json:"issue,omitempty"`
	Page      string `json:"page,omitempty"`
	Reproduce string `json:"reproduce,omitempty"`
}

// A PowerRow compares how soon the search finds one fault, or those of a group,
// with how soon it used to.
type PowerRow struct {
	// Fault is the fault, or what the faults of a group have in common.
	Fault string `json:"fault"`
	// Seeds searched, Found of them had it, after Programs in all, those of
	// the searches that were given up included.
	Seeds    int    `json:"seeds"`
	Found    int    `json:"found"`
	Programs uint64 `json:"programs"`
	// Was is the mean number of programs that it used to take, 0 of a group;
	// Ratio how many times that it takes now.
	Was   float64 `json:"was"`
	Ratio float64 `json:"ratio"`
	// Chance is the probability of so few findings if nothing had changed.
	Chance float64 `json:"chance"`
	Slower bool    `json:"slower"`
}

// A NightRow is one night in the trend.
type NightRow struct {
	Number   int       `json:"night"`
	Begun    time.Time `json:"begun"`
	Status   int       `json:"status"`
	Spent    float64   `json:"spent_seconds"`
	Programs uint64    `json:"programs"`
	New      int       `json:"new"`
	Excused  int       `json:"excused"`
	Corpus   int       `json:"corpus"`
	Edges    int       `json:"edges"`
	States   int       `json:"states"`
	Pooled   float64   `json:"power_pooled"`
	Lost     int       `json:"children_lost"`
}

// Row is the night as a row of the trend.
func (n *Night) Row() NightRow {
	r := NightRow{Number: n.Number, Begun: n.Begun, Status: n.Status, Spent: n.Spent, Pooled: n.Pooled}
	causes := map[string]bool{}
	for _, f := range n.Findings {
		switch f.Standing {
		case StandingNew:
			causes[f.Target+" "+f.Cause] = true
		case StandingExcused:
			r.Excused++
		}
	}
	r.New = len(causes)
	for _, j := range n.Jobs {
		r.Programs += j.Programs
		r.Corpus += j.Corpus
		r.Edges += j.Edges
		r.States += j.States
		r.Lost += j.Lost()
	}
	return r
}

// Programs counts the programs of the whole night.
func (n *Night) Programs() uint64 { return n.Row().Programs }
