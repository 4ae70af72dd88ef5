package corpus

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

const (
	signature2494 = "heap-use-after-free | tasklet | qc_stream_buf_free | qcc_release | qmux_init"
	prog2494      = `lastwake/1 mux app=hq bufs=1 faults=HAPROXY-bd384a359
net.block c0
peer.stream c0/s0 headers fin
peer.stream c0/s4 headers fin
app.send c0/s0 len=4000
app.send c0/s4 len=4000
run.mux c0
app.detach c0/s0
app.detach c0/s4
run.timer c0 mux
`
)

// crash2494 is a known crash as it stands in the corpus.
func crash2494(t testing.TB) *Crash {
	t.Helper()
	p, err := program.Parse("", []byte(prog2494))
	if err != nil {
		t.Fatal(err)
	}
	c := NewCrash("qcc_release frees the connection's tasklet, then releasing the streams wakes it", signature2494, p,
		"lastwake: heap-use-after-free\nsignature: "+signature2494+"\n")
	c.Fault, c.FixedBy, c.Status = "HAPROXY-bd384a359", "bd384a359", Known
	return c
}

func format(t testing.TB, c *Crash) string {
	t.Helper()
	b, err := c.Format()
	if err != nil {
		t.Fatalf("%v; %s", err, hint(err))
	}
	return string(b)
}

func hint(err error) string {
	if f, ok := errors.AsType[*program.ParseError](err); ok {
		return f.Hint
	}
	if f, ok := errors.AsType[*WriteError](err); ok {
		return f.Hint()
	}
	return ""
}

// The transcripts show every kind of file, and every flaw with its place and
// its hint.
//
//	read               reads the input
//	crash              reads the crash of #2494 after edits "old => new", a
//	                   line each; "\n" stands for a line end
//	print              prints the crash of #2494 as a file
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata/read", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "read":
				return summary(Read("FILE", []byte(d.Input)))
			case "crash":
				return summary(Read("x.txtar", []byte(edited(t, d))))
			case "print":
				return format(t, crash2494(t))
			}
			d.Fatalf(t, "unknown command %q", d.Cmd)
			return ""
		})
	})
}

func edited(t *testing.T, d *datadriven.TestData) string {
	text := format(t, crash2494(t))
	for edit := range strings.Lines(d.Input) {
		from, to, ok := strings.Cut(strings.TrimSuffix(edit, "\n"), " =>")
		unescape := strings.NewReplacer(`\n`, "\n")
		from, to = unescape.Replace(from), unescape.Replace(strings.TrimPrefix(to, " "))
		if !ok || strings.Count(text, from) != 1 {
			d.Fatalf(t, "edit %q fits %d places, want 1", edit, strings.Count(text, from))
		}
		text = strings.Replace(text, from, to, 1)
	}
	return text
}

func summary(f *File, err error) string {
	if err != nil {
		s := err.Error() + "\n"
		if h := hint(err); h != "" {
			s += "hint: " + h + "\n"
		}
		return s
	}
	s := fmt.Sprintf("%v: %s, %d ops", f.Kind, f.Program.Header.String(), len(f.Program.Ops))
	if f.Data != nil {
		s += fmt.Sprintf(", %d bytes", len(f.Data))
	}
	if c := f.Crash; c != nil {
		s += fmt.Sprintf("\nsignature %s\nfault %q, fixed by %q, status %q", c.Signature, c.Fault, c.FixedBy, c.Status)
	}
	return s + "\n"
}

