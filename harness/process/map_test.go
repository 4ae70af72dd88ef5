package process

import (
	goflag "flag"
	"testing"

	"github.com/lastwake/lastwake/harness/cmap"
	"github.com/lastwake/lastwake/harness/transcript"
)

var update = goflag.Bool("update", false, "write "+mapFile+" and "+deviationsFile)

const (
	mapFile        = "../docs/process-map.md"
	deviationsFile = "zz_deviations.go"
)

// The map of the model is current: every function that models a C function
// with the transcript that is most about it, and every place where the model
// leaves the C. Run with -update after a change; with -short the transcripts
// are not looked at.
func TestModelMap(t *testing.T) {
	page := cmap.Page{Head: mapHead, Funcs: cmap.Funcs(t)}
	if !testing.Short() {
		page.Cases = transcript.MostTelling(t, homes)
	}
	page.Current(t, mapFile, *update)
}

// homes are the transcripts that are about a source file; where none of them
// tells, any other does.
var homes = map[string][]string{
	"app.go":            {"application", "getenv"},
	"errors.go":         {"startup-logs", "reload"},
	"haproxy.go":        {"start", "reload", "fork"},
	"haproxy_reexec.go": {"reload"},
	"kernel.go":         {"fork", "descriptors", "reload"},
	"libc_musl.go":      {"musl"},
	"libc_setenv.go":    {"environ", "glibc", "illumos"},
	"libc_string.go":    {"environ", "application", "list"},
	"mmap.go":           {"rings", "unmap"},
	"mworker.go":        {"list", "fork"},
	"mworker_prog.go":   {"program"},
	"ring.go":           {"rings", "startup-logs"},
	"sink.go":           {"rings", "unmap"},
	"tools.go":          {"copy", "start", "list"},
	"world.go":          {"application", "rings"},
}

const mapHead = `# The process model and the C

<!-- generated from the sources and the transcripts: go test ./harness/process -run Map -update -->

The model follows HAProxy's master-worker mode with every fix applied; the ring is that of 3.0-dev6, with descriptor and
storage apart. This is what stands for what: %d Go functions, each with the function of HAProxy, of a C library or of the
kernel that it models. "application" is code that calls into the environment and that nobody has named.

The transcript is a case in ` + "`harness/process/testdata/transcripts`" + `, as file/case: one that shows something else when the body
of the function is emptied, and of those the one that the fewest other functions change. ` + "`TestEmptied`" + ` empties each of them.

## Functions
`

// The table that the program carries is current: lastwake prints it where there
// are no sources.
func TestDeviations(t *testing.T) {
	cmap.Current(t, deviationsFile, cmap.Table(t, "process"), *update)
}
