package oracle_test

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// TestJudge runs the transcripts. A transcript is a history: op lines as in a
// program; "settle" before the first op of settle; "check MOMENT field=value"
// audits after the op above it, with c0.Field for a connection's; "stop
// field=value" ends the history inside the last op; "leak field=value" adds a
// leaked object.
func TestJudge(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			h := history(t, d.Input)
			vs := oracle.Judge(h)
			if got := oracle.Suspect(h); got != (len(vs) > 0) {
				d.Fatalf(t, "Suspect is %t, Judge has %d verdicts", got, len(vs))
			}
			var b strings.Builder
			for _, v := range vs {
				fmt.Fprintf(&b, "%s\n  op %d, seen after %d ops: %s\n", v.Signature(), v.Op, v.Seen, v.Detail)
			}
			if len(vs) == 0 {
				return "nothing\n"
			}
			return b.String()
		})
	})
}

func history(t *testing.T, text string) *target.History {
	t.Helper()
	h := &target.History{
		Settle: -1, Settled: target.SettleDone,
		Names: &target.Names{Kinds: []string{"", "tasklet", "qcs", "quic_frame"}, Edges: []string{"", "quic_conn.subs"}},
	}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "settle":
			h.Settle = len(h.Ops)
		case "check":
			moment, fields, _ := strings.Cut(rest, " ")
			set(t, &h.Check(momentOf(t, moment)).Audit, fields)
		case "stop":
			h.Events = h.Events[:len(h.Events)-1]
			h.Settled = target.NoSettle
			set(t, &h.Stop, rest)
		case "short":
			h.Settled = target.SettleShort
		case "leak":
			h.Leaks = append(h.Leaks, target.Leak{})
			set(t, &h.Leaks[len(h.Leaks)-1], rest)
		default:
			p, err := program.Parse("history", []byte("lastwake/1 mux\n"+line+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			h.Ops, h.Events = append(h.Ops, p.Ops...), append(h.Events, target.Event{})
		}
	}
	if h.Settle < 0 {
		h.Settle = len(h.Ops)
	}
	return h
}

func momentOf(t *testing.T, name string) target.Moment {
	for i, n := range []string{"between", "settling", "detached", "rest", "expired", "closed"} {
		if n == name {
			return target.Moment(i)
		}
	}
	t.Fatalf("unknown moment %q", name)
	return 0
}

// set sets fields of *p: "Queued=1 c0.MuxAlive c0.NbSC=-1 Live[1]=2
// Alloc=fn". A field without a value is set to true.
func set(t *testing.T, p any, fields string) {
	t.Helper()
	for _, f := range strings.Fields(fields) {
		name, value, ok := strings.Cut(f, "=")
		if !ok {
			value = "true"
		}
		v := reflect.ValueOf(p).Elem()
		if n, rest, ok := strings.Cut(name, "."); ok && len(n) == 2 && n[0] == 'c' {
			v, name = v.FieldByName("Conn").Index(int(n[1]-'0')), rest
			v.FieldByName("Exists").SetBool(true)
		}
		for _, part := range strings.Split(name, ".") {
			part, index, indexed := strings.Cut(strings.TrimSuffix(part, "]"), "[")
			if v = v.FieldByName(part); !v.IsValid() {
				t.Fatalf("no field %q", name)
			}
			if indexed {
				i, err := strconv.Atoi(index)
				if err != nil {
					t.Fatal(err)
				}
				v = v.Index(i)
			}
		}
		assign(t, v, value)
	}
}

func assign(t *testing.T, v reflect.Value, value string) {
	t.Helper()
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(value == "true")
	case reflect.String:
		v.SetString(value)
	case reflect.Slice: // a stack
		v.Set(reflect.ValueOf([]target.Frame{{Func: "pool_free", Primitive: true}, {Func: value}}))
	default:
		n, err := strconv.ParseInt(value, 0, 64)
		if err != nil {
			t.Fatal(err)
		}
		if v.CanInt() {
			v.SetInt(n)
		} else {
			v.SetUint(uint64(n))
		}
	}
}

// A signature has no line, no address and no index of an op.
func TestSignatureIsStable(t *testing.T) {
	a := oracle.Verdict{Class: oracle.UseAfterFree, Object: "tasklet", Use: "qc_stream_buf_free", Free: "qcc_release", Alloc: "qmux_init", Op: 8, Seen: 9, Detail: "READ of size 4"}
	b := a
	b.Op, b.Seen, b.Detail, b.Verb, b.Invariant = 3, 4, "WRITE", "run.mux", "x"
	if a.Signature() != b.Signature() {
		t.Errorf("%q and %q differ", a.Signature(), b.Signature())
	}
	if got, want := a.Signature(), "heap-use-after-free | tasklet | qc_stream_buf_free | qcc_release | qmux_init"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The hot path of a hunt must not allocate.
func TestSuspectAllocatesNothing(t *testing.T) {
	h := history(t, "run.mux c0\ncheck rest c0.MuxAlive c0.NetOK c0.ConnFull\ncheck closed Live[1]=1")
	if n := testing.AllocsPerRun(100, func() { oracle.Suspect(h); oracle.Key(h) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

// Histories that break the same rules have the same key, others have not.
func TestKey(t *testing.T) {
	full := history(t, "run.mux c0\ncheck rest c0.MuxAlive c0.NetOK c0.ConnFull")
	fuller := history(t, "run.conn c0\nrun.mux c0\ncheck rest c0.MuxAlive c0.NetOK c0.ConnFull c0.Buffers=3 c0.BuffersLive=3 c0.BufLimit=9")
	leak := history(t, "run.mux c0\ncheck closed Live[1]=1")
	if oracle.Key(full) != oracle.Key(fuller) {
		t.Error("the same rule has two keys")
	}
	if oracle.Key(full) == oracle.Key(leak) {
		t.Error("two rules have one key")
	}
}