// What the transcripts cannot spell: bytes that are no text.
func TestReadBytes(t *testing.T) {
	p := program.New(program.Mux)
	data := program.Encode(p)
	tests := map[string]struct {
		data []byte
		want string // the kind, or the error
	}{
		"raw":                  {data, "raw bytes"},
		"a few letters":        {[]byte("AAAA"), "raw bytes"},
		"any bytes":            {[]byte("\x00\xff lastwake/1 mux\n"), "raw bytes"},
		"native":               {FormatInput(data), "go test fuzz v1"},
		"native, CRLF":         {[]byte("go test fuzz v1\r\n[]byte(\"a\")\r\n"), "go test fuzz v1"},
		"native, back quotes":  {[]byte("go test fuzz v1\n[]byte(`a`)\n"), "go test fuzz v1"},
		"empty":                {nil, "FILE:1:1: the file is empty"},
		"text, not UTF-8":      {[]byte("lastwake/1 mux\nrun.\xffmux c0\n"), "FILE:2:5: byte 0xff is not UTF-8"},
		"text, too long":       {[]byte("lastwake/1 mux\n" + strings.Repeat("#\n", program.MaxText/2)), "FILE:1:1: program is 1048591 bytes long, more than 1048576"},
		"text, too many ops":   {[]byte("lastwake/1 mux\n" + strings.Repeat("run.all\n", program.MaxOps+1)), "FILE:4098:1: program has more than 4096 ops"},
		"byte order mark":      {[]byte("\ufefflastwake/1 mux\n"), `FILE:1:1: "\ufefflastwake/1 mux" is not a program's header`},
		"native, not UTF-8":    {[]byte("go test fuzz v1\n[]byte(\"\xff\")\n"), "FILE:2:9: byte 0xff is not UTF-8"},
		"native, rune literal": {[]byte("go test fuzz v1\n[]byte('a')\n"), "FILE:2:1: malformed value []byte('a')"},
		"archive, not UTF-8":   {[]byte("title: \xc3\x28\n-- prog --\n"), "FILE:1:8: byte 0xc3 is not UTF-8"},
		"far too long":         {make([]byte, MaxFile+1), "FILE:1:1: the file is longer than 4194304 bytes"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, err := Read("FILE", tt.data)
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = f.Kind.String()
			}
			if diff := cmp.Diff(tt.want, strings.ToValidUTF8(got, "?")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// The committed corpus reads without a flaw. Seeds stand as lastwake fmt would
// leave them, and survive the way through bytes.
func TestEmbeddedCorpus(t *testing.T) {
	for _, target := range program.Targets() {
		seeds, err := Embedded().Seeds(target)
		if err != nil {
			t.Error(err, hint(err))
		}
		for _, s := range seeds {
			if diff := cmp.Diff(s.Program.String(), s.Text); diff != "" {
				t.Errorf("%s is not in canonical form (-want +got)\n%s", s.File, diff)
			}
			q := program.New(target)
			program.DecodeInto(q, program.Encode(s.Program))
			if q.Header.Faults = s.Program.Header.Faults; !q.Equal(s.Program) {
				t.Errorf("%s changes on its way through bytes:\n%s", s.File, q)
			}
		}
		if _, err := Embedded().Crashes(target); err != nil {
			t.Error(err, hint(err))
		}
	}
	if seeds, _ := Embedded().Seeds(program.Mux); len(seeds) < 10 {
		t.Errorf("%d seeds for the mux: they were not embedded", len(seeds))
	}
}

// Each fault of the catalogue has its seed, which switches it on; and its
// known crash, once there are any. Where two signatures make one name, the later
// crash has a number behind it.
func TestFaultsHaveTheirFiles(t *testing.T) {
	for _, f := range fault.All() {
		hasItsSeed(t, f)
		if want := "crash/" + f.Model + "/" + FileName(f.Primary); numbered.ReplaceAllString(f.Known, suffix) != want {
			t.Errorf("%s: the known crash is %s, by its signature %s", f.Name, f.Known, want)
		}
		crashes, err := Embedded().Crashes(f.Model)
		if err != nil {
			t.Fatal(err)
		}
		if len(crashes) == 0 {
			t.Skipf("crash/%s is empty", f.Model)
		}
		j := slices.IndexFunc(crashes, func(c *Crash) bool { return c.File == "corpus/"+f.Known })
		if j < 0 || crashes[j].Signature != f.Primary || !sameFault(crashes[j].Fault, f.Name) {
			t.Errorf("%s has no known crash %s with its signature and name", f.Name, f.Known)
		}
	}
}

func hasItsSeed(t *testing.T, f fault.Fault) {
	t.Helper()
	seeds, err := Embedded().Seeds(f.Model)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(seeds, func(s Seed) bool { return s.File == "corpus/"+f.Seed })
	if i < 0 || !slices.Contains(seeds[i].Program.Header.Faults, f.Name) {
		t.Errorf("%s has no seed %s that switches it on", f.Name, f.Seed)
	}
}

// A control has its seed too.
func TestControlsHaveTheirSeeds(t *testing.T) {
	for _, f := range fault.Controls() {
		hasItsSeed(t, f)
	}
}

// DESIGN's rule, case by case: the signature, the status, the fault.
func TestExcused(t *testing.T) {
	const c1, c15 = fault.HAPROXY_bd384a359, fault.HAPROXY_ad6b13d31
	known := []*Crash{
		{File: "fixed", Signature: "a", Status: Fixed},
		{File: "flaky", Signature: "b", Status: Flaky},
		{File: "new", Signature: "c"},
		{File: "always", Signature: "d", Status: Known},
		{File: "c1", Signature: "e", Status: Known, Fault: "HAPROXY-bd384a359"},
		{File: "c15", Signature: "e", Status: Known, Fault: "HAPROXY_ad6b13d31"},
		{File: "gone", Signature: "f", Status: Known, Fault: "HAPROXY-000000000"},
	}
	tests := []struct {
		signature string
		on        fault.Set
		want      string
	}{
		{"a", fault.Set{}, ""},
		{"b", fault.Set{}, ""},
		{"c", fault.Set{}, ""},
		{"d", fault.Set{}, "always"},
		{"d", fault.Set{}.With(c1), "always"},
		{"e", fault.Set{}, ""},
		{"e", fault.Set{}.With(c1), "c1"},
		{"e", fault.Set{}.With(c15), "c15"},
		{"e", fault.Set{}.With(c15).With(c1), "c1"},
		{"f", fault.Set{}.With(c1).With(c15), ""},
		{"g", fault.Set{}.With(c1), ""},
	}
	for _, tt := range tests {
		got := ""
		if c, ok := Excused(known, tt.signature, tt.on); ok {
			got = c.File
		}
		if got != tt.want {
			t.Errorf("Excused(%q, %v) = %q, want %q", tt.signature, tt.on, got, tt.want)
		}
	}
	if _, ok := Excused(nil, "d", fault.Set{}); ok {
		t.Error("no known crash excuses a finding")
	}
}

var numbered = regexp.MustCompile(`(-[2-9])?\.txtar$`)

func TestFileName(t *testing.T) {
	tests := map[string]string{
		signature2494: "heap-use-after-free-qc_stream_buf_free.txtar",
		"leak | qc_stream_buf | - | - | qc_stream_buf_alloc":                               "leak-qc_stream_buf_alloc.txtar",
		"lost-wakeup | desc-unfreed | qc_stream_desc | app.detach":                         "lost-wakeup-desc-unfreed.txtar",
		"bug-on | qcs_idle_open: qcs->st == QC_SS_CLO | qcc_recv_stop_sending | peer.stop": "bug-on-qcs_idle_open-qcc_recv_stop_sending-qcs--st-QC_S.txtar",
		"bug-on | qcs_free: qcs->sd | - | run.mux":                                         "bug-on-qcs_free-qcs--sd.txtar",
		"dangling-subscription | quic_conn.subs -> wait_event | wait_event | run.timer":    "dangling-subscription-quic_conn.subs---wait_event.txtar",
		"bug-on | " + strings.Repeat("x", 99) + " | - | a.b":                               "bug-on-" + strings.Repeat("x", 48) + ".txtar",
		"../../etc/passwd | ../x | a | b":                                                  "etc-passwd-x.txtar",
		"":                                                                                 "unnamed.txtar",
	}
	for signature, want := range tests {
		if got := FileName(signature); got != want {
			t.Errorf("FileName(%q) = %q, want %q", signature, got, want)
		}
	}
}

// What a crash says survives its way through a file.
func TestCrashRoundTrip(t *testing.T) {
	c := crash2494(t)
	c.File = "x.txtar"
	got, err := ParseCrash("x.txtar", []byte(format(t, c)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, got); diff != "" {
		t.Errorf("(-written +read)\n%s", diff)
	}
}

// Format refuses what ParseCrash would not read, or not read as it was.
func TestFormatRefusesContradictions(t *testing.T) {
	tests := map[string]struct {
		spoil func(*Crash)
		want  string
	}{
		"another input":    {func(c *Crash) { c.Input = FormatInput(nil) }, "prog and input disagree"},
		"another report":   {func(c *Crash) { c.Report = "signature: none\n" }, "another finding"},
		"no title":         {func(c *Crash) { c.Title = "" }, `no "title"`},
		"two lines":        {func(c *Crash) { c.Title = "a\nb" }, "not a line of the header"},
		"a marker inside":  {func(c *Crash) { c.Report += "-- prog --\n" }, `second part "prog"`},
		"an odd marker":    {func(c *Crash) { c.Report += "-- x --\n" }, `unknown part "x"`},
		"no last line end": {func(c *Crash) { c.Report += "end" }, "does not survive"},
	}
	for name, tt := range tests {
		c := crash2494(t)
		tt.spoil(c)
		if _, err := c.Format(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, tt.want)
		}
	}
}

// FuzzRead: any file gives a program or one clear error, and what was read can
// be written again.
func FuzzRead(f *testing.F) {
	seeds, err := Embedded().Seeds(program.Mux)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range seeds {
		f.Add([]byte(s.Text))
		f.Add(FormatInput(program.Encode(s.Program)))
		f.Add(program.Encode(s.Program))
	}
	f.Add([]byte(format(f, crash2494(f))))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Read("FILE", data)
		if err != nil {
			checkError(t, err)
			return
		}
		if err := file.Program.Validate(); err != nil {
			t.Fatalf("an invalid program was read: %v", err)
		}
		if file.Kind == Native {
			again, err := ParseInput("", FormatInput(file.Data))
			if err != nil || !slices.Equal(again, file.Data) {
				t.Fatalf("%q is %q when read again, %v", file.Data, again, err)
			}
		}
		if c := file.Crash; c != nil {
			again, err := ParseCrash("FILE", []byte(format(t, c)))
			if err != nil || !cmp.Equal(c, again) {
				t.Fatalf("the crash differs when read again: %v\n%s", err, cmp.Diff(c, again))
			}
		}
	})
}

func checkError(t *testing.T, err error) {
	t.Helper()
	e, ok := errors.AsType[*program.ParseError](err)
	switch {
	case !ok:
		t.Fatalf("%T is no *program.ParseError", err)
	case e.File != "FILE" || e.Line < 1 || e.Col < 1:
		t.Fatalf("no place: %v", err)
	case strings.Contains(err.Error()+e.Hint, "\n"):
		t.Fatalf("an error of several lines: %q %q", err, e.Hint)
	}
}

func ExampleRead() {
	_, err := Read("x.prog", []byte("lastwake/1 mux\nrun.mxu c0\n"))
	fmt.Println(err)
	f, err := Read("x.prog", []byte("lastwake/1 mux\nrun.mux c0\n"))
	fmt.Println(f.Kind, len(f.Program.Ops), err)
	// Output:
	// x.prog:2:1: unknown verb "run.mxu"
	// program text 1 <nil>
}

func ExampleExcused() {
	known := []*Crash{{File: "x.txtar", Signature: "leak | a | - | - | b", Status: Known, Fault: "HAPROXY-bd384a359"}}
	_, ok := Excused(known, "leak | a | - | - | b", fault.Set{}.With(fault.HAPROXY_bd384a359))
	fmt.Println("the fault is on: ", ok)
	_, ok = Excused(known, "leak | a | - | - | b", fault.Set{})
	fmt.Println("the fault is off:", ok)
	// Output:
	// the fault is on:  true
	// the fault is off: false
}
