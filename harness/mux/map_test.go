package mux

import (
	goflag "flag"
	"testing"

	"github.com/lastwake/lastwake/harness/cmap"
	"github.com/lastwake/lastwake/harness/transcript"
)

var update = goflag.Bool("update", false, "write "+mapFile+" and "+deviationsFile)

const (
	mapFile        = "../docs/model-map.md"
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
	"backend.go":         {"backend"},
	"connection.go":      {"open", "soft-stop", "release"},
	"h3.go":              {"h3-request", "h3-uni", "soft-stop", "open"},
	"hq_interop.go":      {"hq"},
	"mux_quic.go":        {"release", "timeouts", "soft-stop", "open", "purge-list"},
	"mux_quic_back.go":   {"backend"},
	"mux_quic_emit.go":   {"era32", "era30"},
	"mux_quic_recv.go":   {"receive", "reset-stop", "flow-control", "credit"},
	"mux_quic_rxbuf.go":  {"rx-buffers"},
	"mux_quic_send.go":   {"send", "flow-control", "buffers", "reset-stop"},
	"mux_quic_stream.go": {"receive", "send", "reset-stop", "subscribe", "credit", "purge-list"},
	"mux_quic_strm.go":   {"send", "fast-forward", "h3-request", "subscribe"},
	"mux_quic_txbuf.go":  {"era30", "era32"},
	"pool.go":            {"open"},
	"qcm_qmux.go":        {"backend"},
	"quic_conn.go":       {"close", "probe", "release"},
	"quic_fctl.go":       {"era30"},
	"quic_frame.go":      {"packets", "probe", "loss"},
	"quic_retransmit.go": {"probe"},
	"quic_rx.go":         {"packets", "loss", "close", "release"},
	"quic_stream.go":     {"buffers", "release"},
	"quic_stream_ack.go": {"era32-acks", "era32"},
	"quic_tx.go":         {"packets", "close", "probe"},
	"server.go":          {"backend"},
	"stconn.go":          {"subscribe", "h3-request"},
	"task.go":            {"scheduler", "timeouts"},
	"xprt_quic.go":       {"release", "reset-stop", "open"},
}

const mapHead = `# The model and the C

<!-- generated from the sources and the transcripts: go test ./harness/mux -run Map -update -->

The model follows HAProxy at commit 220386ae4 (3.0-dev2, the wiring of 2.9.6). This is what stands for what: %d Go functions,
each with the C function that it models, or a part of it where the Go is in smaller pieces. A Go function that is not here
has no counterpart in C, or is a macro's.

The transcript is a case in ` + "`harness/mux/testdata/transcripts`" + `, as file/case: one that shows something else when the body of
the function is emptied, and of those the one that the fewest other functions change. ` + "`TestEmptied`" + ` empties each of them.

## Functions
`

// The table that the program carries is current: lastwake prints it where
// there are no sources.
func TestDeviations(t *testing.T) {
	cmap.Current(t, deviationsFile, cmap.Table(t, "mux"), *update)
}
