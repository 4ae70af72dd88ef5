package quicgo_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// A qlogHead is the first record of a file. qvis knows a file by the version and
// the format; drafts of the schema later than 0.3 name a schema and a media type
// instead, and quic-go writes both.
type qlogHead struct {
	Version string `json:"qlog_version"`
	Format  string `json:"qlog_format"`
	Schema  string `json:"file_schema"`
	Media   string `json:"serialization_format"`
	Trace   *struct {
		VantagePoint struct {
			Type string `json:"type"`
		} `json:"vantage_point"`
		Common struct {
			Group string `json:"group_id"`
		} `json:"common_fields"`
	} `json:"trace"`
}

// A qlogEvent is any other record.
type qlogEvent struct {
	Time *float64        `json:"time"`
	Name string          `json:"name"`
	Data json.RawMessage `json:"data"`
}

// A qlogPacket is the data of the events that qvis draws.
type qlogPacket struct {
	Header *struct {
		Type string `json:"packet_type"`
	} `json:"header"`
	Frames []struct {
		Type string `json:"frame_type"`
	} `json:"frames"`
}

// The qlog of a run can be opened: it is a sequence of JSON texts as in RFC 7464,
// the first of which says what qvis has to know, the others events of the schema
// in the order of their times. So it is for connections that end well, for one
// that loses its client without a word, and for random programs.
func TestQlogIsWhatQvisReads(t *testing.T) {
	target := ours()
	r := outside(t, target)
	for i, p := range append(programs(5, 10),
		parse(t, "lastwake/1 quicgo\npeer.stream c0/s0 headers fin\napp.read c0/s0\napp.send c0/s0 len=100 fin\npeer.datagram c0\n"),
		parse(t, "lastwake/1 quicgo\npeer.stream c0/s0 headers\nnet.path c0 up=drop down=drop\npeer.close c0\ntime.pass ms=1000\n")) {
		dir := t.TempDir()
		target.Qlog = dir
		r.Run(p, fault.Set{})
		names, err := filepath.Glob(filepath.Join(dir, "c*-*.sqlog"))
		if err != nil || len(names) == 0 && p.Header.Set[program.KeyStart] == 0 {
			t.Errorf("program %d: no file, %v", i, err)
		}
		for _, name := range names {
			if err := opens(name); err != nil {
				t.Errorf("program %d: %s: %v\n%s", i, filepath.Base(name), err, p)
			}
		}
	}
}

// opens reports what is wrong with a file.
func opens(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	records := strings.Split(string(text), "\x1e")
	if records[0] != "" || len(records) < 2 {
		return fmt.Errorf("%d bytes do not begin with a record", len(text))
	}
	for i, rec := range records[1:] {
		if !strings.HasSuffix(rec, "\n") || strings.Count(rec, "\n") != 1 {
			return fmt.Errorf("record %d is not one line: %.80q", i, rec)
		}
	}
	if err := isHead(records[1], name); err != nil {
		return fmt.Errorf("%w in %s", err, records[1])
	}
	last, packets := 0.0, 0
	for _, rec := range records[2:] {
		var e qlogEvent
		if err := json.Unmarshal([]byte(rec), &e); err != nil {
			return fmt.Errorf("%w in %s", err, rec)
		}
		drawn, err := isEvent(&e, last)
		if err != nil {
			return fmt.Errorf("%w in %s", err, rec)
		}
		last = *e.Time
		if drawn {
			packets++
		}
	}
	if packets == 0 {
		return fmt.Errorf("no packet in %d events", len(records)-2)
	}
	return nil
}

// isHead reports what is wrong with the first record of a file.
func isHead(rec, name string) error {
	var h qlogHead
	if err := json.Unmarshal([]byte(rec), &h); err != nil {
		return err
	}
	switch side := strings.TrimSuffix(name[strings.LastIndexByte(name, '-')+1:], ".sqlog"); {
	case h.Version != "0.3" || h.Format != "JSON-SEQ":
		return fmt.Errorf("qlog_version %q, qlog_format %q", h.Version, h.Format)
	case h.Schema != "urn:ietf:params:qlog:file:sequential" || h.Media != "application/qlog+json-seq":
		return fmt.Errorf("file_schema %q, serialization_format %q", h.Schema, h.Media)
	case h.Trace == nil || h.Trace.VantagePoint.Type != side:
		return fmt.Errorf("the vantage point is not %q", side)
	case h.Trace.Common.Group == "":
		return fmt.Errorf("no group_id, by which two ends are put together")
	}
	return nil
}

// isEvent reports whether e, which came after one at the time last, is a packet,
// and what is wrong with it.
func isEvent(e *qlogEvent, last float64) (packet bool, err error) {
	category, what, ok := strings.Cut(e.Name, ":")
	switch {
	case e.Time == nil || *e.Time < last:
		return false, fmt.Errorf("the time is missing or before %v", last)
	case !ok || category == "" || what == "":
		return false, fmt.Errorf("name %q", e.Name)
	case len(e.Data) == 0 || e.Data[0] != '{':
		return false, fmt.Errorf("the data is no object")
	case e.Name != "transport:packet_sent" && e.Name != "transport:packet_received":
		return false, nil
	}
	var p qlogPacket
	if err := json.Unmarshal(e.Data, &p); err != nil {
		return false, err
	}
	if p.Header == nil || p.Header.Type == "" {
		return false, fmt.Errorf("a packet without packet_type")
	}
	for _, f := range p.Frames {
		if f.Type == "" {
			return false, fmt.Errorf("a frame without frame_type")
		}
	}
	return true, nil
}
