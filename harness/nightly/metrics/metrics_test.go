package metrics

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/reports"
)

// Counters are served to this machine, in Prometheus's text, and to no other.
func TestServe(t *testing.T) {
	for _, addr := range []string{"", "9464", ":9464", "0.0.0.0:9464", "example.org:9464", "192.0.2.1:9464"} {
		if s, err := Serve(addr); err == nil {
			_ = s.Close()
			t.Errorf("%q: served", addr)
		} else if e, ok := err.(*AddrError); !ok || e.Hint() == "" {
			t.Errorf("%q: %v", addr, err)
		}
	}
	s, err := Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if text := get(t, s); !strings.Contains(text, "lastwake_night 0\n") {
		t.Errorf("before the first event:\n%s", text)
	}
	s.Set(reports.Night{Number: 4, Budget: 300, Jobs: []reports.NightJob{{Name: "mux", Programs: 12, Edges: 7, Leaks: 2, Order: 3, Killed: 1, Sampled: 1,
		Census: []reports.CensusCount{{Object: "qcc", Made: 5, Freed: 4, Live: 1}}}},
		Findings: []reports.NightFinding{{Target: "mux", Standing: "new"}, {Target: "mux", Standing: "new"}},
		Power:    []reports.PowerRow{{Fault: "HAPROXY-bd384a359", Ratio: 1.5}}})
	text := get(t, s)
	for _, want := range []string{
		"lastwake_night 4", `lastwake_programs_total{job="mux"} 12`, `lastwake_edges{job="mux"} 7`, `lastwake_leaks_total{job="mux"} 2`,
		`lastwake_release_order_violations_total{job="mux"} 3`, `lastwake_children_lost_total{how="killed",job="mux"} 1`,
		`lastwake_findings{standing="new",target="mux"} 2`, `lastwake_sampled_frees_total{job="mux",type="qcc"} 4`,
		`lastwake_sampled_live_objects{job="mux",type="qcc"} 1`, `lastwake_power_ratio{fault="HAPROXY-bd384a359"} 1.5`,
		"# TYPE lastwake_programs_total counter", "# TYPE lastwake_edges gauge",
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("%s is missing in\n%s", want, text)
		}
	}
	if again, err := Serve(s.Addr()); err == nil {
		_ = again.Close()
		t.Error("two servers at one address")
	}
}

func get(t *testing.T, s *Server) string {
	t.Helper()
	r, err := http.Get("http://" + s.Addr() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v", r.StatusCode, err)
	}
	return string(text)
}
