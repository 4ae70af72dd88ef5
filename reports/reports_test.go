package reports_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/reports"
	"github.com/lastwake/lastwake/reports/internal/samples"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func textOf(t *testing.T, r *reports.Record) string {
	t.Helper()
	var b bytes.Buffer
	if err := reports.Text(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; go test -update rewrites it)\n%s", file, diff)
	}
}

func TestText(t *testing.T) {
	for name, r := range samples.All() {
		t.Run(name, func(t *testing.T) { checkGolden(t, name+".txt", textOf(t, r)) })
	}
}

// What tools such as CASR, ClusterFuzz and our own triage rely on: where the
// report starts, where its stack starts and ends, the form of a frame, the
// class in the SUMMARY line. The patterns are ours; they say what those
// programs were found to look for.
var (
	reportStart = regexp.MustCompile(`^==\d+==\s*(ERROR|WARNING): (AddressSanitizer|LeakSanitizer|MemorySanitizer|lastwake): ?(.*)`)
	frameForm   = regexp.MustCompile(`^ *#(\d+) +0x[0-9a-f]+ in ([^ ]+) ([^ :]+):(\d+)$`)
	summaryForm = regexp.MustCompile(`^SUMMARY: (AddressSanitizer|MemorySanitizer|lastwake): (\S+) `)
	accessForm  = regexp.MustCompile(`\b(READ|WRITE)\b`)
)

func TestSanitizerFormForParsers(t *testing.T) {
	for name, r := range samples.All() {
		t.Run(name, func(t *testing.T) {
			lines := strings.Split(textOf(t, r), "\n")
			start := indexLine(lines, reportStart.MatchString)
			if start < 0 {
				t.Fatal("no ERROR line")
			}
			if i := indexLine(lines, func(l string) bool { return strings.Contains(l, " #0 ") }); i >= 0 && i < start {
				t.Errorf("line %d would be taken for the stack: %s", i+1, lines[i])
			}
			checkFirstStack(t, r, lines[start:])
			if i := indexLine(lines, summaryForm.MatchString); i < start {
				t.Error("no SUMMARY line behind the ERROR line")
			}
			if x := r.Access; x != nil && x.Kind != reports.Freed && strings.Contains(lines[start], "AddressSanitizer") &&
				!accessForm.MatchString(lines[start+1]) && !accessForm.MatchString(lines[start+2]) {
				t.Errorf("the kind of access is not on one of the two lines below ERROR:\n%s", strings.Join(lines[start:start+4], "\n"))
			}
		})
	}
}

// checkFirstStack reads the first stack as those tools do: from the first
// " #0 " to the first empty line, every line a frame.
func checkFirstStack(t *testing.T, r *reports.Record, lines []string) {
	t.Helper()
	m := r.Use
	if m == nil {
		m = r.Alloc
	}
	if m == nil || len(m.Stack) == 0 {
		return
	}
	first := indexLine(lines, func(l string) bool { return strings.Contains(l, " #0 ") })
	var got []string
	for _, l := range lines[first:] {
		if l == "" {
			break
		}
		f := frameForm.FindStringSubmatch(l)
		if f == nil {
			t.Fatalf("no frame: %q", l)
		}
		got = append(got, f[2])
	}
	var want []string
	for _, f := range m.Stack {
		want = append(want, f.Func)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("functions of the first stack (-want +got):\n%s", diff)
	}
}

func indexLine(lines []string, ok func(string) bool) int {
	for i, l := range lines {
		if ok(l) {
			return i
		}
	}
	return -1
}

// A reader who is woken at night sees one screen: what, which object, made,
// freed and used where, the cause, and the command.
func TestFirstFifteenLinesTellTheStory(t *testing.T) {
	lines := strings.Split(textOf(t, samples.Tasklet2494()), "\n")
	top := strings.Join(lines[:15], "\n")
	for _, want := range []string{
		"heap-use-after-free (known)", "tasklet, its field tid", "made     set-up, before op 0     tasklet_new in qmux_init", "freed    op 8: run.timer c0 mux  tasklet_free in qcc_release",
		"used     op 8: run.timer c0 mux  tasklet_wakeup in qc_stream_buf_free, read of 4 bytes", "HAPROXY-bd384a359, issue #2494", "wild index",
		"go tool lastwake run corpus/crash/mux/", "ERROR: AddressSanitizer: heap-use-after-free on address arena+0x1e44",
	} {
		if !strings.Contains(top, want) {
			t.Errorf("the first 15 lines do not say %q:\n%s", want, top)
		}
	}
}

// The program in a report can be cut out and run: its lines are the program's
// lines, with comments.
func TestHistoryIsTheProgram(t *testing.T) {
	r := samples.Tasklet2494()
	text := textOf(t, r)
	_, listing, _ := strings.Cut(text, "214 programs run\n\n")
	listing, _, _ = strings.Cut(listing, "\n\n")
	var got []string
	for l := range strings.Lines(listing) {
		l, _, _ = strings.Cut(l, "#")
		if l = strings.TrimSpace(l); l != "" {
			got = append(got, l)
		}
	}
	if diff := cmp.Diff(strings.TrimSpace(r.Program), strings.Join(got, "\n")); diff != "" {
		t.Errorf("(-program +listing)\n%s", diff)
	}
}

// Long ops do not bury the report.
func TestEventsAreBounded(t *testing.T) {
	r := samples.Tasklet2494()
	for range 100 {
		r.History[8].Events = append(r.History[8].Events, "one more")
	}
	text := textOf(t, r)
	if n := strings.Count(text, "#   "); n != reports.EventsMax+1 || !strings.Contains(text, "and 72 more") {
		t.Errorf("%d event lines, want %d and a line with the rest", n, reports.EventsMax)
	}
}

// An error of the writer is returned, not lost.
func TestWriterErrors(t *testing.T) {
	want := errors.New("disk full")
	if got := reports.Text(brokenWriter{want}, samples.Tasklet2494()); !errors.Is(got, want) {
		t.Errorf("Text returns %v, want %v", got, want)
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

// The least that a record can hold is still readable, and no writer panics.
func TestEmptyRecord(t *testing.T) {
	classes := []string{"", "a-new-class"}
	for _, r := range samples.All() {
		classes = append(classes, r.Class)
	}
	for _, class := range classes {
		r := &reports.Record{Class: class}
		textOf(t, r)
		r.Access = &reports.Access{}
		textOf(t, r)
	}
}

func ExampleText() {
	r := &reports.Record{
		Class: "accounting", Title: "two counts differ", Invariant: "tx-offsets", Object: reports.Object{Type: "qcc"},
		Detail: "the connection counts 160 bytes prepared, its streams 80",
		Use:    &reports.Moment{Op: 0, Text: "peer.stop c0/s0"}, Signature: "accounting | tx-offsets | qcc | peer.stop",
	}
	if err := reports.Text(os.Stdout, r); err != nil {
		fmt.Println(err)
	}
	// Output:
	// lastwake: accounting (new): two counts differ
	//   object   qcc
	//   broken   op 0: peer.stop c0/s0
	//   seen     the connection counts 160 bytes prepared, its streams 80
	//   cause    unknown: no fault of the catalogue has this signature
	//
	// =================================================================
	// ==0==ERROR: lastwake: accounting: tx-offsets of qcc
	//   the connection counts 160 bytes prepared, its streams 80
	//   in op 0: peer.stop c0/s0
	//
	// SUMMARY: lastwake: accounting tx-offsets of qcc
	//
	// object: qcc
	// signature: accounting | tx-offsets | qcc | peer.stop
	// faults on: none, the fixed program
}
