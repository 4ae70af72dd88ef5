package metrics

import (
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/lastwake/lastwake/reports"
)

// An AddrError says that an address is not this machine's loopback.
type AddrError struct{ Addr, Why string }

// Error says which, and why not.
func (e *AddrError) Error() string { return fmt.Sprintf("--metrics %s: %s", e.Addr, e.Why) }

// Hint says what to do about it.
func (e *AddrError) Hint() string {
	return "such as 127.0.0.1:9464; counters are served to this machine only"
}

// Check reports whether counters can be served at addr.
func Check(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return &AddrError{addr, "it is not HOST:PORT"}
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return &AddrError{addr, "it is no address of the loopback"}
	}
	return nil
}

// A Server serves the counters of one night at /metrics.
type Server struct {
	http  *http.Server
	addr  string
	night atomic.Pointer[reports.Night]
}

// Serve listens at addr, which is HOST:PORT on the loopback.
func Serve(addr string) (*Server, error) {
	if err := Check(addr); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, &AddrError{addr, err.Error()}
	}
	s := &Server{addr: l.Addr().String()}
	registry := prometheus.NewRegistry()
	registry.MustRegister(s)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	s.http = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = s.http.Serve(l) }() // until Close
	return s, nil
}

// Addr is where it listens.
func (s *Server) Addr() string { return s.addr }

// Close stops it.
func (s *Server) Close() error { return s.http.Close() }

// Set makes the counters those of a night so far.
func (s *Server) Set(n reports.Night) { s.night.Store(&n) }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("lastwake_"+name, help, labels, nil)
}

// What is served. The job is part of every name but the night's own.
var (
	nightNumber = desc("night", "Number of the night under way.")
	budget      = desc("night_budget_seconds", "How long the night is.")
	spent       = desc("night_spent_seconds", "How much of it is over.")
	seconds     = desc("job_seconds_total", "Time spent on a job.", "job")
	programs    = desc("programs_total", "Programs run.", "job")
	ops         = desc("ops_total", "Ops played, settle's included.", "job")
	broken      = desc("violations_total", "Runs in which something was wrong.", "job")
	leaks       = desc("leaks_total", "Runs that leaked an object.", "job")
	order       = desc("release_order_violations_total", "Runs that released an object too early or too often.", "job")
	corpusSize  = desc("corpus_programs", "Programs in the corpus.", "job")
	edges       = desc("edges", "Edges of the model covered.", "job")
	states      = desc("states", "States covered.", "job")
	children    = desc("children_total", "Child processes started.", "job")
	lostBy      = desc("children_lost_total", "Child processes that did not come to their end.", "job", "how")
	findings    = desc("findings", "Signatures found this night.", "target", "standing")
	runs        = desc("sampled_runs_total", "Runs whose objects were counted.", "job")
	made        = desc("sampled_allocs_total", "Objects made in these runs.", "job", "type")
	freed       = desc("sampled_frees_total", "Objects that an op freed in these runs.", "job", "type")
	live        = desc("sampled_live_objects", "Objects alive after the last op of these runs, before settle.", "job", "type")
	power       = desc("power_ratio", "Programs to find a fault, as a multiple of the baseline; known when the night is judged.", "fault")
)

// Describe implements prometheus.Collector.
func (s *Server) Describe(c chan<- *prometheus.Desc) { prometheus.DescribeByCollect(s, c) }

// Collect implements prometheus.Collector.
func (s *Server) Collect(c chan<- prometheus.Metric) {
	n := s.night.Load()
	if n == nil {
		n = &reports.Night{}
	}
	send := func(d *prometheus.Desc, t prometheus.ValueType, v float64, labels ...string) {
		c <- prometheus.MustNewConstMetric(d, t, v, labels...)
	}
	const counter, gauge = prometheus.CounterValue, prometheus.GaugeValue
	send(nightNumber, gauge, float64(n.Number))
	send(budget, gauge, n.Budget)
	send(spent, gauge, n.Spent)
	for _, j := range n.Jobs {
		send(seconds, counter, j.Seconds, j.Name)
		send(programs, counter, float64(j.Programs), j.Name)
		send(ops, counter, float64(j.Ops), j.Name)
		send(broken, counter, float64(j.Violations), j.Name)
		send(leaks, counter, float64(j.Leaks), j.Name)
		send(order, counter, float64(j.Order), j.Name)
		send(corpusSize, gauge, float64(j.Corpus), j.Name)
		send(edges, gauge, float64(j.Edges), j.Name)
		send(states, gauge, float64(j.States), j.Name)
		send(children, counter, float64(j.Children), j.Name)
		send(lostBy, counter, float64(j.Killed), j.Name, "killed")
		send(lostBy, counter, float64(j.Hung), j.Name, "hung")
		send(lostBy, counter, float64(j.Big), j.Name, "memory")
		send(lostBy, counter, float64(j.Failed), j.Name, "failed")
		send(runs, counter, float64(j.Sampled), j.Name)
		for _, o := range j.Census {
			send(made, counter, float64(o.Made), j.Name, o.Object)
			send(freed, counter, float64(o.Freed), j.Name, o.Object)
			send(live, gauge, float64(o.Live), j.Name, o.Object)
		}
	}
	counts := map[[2]string]int{}
	for _, f := range n.Findings {
		counts[[2]string{f.Target, f.Standing}]++
	}
	for k, v := range counts {
		send(findings, gauge, float64(v), k[0], k[1])
	}
	for _, r := range n.Power {
		send(power, gauge, r.Ratio, r.Fault)
	}
}
