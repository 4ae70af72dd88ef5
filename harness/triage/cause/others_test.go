package cause_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/triage/cause"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

// An other is a death whose cause is not in the catalogue.
type other struct {
	shape
	cite, version, cond string
}

// others reads a file of testdata: reports of the public, each with where it
// was made, retold as its class and the functions of its stacks:
//
// The file says how.
func others(t *testing.T, file string) []other {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var all []other
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		fields := strings.Split(line, " ; ")
		if len(fields) != 5 {
			t.Fatalf("%d fields in %q", len(fields), line)
		}
		o := other{}
		o.cite, o.version, _ = strings.Cut(fields[0], " ")
		o.class, o.cond, _ = strings.Cut(fields[1], " ")
		if o.class == "crash" {
			o.signal = o.cond
		}
		o.use, o.free, o.alloc, o.size = retold(fields[2]), retold(fields[3]), retold(fields[4]), 64
		all = append(all, o)
	}
	return all
}

// retold are frames "function@file" or "function".
func retold(words string) []string {
	var frames []string
	for w := range strings.FieldsSeq(words) {
		if w != "-" {
			frames = append(frames, strings.Replace(w, "@", " ", 1))
		}
	}
	return frames
}

// render is the report in every form that shows its class.
func (o *other) render() map[string]string {
	texts := o.forms()
	if o.version != "" {
		for form := range texts {
			texts[form] = "HAProxy version " + o.version + "-0123abc - https://haproxy.org/\n\n" + texts[form]
		}
	}
	return texts
}

func (o *other) forms() map[string]string {
	r := rand.New(rand.NewPCG(1, 2))
	switch o.class {
	case "crash":
		return map[string]string{"gdb": gdbText(&o.shape, r)}
	case "bug-on":
		var b strings.Builder
		fmt.Fprintf(&b, "FATAL: bug condition \"%s\" matched at src/some.c:7\n  call trace(9):\n", o.cond)
		for _, f := range o.use {
			fn, _ := split(f)
			fmt.Fprintf(&b, "  | 0x5585f1c0b1a7 [48 85 c0 74 2b 48 8b 50]: %s+0x97/0x1f6\n", fn)
		}
		return map[string]string{"bug-on": b.String()}
	}
	return map[string]string{"asan": asanText(&o.shape, r), "valgrind": valgrindText(&o.shape, r)}
}

// A death of another cause gets no candidate, although two frames or more of
// it may be those of a catalogued fault.
func TestOthers(t *testing.T) {
	book, err := cause.Load(corpus.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	hard, loop, wrong := 0, 0, 0
	all := others(t, "others.txt")
	cited := map[string]bool{}
	for _, o := range all {
		if key := o.cite + fmt.Sprint(o.use, o.free, o.alloc); cited[key] {
			t.Errorf("%s: twice", o.cite)
		} else {
			cited[key] = true
		}
		switch n := shared(book, &o); {
		case n >= 2:
			hard++
		case n == 1 && strings.Contains(fmt.Sprint(o.use, o.alloc), "run_tasks_from_lists"):
			loop++
		}
		named := ""
		for form, text := range o.render() {
			doc, err := trace.Read(form, strings.NewReader(text), trace.Limits{})
			if err != nil || len(doc.Reports) == 0 {
				t.Fatalf("%s: %s was not read: %v\n%s", o.cite, form, err, text)
			}
			if r := book.Match(doc); len(r.Candidates) > 0 {
				c := r.Candidates[0]
				named = fmt.Sprintf("%s %.2f %s", c.Name(), c.Score, strings.Join(c.Reasons, "; "))
			} else if testing.Verbose() && r.Nearest > 0.3 {
				t.Logf("%s %s: nearest %.2f", o.cite, form, r.Nearest)
			}
		}
		if named != "" {
			wrong++
			t.Errorf("%s is called %s", o.cite, named)
		}
	}
	t.Logf("%d others: %d have two functions or more of one fault, %d one and the scheduler's; %d called something",
		len(all), hard, loop, wrong)
	if len(all) < 200 || hard+loop < 120 {
		t.Errorf("%d others, %d hard: want 200 and 120", len(all), hard+loop)
	}
}

// shared is the most functions that the death has in common with one fault,
// the start of the process aside.
func shared(book *cause.Book, o *other) int {
	names := map[string]bool{}
	for _, frames := range [][]string{o.use, o.free, o.alloc} {
		for _, f := range frames {
			fn, _ := split(f)
			names[trace.Name(fn)] = true
		}
	}
	return book.Shared(names)
}

// What no stack can tell apart is called by the name of the catalogued fault.
func TestAlike(t *testing.T) {
	book, err := cause.Load(corpus.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range others(t, "alike.txt") {
		for form, text := range o.render() {
			doc, err := trace.Read(form, strings.NewReader(text), trace.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			r := book.Match(doc)
			if len(r.Candidates) == 0 {
				t.Errorf("%s as %s has no candidate any more: move it to others.txt", o.cite, form)
			}
		}
	}
}
