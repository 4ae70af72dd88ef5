package trace_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/lastwake/lastwake/harness/triage/trace"
)

var update = flag.Bool("update", false, "write the summaries anew")

// Each file of testdata, most of them the real output of the tool that they
// are named after, is read to what its .want says.
func TestRead(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			got := summary(read(t, file))
			want := strings.TrimSuffix(file, ".txt") + ".want"
			if *update {
				if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(text) {
				t.Errorf("got\n%swant\n%s", got, text)
			}
		})
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

// summary is a document as a person checks it.
func summary(d *trace.Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version %s %s\n", d.Version, d.Version.Date)
	for _, r := range d.Reports {
		fmt.Fprintf(&b, "%s %q line %d", r.Form, r.Class, r.Line)
		if r.HasAddress {
			fmt.Fprintf(&b, " address %#x", r.Address)
		}
		fmt.Fprintf(&b, " %s %d of %d %s %s\n", r.Access, r.Size, r.Region, r.Signal, r.Cond)
		for _, s := range []struct {
			name   string
			frames []trace.Frame
		}{{"use", r.Use}, {"free", r.Free}, {"alloc", r.Alloc}} {
			for _, f := range s.frames {
				fmt.Fprintf(&b, "  %-5s %-30s %-34s kind %d %s:%d", s.name, f.Name, f.Func, f.Kind, f.File, f.Line)
				for i, a := range f.Args {
					if i < 4 {
						fmt.Fprintf(&b, " %s=%#x", a.Name, a.Value)
					}
				}
				b.WriteByte('\n')
			}
		}
		if n := len(r.Threads); n > 0 {
			fmt.Fprintf(&b, "  and %d threads\n", n)
		}
	}
	return b.String()
}

// One function has one name, wherever its name comes from.
func TestName(t *testing.T) {
	for _, test := range []struct{ from, want string }{
		{"qcs_free", "qcs_free"},
		{"qcs_free.isra.0", "qcs_free"},
		{"qcc_release.constprop.2.cold", "qcc_release"},
		{"qcs_free.lto_priv.0.lto_priv.3", "qcs_free"},
		{"__strncmp_avx2", "strncmp"},
		{"__memmove_avx_unaligned_erms", "memmove"},
		{"__unsetenv", "unsetenv"},
		{"__GI_raise", "raise"},
		{"__interceptor_free", "free"},
		{"___interceptor_malloc.part.0", "malloc"},
		{"malloc@@GLIBC_2.2.5", "malloc"},
		{"free@plt", "free"},
		{"__tasklet_wakeup_on", "tasklet_wakeup"},
		{"qc_detach", "qmux_strm_detach"},
		{"std::vector<int, std::allocator<int> >::push_back(int const&)", "std::vector::push_back"},
		{"void quic::Stream<T>::close() const", "quic::Stream::close"},
		{"(anonymous namespace)::close(int)", "anon::close"},
		{"quiche::stream::Stream::shutdown::h0123456789abcdef", "quiche::stream::Stream::shutdown"},
		{"github.com/quic-go/quic-go.(*connection).run", "github.com/quic-go/quic-go.(*connection).run"},
		{"(*QCC).freeStreams", ""},
		{"??", ""},
		{"???", ""},
		{"", ""},
	} {
		if got := trace.Name(test.from); got != test.want {
			t.Errorf("Name(%q) = %q, want %q", test.from, got, test.want)
		}
	}
}

// A file that never ends costs what the limits say.
func TestLimits(t *testing.T) {
	lim := trace.Limits{Bytes: 1 << 16, Line: 1 << 10, Frames: 8, Reports: 3}
	for name, text := range map[string]string{
		"one line":     strings.Repeat("x", 1<<20),
		"many frames":  "Program terminated with signal SIGSEGV\n" + strings.Repeat("#1  0x1 in f () at a.c:1\n", 1<<10),
		"many reports": strings.Repeat("==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x60\n    #0 0x1 in f a.c:1\n", 1<<10),
	} {
		doc, err := trace.Read(name, strings.NewReader(text), lim)
		if err != nil {
			t.Fatal(err)
		}
		if !doc.Cut {
			t.Errorf("%s: not said to be cut", name)
		}
		for _, r := range doc.Reports {
			if len(r.Use) > lim.Frames || len(doc.Reports) > lim.Reports {
				t.Errorf("%s: %d reports with %d frames", name, len(doc.Reports), len(r.Use))
			}
		}
	}
}

func TestReadError(t *testing.T) {
	broken := errors.New("broken pipe")
	if _, err := trace.Read("x", iotest.ErrReader(broken), trace.Limits{}); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

// No string of a process is kept: not in names, not in arguments, not in
// locals.
func TestNoStrings(t *testing.T) {
	const text = `Program terminated with signal SIGSEGV, Segmentation fault.
#0  connect_to (key=0x55d0 "s3cr3t-key", n=4) at src/a.c:1
        token = "s3cr3t-token"
        env = {0x7ffd "PASSWORD=s3cr3t", 0x0}
        buf = "s3cr3t", '\000' <repeats 40 times>
#1  0x00005 in main (argc=2, argv=0x7ffd) at src/a.c:9
`
	doc, err := trace.Read("x", strings.NewReader(text), trace.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Reports) != 1 || len(doc.Reports[0].Use) != 2 {
		t.Fatalf("reports %+v", doc.Reports)
	}
	if s := fmt.Sprintf("%+v", doc); strings.Contains(s, "s3cr3t") || strings.Contains(s, "PASSWORD") {
		t.Errorf("a secret in %s", s)
	}
}

func TestVersions(t *testing.T) {
	ordered := []string{"2.8.3", "2.9-dev2", "2.9-dev10", "v2.9.0", "2.9.6-9eafce5", "3.0-dev6", "3.0.1", "3.1-dev0"}
	for i, a := range ordered {
		for j, b := range ordered {
			v, ok := trace.ParseVersion(a)
			w, also := trace.ParseVersion(b)
			if !ok || !also || v.Before(w) != (i < j) {
				t.Errorf("%s before %s: %t", a, b, v.Before(w))
			}
		}
	}
	for _, test := range []struct {
		v, w  string
		lacks bool
	}{
		{"2.9-dev9", "2.9-dev10", true},
		{"2.9-dev9-0123ab-4", "2.9-dev10", false}, // may be one of the four
		{"2.9-dev9-0123ab-4", "2.9-dev11", true},
		{"2.9-dev12-0123ab-4", "2.9.0", false},
		{"2.9-dev12-0123ab-4", "3.0-dev1", true},
		{"2.9.0-0123abc", "3.0-dev1", true},
		{"2.9.0-0123ab-4", "3.0-dev1", false}, // of the branch, which takes what it likes
		{"2.9.6", "3.0-dev1", false},
		{"2.9-dev10", "2.9-dev10", false},
		{"2.9-dev11", "2.9-dev10", false},
	} {
		v, _ := trace.ParseVersion(test.v)
		w, _ := trace.ParseVersion(test.w)
		if got := v.Lacks(w); got != test.lacks {
			t.Errorf("%s lacks %s: %t", test.v, test.w, got)
		}
	}
	for _, s := range []string{"", "haproxy", "2", "x2.9"} {
		if v, ok := trace.ParseVersion(s); ok {
			t.Errorf("%q is %v", s, v)
		}
	}
}
