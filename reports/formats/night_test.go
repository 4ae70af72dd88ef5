package formats

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/lastwake/lastwake/reports"
	"github.com/lastwake/lastwake/reports/internal/samples"
)

// aNight is a night with something of everything.
func aNight() *reports.Night {
	r := samples.Tasklet2494()
	n := &reports.Night{Type: "night", Number: 3, Begun: time.Date(2026, 11, 22, 1, 30, 0, 0, time.UTC), Budget: 7200, Spent: 7199.6, Resumed: 1, Status: 1,
		Ended: time.Date(2026, 11, 22, 3, 40, 0, 0, time.UTC),
		Why:   []string{"new: mux HAPROXY-bd384a359", "the search got weaker, 2.3 times the programs at depth 10^3; slower: HAPROXY-ad6b13d31 9.0 times the programs"},
		Notes: []string{"the newest release could not be found out <offline>"},
		Jobs: []reports.NightJob{
			{Name: "power", What: "2 faults from nothing, 5 seeds each", Seconds: 31, Children: 2, Killed: 1, Programs: 5400, Ops: 189000},
			{Name: "quicgo", What: "quic-go v0.65.0, as built in", Share: .92, Seconds: 6500, Children: 30, Hung: 1, Failed: 2, Trouble: "a | of trouble", Programs: 3_100_000, Corpus: 812, States: 4100, Violations: 44},
			{Name: "mux", What: "the model mux, every fault off", Share: .05, Seconds: 360, Children: 4, GivenUp: true, Programs: 9_100_123, Corpus: 4000, Edges: 1200, States: 9000, Violations: 12, Order: 12, Leaks: 1,
				Sampled: 8, Census: []reports.CensusCount{{Object: "qcc", Made: 9, Freed: 4, Live: 5}, {Object: "tasklet", Made: 20, Freed: 20}}},
		},
		Findings: []reports.NightFinding{
			{Target: "mux", Signature: r.Signature, Class: r.Class, Cause: "HAPROXY-bd384a359", Standing: reports.StandingNew, Job: "mux", Night: 3, Runs: 12, File: "state/crashes/mux/uaf.txtar",
				Page: "finding-1-uaf.html", Issue: "issue-uaf.md", Reproduce: "go tool lastwake run state/crashes/mux/uaf.txtar"},
			{Target: "mux", Signature: "leak | qcs | - | - | qcs_new", Class: "leak", Cause: "HAPROXY-bd384a359", Standing: reports.StandingNew, Job: "mux", Night: 3, Runs: 1},
			{Target: "quicgo", Signature: "stream-credit | server | bidi | MAX_STREAMS | Stream.Close", Class: "stream-credit", Cause: "stream-credit | server | bidi | MAX_STREAMS | Stream.Close",
				Standing: reports.StandingExcused, Job: "quicgo", Night: 3, Runs: 44, File: "corpus/crash/quicgo/stream-credit-bidi.txtar"},
			{Target: "mux", Signature: "accounting | tx-offsets | qcc | app.abort", Class: "accounting", Cause: "accounting | tx-offsets | qcc | app.abort", Standing: reports.StandingOld, Job: "mux", Night: 1, Runs: 2},
		},
		Power: []reports.PowerRow{{Fault: "HAPROXY-bd384a359", Seeds: 5, Found: 5, Programs: 5000, Was: 1000, Ratio: 1, Chance: .6},
			{Fault: "HAPROXY-ad6b13d31", Seeds: 5, Found: 1, Programs: 1800, Was: 200, Ratio: 9, Chance: 3.2e-7, Slower: true}},
		PowerGroups: []reports.PowerRow{{Fault: "depth 10^3", Seeds: 10, Found: 6, Programs: 6800, Ratio: 2.3, Chance: 2e-5, Slower: true}, {Fault: "all depths", Seeds: 10, Found: 6, Programs: 6800, Ratio: 2.3, Chance: .1}},
		Pooled:      4.1,
	}
	n.Trend = []reports.NightRow{{Number: 1, Begun: n.Begun.AddDate(0, 0, -2), Status: 2, Spent: 7200, Programs: 5_000_000, Corpus: 100, Edges: 90, States: 80},
		{Number: 2, Begun: n.Begun.AddDate(0, 0, -1), Spent: 7200, Programs: 11_000_000, Corpus: 4000, Edges: 1190, States: 12000, Pooled: 1.02, Lost: 3}, n.Row()}
	return n
}

func TestNightGolden(t *testing.T) {
	n, r := aNight(), samples.Tasklet2494()
	golden(t, map[string]func(io.Writer) error{
		"night.md":        func(w io.Writer) error { return NightMarkdown(w, n) },
		"night.html":      func(w io.Writer) error { return NightHTML(w, n) },
		"night.junit.xml": func(w io.Writer) error { return NightJUnit(w, n, []*reports.Record{r}) },
		"issue.md": func(w io.Writer) error {
			return Issue(w, n, []*reports.NightFinding{&n.Findings[0], &n.Findings[1]}, r)
		},
	})
}

// What is new or slower failed, what is not was skipped, what could not be
// judged is an error.
func TestNightJUnit(t *testing.T) {
	var b bytes.Buffer
	if err := NightJUnit(&b, aNight(), nil); err != nil {
		t.Fatal(err)
	}
	var got junit.Testsuites
	if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Tests != 3+4+2 || got.Failures != 2+1 || got.Skipped != 2 || got.Errors != 1 {
		t.Errorf("%d tests, %d failures, %d skipped, %d errors", got.Tests, got.Failures, got.Skipped, got.Errors)
	}
}

// A night that is empty, and one whose words are markup, are pages all the same.
func TestNightPages(t *testing.T) {
	wild := aNight()
	wild.Jobs[1].Trouble, wild.Findings[1].Signature = "<script>alert(1)</script>", "<img src=x onerror=alert(1)> | x"
	for _, n := range []*reports.Night{{}, wild} {
		var page, text bytes.Buffer
		if err := NightHTML(&page, n); err != nil {
			t.Fatal(err)
		}
		if err := NightMarkdown(&text, n); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{page.String(), strings.ReplaceAll(text.String(), "`<img", "")} {
			if strings.Contains(s, "<script>") || strings.Contains(s, "<img") || strings.Contains(s, "ZgotmplZ") {
				t.Errorf("markup in\n%s", s)
			}
		}
	}
	var b bytes.Buffer
	if err := Issue(&b, wild, []*reports.NightFinding{&wild.Findings[2]}, nil); err != nil || !strings.Contains(b.String(), "Signature: `stream-credit") {
		t.Errorf("%v\n%s", err, &b)
	}
}
