// Package metrics serves the counters of a night to Prometheus.
//
// It owns the names of the counters and the server, which listens on this
// machine's loopback only. It refuses to know how a night is spent.
//
//	s, err := metrics.Serve("127.0.0.1:9464")
//	s.Set(night)
//	defer s.Close()
package metrics
