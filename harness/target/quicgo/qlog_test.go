package quicgo_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/quicgo/adapter"
	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
	"github.com/lastwake/lastwake/harness/target/quicgo/rfc9000"
	"github.com/lastwake/lastwake/harness/target/quicgo/wire"
)

type buffer struct{ bytes.Buffer }

func (*buffer) Close() error { return nil }

// qlogs returns the qlog of every host of a run.
func qlogs(t *testing.T, p *program.Program) map[string]string {
	files := map[string]*buffer{}
	var h target.History
	lab.Play(t, adapter.Stack{}, p, true, &h, lab.Extras{Qlog: func(conn int, side rfc9000.Side) io.WriteCloser {
		b := &buffer{}
		files[fmt.Sprintf("c%d-%s", conn, side)] = b
		return b
	}})
	texts := map[string]string{}
	for name, b := range files {
		texts[name] = b.String()
	}
	return texts
}

// sorted is a qlog with the frames inside each packet in order, and without the
// token of NEW_TOKEN and the checksum of what it is in: crypto/cipher draws the
// token's nonce from a source that only a test binary can set (ADR 006).
func sorted(t *testing.T, qlog string) string {
	t.Helper()
	var b strings.Builder
	for rec := range strings.SplitSeq(qlog, "\x1e") {
		if strings.TrimSpace(rec) == "" {
			continue
		}
		var e map[string]any
		if err := json.Unmarshal([]byte(rec), &e); err != nil {
			t.Fatalf("%v in %q", err, rec)
		}
		if data, ok := e["data"].(map[string]any); ok {
			delete(data, "datagram_payload_checksum")
			if frames, ok := data["frames"].([]any); ok {
				for _, f := range frames {
					delete(f.(map[string]any), "token")
				}
				slices.SortFunc(frames, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
			}
		}
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", text)
	}
	return b.String()
}

// The qlog of a run is the same each time, but for the order of the frames in a
// packet: quic-go goes through a map of streams to collect them. One run in 960
// is let pass, for the reason that TestHistoryIsDeterministic has.
func TestQlogIsDeterministic(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	t.Setenv(wire.WarningVar, "true")
	seeds, repeats := 60, 16
	if testing.Short() {
		seeds, repeats = 10, 4
	}
	runs, raw, differ := 0, 0, 0
	for i, p := range programs(1, seeds) {
		first := qlogs(t, p)
		want := map[string]string{}
		for name, q := range first {
			want[name] = sorted(t, q)
		}
		for n := range repeats {
			runtime.GOMAXPROCS(1 + n%2)
			again := qlogs(t, p)
			runs++
			same := true
			for name, q := range again {
				if frames(q) != frames(first[name]) {
					raw++
				}
				if got := sorted(t, q); got != want[name] {
					same = false
					t.Logf("program %d: the qlog of %s differs in more than the order of frames (-first +again)\n%s", i, name, cmp.Diff(want[name], got))
				}
			}
			if !same {
				differ++
			}
			if len(again) != len(first) {
				t.Errorf("program %d: %d files, then %d", i, len(first), len(again))
			}
		}
	}
	t.Logf("%d programs, %d runs more: %d differ; before frames are sorted, %d files do", seeds, runs, differ, raw)
	if differ > 1 {
		t.Errorf("%d runs differ", differ)
	}
}

var tokens = regexp.MustCompile(`"token":\{[^}]*\}\}|"datagram_payload_checksum":\d+,`)

// frames is a qlog as it is, but for what chance decides by itself.
func frames(qlog string) string { return tokens.ReplaceAllString(qlog, "") }
