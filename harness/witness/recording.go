package witness

import (
	"fmt"
	"strings"

	"github.com/lastwake/lastwake/harness/fault"
)

// A Recording is what a real server did during one scripted run, in order.
type Recording struct {
	// Client is the script that the client played, Server how the server was
	// set up, Repeat how alike the runs of the same script were, End how the
	// recording ends.
	Client, Server, Repeat, End string
	// Events are the server's events, one a line.
	Events []string
}

// releaseShipped says in a recording's header that the server frees the mux's
// tasklet before the streams, as it was shipped.
const releaseShipped = "release order shipped"

// Faults are the faults of the model that make it the server of the recording.
func (r *Recording) Faults() fault.Set {
	var s fault.Set
	if strings.Contains(r.Server, releaseShipped) {
		s = s.With(fault.HAPROXY_bd384a359)
	}
	return s
}

// ParseRecording reads the text of a recording: lines of "# key: value", then
// one event a line.
func ParseRecording(file, text string) (*Recording, error) {
	r := &Recording{}
	fields := map[string]*string{"client": &r.Client, "server": &r.Server, "repeat": &r.Repeat, "end": &r.End}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		head, ok := strings.CutPrefix(line, "# ")
		switch {
		case line == "":
			return nil, fmt.Errorf("%s:%d: an empty line", file, i+1)
		case !ok:
			r.Events = append(r.Events, line)
		case len(r.Events) > 0:
			return nil, fmt.Errorf("%s:%d: a header line behind the first event", file, i+1)
		default:
			key, value, _ := strings.Cut(head, ": ")
			if field := fields[key]; field != nil {
				*field = value
			}
		}
	}
	if len(r.Events) == 0 {
		return nil, fmt.Errorf("%s: no events", file)
	}
	return r, nil
}
