package reload

import "io"

// Options say what to replay.
type Options struct {
	// Binary is the haproxy to drive.
	Binary string
	// Reloads is how many reloads there are in all, shared out to the
	// environments.
	Reloads int
	// Dir is an existing folder for configuration, sockets, logs and what a
	// crash leaves.
	Dir string
	// Only are the names of the environments to use, none for all.
	Only []string
	// Progress, when not nil, gets a line for each environment.
	Progress io.Writer
}

// A Report is what was seen.
type Report struct {
	// Version is the first line that the binary says of itself.
	Version string `json:"version"`
	// Reloads counts those asked for, Done those after which a worker of the
	// new generation served.
	Reloads int     `json:"reloads"`
	Done    int     `json:"done"`
	Rounds  []Round `json:"rounds"`
	// LeftBehind counts processes that were still there after the kill.
	LeftBehind int `json:"left_behind"`
}

// A Round is one master from start to end, with one environment.
type Round struct {
	Environment string `json:"environment"`
	Started     bool   `json:"started"`
	Reloads     int    `json:"reloads"`
	// Descriptors are how many the master has after each reload; growth is a
	// leak.
	Descriptors []int `json:"descriptors"`
	// Death, Hang and Leak say what went wrong, "" for nothing.
	Death string `json:"death,omitempty"`
	Hang  string `json:"hang,omitempty"`
	Leak  string `json:"leak,omitempty"`
	// Oddities are what is strange and does no harm.
	Oddities []string `json:"oddities,omitempty"`
	// Backtrace is the file with gdb's words on the core of a death.
	Backtrace string `json:"backtrace,omitempty"`
}

// Bad reports whether something went wrong in the round.
func (r *Round) Bad() bool { return r.Death != "" || r.Hang != "" || r.Leak != "" }

// Bad counts the rounds in which something went wrong.
func (r *Report) Bad() int {
	n := 0
	for i := range r.Rounds {
		if r.Rounds[i].Bad() {
			n++
		}
	}
	return n
}
