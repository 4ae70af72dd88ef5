package guardian

import (
	"fmt"
	"os"
	"path/filepath"
)

// Var is the variable by which a process learns that it is a guardian.
const Var = "LASTWAKE_GUARDIAN"

// The files of a server's folder.
const (
	LogFile  = "server.log" // what it writes to standard output and error
	ExitFile = "exit.json"  // how it ended; only if it did so by itself
)

// A Spec says what to run.
type Spec struct {
	// Command is a line for sh.
	Command string `json:"command"`
	// Dir is an existing folder: the server's working directory, where it
	// leaves its core, and where LogFile and ExitFile are written.
	Dir string `json:"dir"`
	// Env are further variables, "NAME=value".
	Env []string `json:"env,omitempty"`
}

// A Status is how a server ended by itself.
type Status struct {
	// Code is its exit status, Signal the number of the signal that ended it.
	Code   int `json:"code"`
	Signal int `json:"signal,omitempty"`
	// Core: the kernel says that it left a core.
	Core bool `json:"core,omitempty"`
}

// Core is the file with the core in a server's folder, "" when there is none.
func Core(dir string) string {
	names, _ := filepath.Glob(filepath.Join(dir, "core*")) // the pattern is a good one
	for _, n := range names {
		if i, err := os.Stat(n); err == nil && i.Mode().IsRegular() && i.Size() > 0 {
			return n
		}
	}
	return ""
}

// String returns the status as a shell says it.
func (s Status) String() string {
	switch {
	case s.Signal != 0 && s.Core:
		return fmt.Sprintf("killed by signal %d, core dumped", s.Signal)
	case s.Signal != 0:
		return fmt.Sprintf("killed by signal %d", s.Signal)
	}
	return fmt.Sprintf("exit status %d", s.Code)
}

// An event is a line that a guardian writes: what it has done, or seen.
type event struct {
	What   string  `json:"what"` // "started", "ended", "error"
	Pid    int     `json:"pid,omitempty"`
	Status *Status `json:"status,omitempty"`
	Text   string  `json:"text,omitempty"`
}
