package cause_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/triage/cause"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

// The traces of real crashes have their fault first. A fault that is not in
// the catalogue yet cannot be found.
func TestRealTraces(t *testing.T) {
	book, err := cause.Load(corpus.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ file, fault, reason string }{
		{"asan-2494-tasklet-uaf.txt", "HAPROXY-bd384a359", "the object has 64 bytes, as a tasklet"},
		{"gdb-2494-btfull.txt", "HAPROXY-bd384a359", "thr=21945 is no thread: 0x55b9 is the upper half of a heap address such as 0x55b944faad60"},
		{"issue.txt", "HAPROXY-bd384a359", "2.9.6 of 2024-02-26 is older than the fix of 2024-03-22"},
		{"bug-on.txt", "HAPROXY-d7755375a", "the same condition"},
		{"bug-on-macro.txt", "HAPROXY-dcf226161", "the same condition"},
		{"gdb-2492-bt.txt", "HAPROXY-40d1c84bf", ""},
		{"asan-2563-stop-sending-null.txt", "HAPROXY-cc9827bb0", ""},
	} {
		t.Run(test.file, func(t *testing.T) {
			if _, ok := fault.Lookup(test.fault); !ok {
				t.Skipf("%s is not in the catalogue yet", test.fault)
			}
			r := book.Match(read(t, filepath.Join("../trace/testdata", test.file)))
			if len(r.Candidates) == 0 {
				t.Fatalf("no candidate, nearest %.2f", r.Nearest)
			}
			c := r.Candidates[0]
			if reasons := strings.Join(c.Reasons, "\n"); c.Name() != test.fault || !strings.Contains(reasons, test.reason) {
				t.Errorf("%s, %.2f, because\n%s", c.Name(), c.Score, reasons)
			}
		})
	}
}

// What is not of HAProxy is unknown.
func TestUnknown(t *testing.T) {
	book, err := cause.Load(corpus.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"gdb-null.txt", "kasan.txt", "go-panic.txt", "valgrind-use-after-free.txt", "valgrind-leak.txt", "watchdog.txt", "spinning.txt"} {
		if r := book.Match(read(t, filepath.Join("../trace/testdata", file))); len(r.Candidates) > 0 {
			t.Errorf("%s is called %s", file, r.Candidates[0].Name())
		}
	}
}

// A report of our own names its fault, and every known crash is found by its
// own report.
func TestOwnReports(t *testing.T) {
	book, err := cause.Load(corpus.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	crashes, err := corpus.Embedded().Crashes("mux")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range crashes {
		doc, err := trace.Read(c.File, strings.NewReader(c.Report), trace.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		r := book.Match(doc)
		if len(r.Candidates) == 0 || r.Candidates[0].Score != 1 || r.Candidates[0].Fault != nil && r.Candidates[0].Fault.Name != c.Fault {
			t.Errorf("%s: %+v", c.File, r.Candidates)
		}
	}
}

// A release rules out the faults whose fix it has, and those that came after
// it, and says why. A stable branch may or may not have taken a fix.
func TestVersions(t *testing.T) {
	book, err := cause.Load(corpus.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../trace/testdata/gdb-2494-btfull.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ version, why string }{
		{"3.0-dev5", ""},
		{"2.9.7", ""},
		{"2.6.0", ""},
		{"3.0-dev6", "3.0-dev6 has the fix: commit bd384a359 is in v3.0-dev6"},
		{"3.2.1", "3.2.1 has the fix"},
		{"2.6-dev5", ""},
		{"2.6-dev4-0123ab-7", ""},
		{"2.6-dev4", "2.6-dev4 is older than the mistake: commit f89094510 of 2022-03-30 made it, first in v2.6-dev5"},
		{"2.5.14", "2.5.14 is older than the mistake: the fix, commit bd384a359, is asked for from 2.6 on"},
	} {
		doc, err := trace.Read("x", strings.NewReader("HAProxy version "+test.version+" 2024/01/01\n\n"+string(text)), trace.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		r := book.Match(doc)
		why := ""
		for _, x := range r.Excluded {
			if x.Fault.Name == "HAPROXY-bd384a359" {
				why = x.Reason
			}
		}
		if test.why == "" && why != "" || !strings.HasPrefix(why, test.why) {
			t.Errorf("%s: excluded %q, want %q", test.version, why, test.why)
		}
	}
}

func read(t *testing.T, file string) *trace.Document {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := trace.Read(file, f, trace.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}
