package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/reports"
	"github.com/lastwake/lastwake/reports/internal/samples"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Both forms of JSON hold the whole record, and nothing else.
func TestJSONRoundTrip(t *testing.T) {
	for name, r := range samples.All() {
		for _, indent := range []string{"", "  "} {
			var b bytes.Buffer
			if err := JSON(&b, r, indent); err != nil {
				t.Fatal(err)
			}
			if lines := strings.Count(b.String(), "\n"); indent == "" && lines != 1 {
				t.Errorf("%s: %d lines, want 1", name, lines)
			}
			var got struct {
				Type string
				reports.Record
			}
			d := json.NewDecoder(&b)
			d.DisallowUnknownFields()
			if err := d.Decode(&got); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if diff := cmp.Diff(*r, got.Record); got.Type != "record" || diff != "" {
				t.Errorf("%s: type %q, record (-want +got):\n%s", name, got.Type, diff)
			}
		}
	}
}

// Scripts read these names; a change of one is a change of reports.Version.
func TestJSONNames(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, samples.Tasklet2494(), "  "); err != nil {
		t.Fatal(err)
	}
	const file = "testdata/uaf-2494.json"
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s (-want +got; go test -update rewrites it)\n%s", file, diff)
	}
}

func TestJSONReturnsWriteErrors(t *testing.T) {
	want := errors.New("disk full")
	if got := JSON(brokenWriter{want}, samples.Tasklet2494(), ""); !errors.Is(got, want) {
		t.Errorf("JSON returns %v, want %v", got, want)
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func ExampleJSON() {
	err := JSON(os.Stdout, &reports.Record{Version: reports.Version, Target: "mux", Class: "leak", Object: reports.Object{Type: "qcs"}}, "")
	if err != nil {
		panic(err)
	}
	// Output: {"type":"record","version":1,"target":"mux","title":"","class":"leak","signature":"","known":false,"faults":null,"object":{"type":"qcs"},"program":""}
}
