package live

import (
	"fmt"
	"io"
	"math/bits"
	"sync"
	"time"

	"github.com/quic-go/quic-go/qlog"
	"github.com/quic-go/quic-go/qlogwriter"
)

// An Answer is something that a server did to a connection or a stream, as the
// client's packets show it.
type Answer struct {
	// Conn is the connection's number in the program.
	Conn int `json:"conn"`
	// What is "end" (of a stream), "reset", "stop", "close", "app-close",
	// "silence" (no handshake), "stateless-reset", "idle".
	What string `json:"what"`
	// Stream is the stream's QUIC id, -1 for the connection.
	Stream int64 `json:"stream"`
	// Op is the id by which the program calls the stream, -1 for none.
	Op int64 `json:"op"`
	// Code is the error code, Bytes what came on the stream before it.
	Code  uint64 `json:"code,omitempty"`
	Bytes int64  `json:"bytes,omitempty"`
	// Text is what the server said about it.
	Text string `json:"text,omitempty"`
}

// String returns the answer in words.
func (a Answer) String() string {
	where := fmt.Sprintf("c%d", a.Conn)
	if a.Stream >= 0 {
		where += fmt.Sprintf(" stream %d", a.Stream)
	}
	switch a.What {
	case "end":
		return fmt.Sprintf("%s ends after %d bytes", where, a.Bytes)
	case "silence", "idle", "stateless-reset":
		return where + " " + a.What
	}
	s := fmt.Sprintf("%s %s 0x%x", where, a.What, a.Code)
	if a.Text != "" {
		s += fmt.Sprintf(" %q", a.Text)
	}
	return s
}

// kind is the answer without the numbers that differ from stream to stream:
// what a search counts as the same.
func (a Answer) kind() string {
	side := "connection"
	if a.Stream >= 0 {
		side = [...]string{"request", "server's request", "client's uni", "server's uni"}[a.Stream&3]
	}
	return fmt.Sprintf("%s %s 0x%x %d", side, a.What, a.Code, bits.Len64(uint64(a.Bytes)))
}

// answers collects what a server answers on one connection, out of the events
// of the client's qlog.
type answers struct {
	conn int
	file *qlogwriter.FileSeq // nil without qlog

	mu   sync.Mutex
	all  []Answer
	got  map[int64]int64 // stream -> bytes
	over map[int64]bool  // streams whose end, reset or stop was seen
}

// maxAnswers bounds what is kept of one connection.
const maxAnswers = 2048

// newAnswers collects for connection conn, and writes qlog to w unless it is
// nil.
func newAnswers(conn int, w io.WriteCloser, id qlogwriter.ConnectionID) *answers {
	a := &answers{conn: conn, got: map[int64]int64{}, over: map[int64]bool{}}
	if w != nil {
		a.file = qlogwriter.NewConnectionFileSeq(w, true, id)
		go a.file.Run() // ends with the last producer
	}
	return a
}

// AddProducer implements qlogwriter.Trace.
func (a *answers) AddProducer() qlogwriter.Recorder {
	p := &producer{answers: a}
	if a.file != nil {
		p.file = a.file.AddProducer()
	}
	return p
}

// A producer is one of quic-go's places where events come from.
type producer struct {
	*answers
	file qlogwriter.Recorder
}

// RecordEvent implements qlogwriter.Recorder.
func (p *producer) RecordEvent(e qlogwriter.Event) {
	if p.file != nil {
		p.file.RecordEvent(e)
	}
	if r, ok := e.(qlog.PacketReceived); ok {
		for i := range r.Frames {
			p.frame(r.Frames[i].Frame)
		}
	}
}

// Close implements qlogwriter.Recorder.
func (p *producer) Close() error {
	if p.file == nil {
		return nil
	}
	return p.file.Close()
}

func (a *answers) frame(f any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch f := f.(type) {
	case *qlog.StreamFrame:
		id := int64(f.StreamID)
		a.got[id] = max(a.got[id], f.Offset+f.Length)
		if f.Fin {
			a.add(Answer{What: "end", Stream: id, Bytes: f.Offset + f.Length})
		}
	case *qlog.ResetStreamFrame:
		a.add(Answer{What: "reset", Stream: int64(f.StreamID), Code: uint64(f.ErrorCode), Bytes: a.got[int64(f.StreamID)]})
	case *qlog.StopSendingFrame:
		a.add(Answer{What: "stop", Stream: int64(f.StreamID), Code: uint64(f.ErrorCode)})
	case *qlog.ConnectionCloseFrame:
		what := "close"
		if f.IsApplicationError {
			what = "app-close"
		}
		a.add(Answer{What: what, Stream: -1, Code: f.ErrorCode, Text: f.ReasonPhrase})
	}
}

// add keeps an answer, each kind once for each stream.
func (a *answers) add(b Answer) {
	key := b.Stream<<2 | map[string]int64{"end": 0, "reset": 1, "stop": 2}[b.What]
	if b.Stream < 0 {
		key = -1
	}
	if a.over[key] || len(a.all) >= maxAnswers {
		return
	}
	a.over[key] = true
	b.Conn, b.Op = a.conn, -1
	a.all = append(a.all, b)
}

// note keeps an answer that no frame shows.
func (a *answers) note(b Answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.add(b)
}

// named returns what was collected, with the program's names of streams.
func (a *answers) named(names map[int64]uint32) []Answer {
	all := a.list()
	for i := range all {
		if n, ok := names[all[i].Stream]; ok {
			all[i].Op = int64(n)
		}
	}
	return all
}

// list returns what was collected.
func (a *answers) list() []Answer {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]Answer(nil), a.all...)
}

// settle waits until no answer has come for a while, or until limit.
func (a *answers) settle(quiet, limit time.Duration) {
	before := -1
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(quiet) {
		n := len(a.list())
		if n == before {
			return
		}
		before = n
	}
}
