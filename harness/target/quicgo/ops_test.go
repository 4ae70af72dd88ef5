package quicgo_test

import (
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/quicgo/wire"
)

const randomPrograms = 3000

// Random programs play every op that a stack can play: none that it knows is
// there in vain.
func TestEveryOpIsPlayed(t *testing.T) {
	s, err := ours().NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := exec.New(s)
	r.Sample(true)
	known, played := map[program.Verb]bool{}, map[program.Verb]bool{}
	for _, p := range programs(7, randomPrograms) {
		h := r.Run(p, fault.Set{})
		for i, e := range h.Events {
			v := h.Ops[i].Verb
			known[v] = known[v] || e.Outcome != program.Unsupported
			played[v] = played[v] || e.Outcome == program.Done
		}
	}
	for v := range known {
		if known[v] && !played[v] && v != program.AppSubscribe { // an API that blocks has nothing to subscribe to
			t.Errorf("%s is never played in %d random programs", v, randomPrograms)
		}
	}
	if n := len(played); n < 20 {
		t.Errorf("%d verbs in %d random programs", n, randomPrograms)
	}
}

// What a program can bring about: text of the history or of the qlog.
func TestWhatProgramsBringAbout(t *testing.T) {
	t.Setenv(wire.WarningVar, "true")
	for name, x := range map[string]struct {
		program string
		history []string
		qlog    string
	}{
		"streams of both kinds from both sides": {"peer.stream c0/s0 data\npeer.stream c0/s2 data\napp.send c0/s1 len=10\napp.send c0/s3 len=10", []string{
			"client OpenStream bidi: s0", "client OpenStream uni: s2", "server OpenStream bidi: s1", "server OpenStream uni: s3"}, ""},
		"a Write blocks and goes on": {"peer.stream c0/s0 data\napp.send c0/s0 len=2000\npeer.max_stream_data c0/s0 add=1500", []string{
			"STREAM_DATA_BLOCKED s0 1000", "Stream.Write: 2000 bytes, ok"}, ""},
		"a deadline ends a Write":    {"peer.stream c0/s0 data\napp.send c0/s0 len=4000\napp.unsubscribe c0/s0 send", []string{"Stream.Write: 1000 bytes, deadline"}, ""},
		"streams run out":            {"peer.stream c0/s12 data", []string{"client OpenStream bidi: stream limit"}, ""},
		"reset and stop":             {"peer.stream c0/s0 data\npeer.stop c0/s0 err=9\npeer.reset c0/s0 err=7", []string{"RESET_STREAM s0 code 7", "STOP_SENDING s0 code 9", "RESET_STREAM s0 code 9"}, ""},
		"datagrams":                  {"peer.datagram c0 len=10\napp.datagram c0 len=11", []string{"server receives p", "DATAGRAM 10", "DATAGRAM 11"}, ""},
		"a key update":               {"peer.datagram c0 len=10 count=128\napp.datagram c0 len=10 count=128", nil, "key_updated"},
		"a lost packet":              {"net.lose c0/p1" + strings.Repeat("\npeer.stream c0/s0 data", 6), []string{"declares lost"}, "packet_lost"},
		"a doubled packet":           {"net.dup c0/p1\npeer.stream c0/s0 data", nil, "duplicate"},
		"a path that loses all":      {"net.path c0 up=drop\npeer.stream c0/s0 data\ntime.pass ms=60000", []string{"idle timeout"}, ""},
		"an idle timeout":            {"time.pass ms=60000", []string{"client Conn.AcceptStream: idle timeout"}, ""},
		"a close by the application": {"app.close c0 code=3", []string{"client receives p", "CONNECTION_CLOSE app 3"}, `"error_space":"application"`},
		"a dial that is given up":    {"net.path c1 down=hold\nnet.open c1\npeer.close c1 app", []string{"Transport.Dial: cancelled"}, `"error_space":"transport"`},
		"a handshake that is lost":   {"net.path c1 up=drop\nnet.open c1\ntime.pass ms=60000", []string{"Transport.Dial: idle timeout"}, ""},
		"a socket that fails":        {"net.fatal c0\napp.send c0/s1 len=10", []string{"server Conn.AcceptStream: unknown error"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := parse(t, "lastwake/1 quicgo streams=2 msd=1000 client=30000\n"+x.program+"\n")
			got := history(t, here(t), p)
			for _, want := range x.history {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in\n%s", want, got)
				}
			}
			if all := strings.Join(values(qlogs(t, p)), ""); !strings.Contains(all, x.qlog) {
				t.Errorf("no %q in the qlog of\n%s", x.qlog, got)
			}
		})
	}
}

func values(m map[string]string) (vs []string) {
	for _, v := range m {
		vs = append(vs, v)
	}
	return vs
}
