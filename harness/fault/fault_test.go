package fault

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	upstreamName = regexp.MustCompile(`^HAPROXY-[0-9a-f]{9}$`)
	hypothesis   = regexp.MustCompile(`^HYPOTHESIS-[a-z0-9-]+$`)
	kebab        = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	shortHash    = regexp.MustCompile(`^[0-9a-f]{9}$`)
	devTag       = regexp.MustCompile(`^v[0-9]+\.[0-9]+(-dev[0-9]+|\.0)$`)
)

// Everything that a reader or a machine takes from an entry is there and has
// its form. A new entry that forgets something fails here.
func TestEntriesAreComplete(t *testing.T) {
	if got, want := len(All())+len(Controls()), int(numIDs)-1; got != want {
		t.Fatalf("All and Controls have %d entries, want one for each of the %d IDs", got, want)
	}
	for i, entry := range catalogue[1:] {
		f := *entry
		t.Run(f.Name, func(t *testing.T) {
			if got, want := f.ID, ID(i+1); got != want {
				t.Errorf("ID is %d, want %d, its row", got, want)
			}
			checkIdentity(t, f)
			checkProse(t, f)
			if f.Control {
				checkControl(t, f)
				return
			}
			checkChain(t, f)
			checkFinding(t, f)
			checkConfirm(t, f)
		})
	}
}

// A control says nothing about findings, for there must be none.
func checkControl(t *testing.T, f Fault) {
	t.Helper()
	if f.Symptom != "" || f.Class != "" || f.Primary != "" || f.Others != nil || f.Known != "" || f.Sequence != "" || f.Confirm != nil || f.NearMisses != nil {
		t.Error("a control speaks of findings")
	}
}

func checkIdentity(t *testing.T, f Fault) {
	t.Helper()
	switch {
	case hypothesis.MatchString(f.Name):
		if f.Commit != "" {
			t.Errorf("a hypothesis has no commit, this one names %q", f.Commit)
		}
		return
	case !upstreamName.MatchString(f.Name):
		t.Errorf("Name %q is neither HAPROXY-<nine digits> nor HYPOTHESIS-<name>", f.Name)
	case f.Name != "HAPROXY-"+f.Commit:
		t.Errorf("Name %q does not end with Commit %q", f.Name, f.Commit)
	}
	if _, err := time.Parse(time.DateOnly, f.FixDate); err != nil {
		t.Errorf("FixDate: %v", err)
	}
	if !devTag.MatchString(f.Tag) {
		t.Errorf("Tag %q is no tag of the mainline", f.Tag)
	}
	if !slices.Contains([]string{"MINOR", "MEDIUM", "MAJOR"}, f.Severity) {
		t.Errorf("Severity %q", f.Severity)
	}
}

// What history tells of a fault is there and has its form.
func TestHistory(t *testing.T) {
	for _, f := range slices.Concat(All(), Controls()) {
		for what, hash := range map[string]string{"Introduced": f.Introduced, "LastWith": f.LastWith} {
			switch {
			case hash == "" && strings.HasPrefix(f.Name, "HYPOTHESIS-"): // never happened
			case hash == "":
				t.Errorf("%s: %s is not known", f.Name, what)
			case !shortHash.MatchString(hash) || hash == f.Commit:
				t.Errorf("%s: %s %q is not nine digits of another commit", f.Name, what, hash)
			}
		}
		if known := f.Introduced != ""; known != devTag.MatchString(f.Since) || known != (f.SinceDate != "") {
			t.Errorf("%s: introduced by %q, since %q of %q", f.Name, f.Introduced, f.Since, f.SinceDate)
		}
		if _, err := time.Parse(time.DateOnly, f.SinceDate); err != nil && f.SinceDate != "" || f.FixDate != "" && f.SinceDate > f.FixDate {
			t.Errorf("%s: made on %q, fixed on %q, %v", f.Name, f.SinceDate, f.FixDate, err)
		}
		if len(f.Eras) > 0 && slices.Contains(f.Eras, "") {
			t.Errorf("%s: an era without a name", f.Name)
		}
	}
}

func checkChain(t *testing.T, f Fault) {
	t.Helper()
	for _, id := range slices.Concat(f.Requires, f.Excludes) {
		if id == 0 || id >= numIDs || id == f.ID {
			t.Errorf("the chain names fault %d", id)
		}
		if slices.Contains(f.Requires, id) && slices.Contains(f.Excludes, id) {
			t.Errorf("%v is both required and excluded", id)
		}
	}
}

func checkFinding(t *testing.T, f Fault) {
	t.Helper()
	if !slices.Contains([]Symptom{Crash, Freeze, Leak, BusyLoop, BugOn}, f.Symptom) {
		t.Errorf("Symptom %q", f.Symptom)
	}
	for _, s := range append([]string{f.Primary}, f.Others...) {
		if n := len(strings.Split(s, " | ")); n != 4 && n != 5 {
			t.Errorf("signature %q has %d fields, want 5 (memory) or 4", s, n)
		}
	}
	if !strings.HasPrefix(f.Primary, f.Class+" | ") {
		t.Errorf("Primary %q is not of class %q", f.Primary, f.Class)
	}
	if !strings.HasPrefix(f.Seed, "seed/"+f.Model+"/") || !strings.HasSuffix(f.Seed, ".prog") {
		t.Errorf("Seed %q", f.Seed)
	}
	if !strings.HasPrefix(f.Known, "crash/"+f.Model+"/"+f.Class+"-") || !strings.HasSuffix(f.Known, ".txtar") {
		t.Errorf("Known %q", f.Known)
	}
	if f.Sequence == "" {
		t.Error("no Sequence to measure a shrunk program by")
	}
	for i, n := range f.NearMisses {
		same := func(o NearMiss) bool { return o.Name == n.Name || o.Event == n.Event }
		if !kebab.MatchString(n.Name) || n.Event == "" || slices.IndexFunc(f.NearMisses, same) != i {
			t.Errorf("near miss %q is no condition of its own", n)
		}
	}
	if len(f.NearMisses) == 0 {
		t.Error("no near misses")
	}
}

func checkProse(t *testing.T, f Fault) {
	t.Helper()
	if f.Title == "" || strings.HasSuffix(f.Title, ".") {
		t.Errorf("Title %q: want a sentence without a full stop", f.Title)
	}
	for what, s := range map[string]string{"Mechanism": f.Mechanism, "Fix": f.Fix} {
		if !strings.HasSuffix(s, ".") || strings.Contains(s, "  ") || strings.Contains(s, "\n") {
			t.Errorf("%s is no clean paragraph: %q", what, s)
		}
	}
	if (f.Order.Before == nil) != (f.Order.After == nil) || f.Order.Before != nil && cmp.Equal(f.Order.Before, f.Order.After) {
		t.Error("Order: before and after must both be there, and differ")
	}
}

func checkConfirm(t *testing.T, f Fault) {
	t.Helper()
	if len(f.Confirm) == 0 {
		t.Error("nothing to confirm it by in a core")
	}
	for _, c := range f.Confirm {
		if c.Command == "" || c.Want == "" || strings.Contains(c.Command, "\n") {
			t.Errorf("Confirm has an incomplete line: %+v", c)
		}
	}
}

// Attribution needs it: one signature, one fault.
func TestSignatureSetsAreDisjoint(t *testing.T) {
	owner := map[string]string{}
	for _, f := range All() {
		for _, s := range append([]string{f.Primary}, f.Others...) {
			if other, ok := owner[s]; ok {
				t.Errorf("%q belongs to %s and %s", s, other, f.Name)
			}
			owner[s] = f.Name
			if m, ok := Match(s); !ok || m.ID != f.ID {
				t.Errorf("Match(%q) = %v, %v; want %s", s, m.Name, ok, f.Name)
			}
		}
	}
	if f, ok := Match("heap-use-after-free | nobody | a | b | c"); ok {
		t.Errorf("a foreign signature matches %s", f.Name)
	}
}

func TestParse(t *testing.T) {
	const c1, c15 = HAPROXY_bd384a359, HAPROXY_ad6b13d31
	both := Set{}.With(c1).With(c15)
	tests := []struct {
		list string
		want Set
		err  string // Error and Hint joined by "; "
	}{
		{list: ""},
		{list: "  "},
		{list: "none"},
		{list: "HAPROXY-bd384a359", want: Set{}.With(c1)},
		{list: "HAPROXY_bd384a359", want: Set{}.With(c1)},
		{list: "HAPROXY-ad6b13d31, HAPROXY-bd384a359", want: both},
		{list: "HAPROXY-bd384a359,HAPROXY-bd384a359", want: Set{}.With(c1)},

		{list: "HAPROXY-bd384a395", err: `unknown fault "HAPROXY-bd384a395"; did you mean HAPROXY-bd384a359? lastwake faults lists them all`},
		{list: "haproxy-ad6b13d31", err: `unknown fault "haproxy-ad6b13d31"; did you mean HAPROXY-ad6b13d31? lastwake faults lists them all`},
		{list: "bd384a359", err: `unknown fault "bd384a359"; did you mean HAPROXY-bd384a359? lastwake faults lists them all`},
		{list: "ad6b", err: `unknown fault "ad6b"; did you mean HAPROXY-ad6b13d31? lastwake faults lists them all`},
		{list: "#2494", err: `unknown fault "#2494"; did you mean HAPROXY-bd384a359? lastwake faults lists them all`},
		{list: "2495", err: `unknown fault "2495"; lastwake faults lists them all`},
		{list: "uaf", err: `unknown fault "uaf"; lastwake faults lists them all`},
		{list: "HAPROXY-40d1c84bf,HAPROXY-0cfbeb1ae", err: `faults HAPROXY-40d1c84bf and HAPROXY-0cfbeb1ae exclude each other`},
		{list: "HAPROXY-bd384a359,", err: `empty fault name in "HAPROXY-bd384a359,"`},
		{list: "none,HAPROXY-bd384a359", err: `fault list "none,HAPROXY-bd384a359": none stands alone`},
	}
	for _, tt := range tests {
		got, err := Parse(tt.list)
		if got != tt.want {
			t.Errorf("Parse(%q) = %v, want %v", tt.list, got, tt.want)
		}
		if text := errorText(err); text != tt.err {
			t.Errorf("Parse(%q)\n got %s\nwant %s", tt.list, text, tt.err)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	if u, ok := errors.AsType[*UnknownError](err); ok {
		return u.Error() + "; " + u.Hint()
	}
	return err.Error()
}

// String and Parse are each other's inverse, also beyond the first word of the
// set.
func TestSetRoundTrip(t *testing.T) {
	for id := ID(1); id < numIDs; id++ {
		s := Set{}.With(id)
		if got, err := Parse(s.String()); err != nil || got != s {
			t.Errorf("Parse(%q) = %v, %v", s, got, err)
		}
	}
	if got := (Set{}).String(); got != "none" {
		t.Errorf("the empty set reads %q", got)
	}
	far := ID(100)
	s := Set{}.With(far)
	if !s.Has(far) || s.Has(far-64) || s.Without(far) != (Set{}) || s.Empty() {
		t.Error("an ID above 63 is not kept apart from its low bits")
	}
}

func TestLookup(t *testing.T) {
	for _, name := range []string{"HAPROXY-bd384a359", "HAPROXY_bd384a359"} {
		if f, ok := Lookup(name); !ok || f.ID != HAPROXY_bd384a359 {
			t.Errorf("Lookup(%q) = %v, %v", name, f.Name, ok)
		}
	}
	if _, ok := Lookup("HAPROXY-000000000"); ok {
		t.Error("Lookup found a fault that is not there")
	}
	if got := ID(0).String(); got != "none" {
		t.Errorf("the zero ID reads %q", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("none")
	f.Add("HAPROXY-bd384a359,HAPROXY_ad6b13d31")
	f.Fuzz(func(t *testing.T, list string) {
		s, err := Parse(list)
		if err != nil {
			return
		}
		if again, err := Parse(s.String()); err != nil || again != s {
			t.Fatalf("Parse(%q) = %v, which reads back as %v, %v", list, s, again, err)
		}
	})
}

func ExampleParse() {
	on, err := Parse("HAPROXY-bd384a359")
	fmt.Println(on, on.Has(HAPROXY_bd384a359), err)
	_, err = Parse("HAPROXY-bd384a395")
	fmt.Println(err)
	// Output:
	// HAPROXY-bd384a359 true <nil>
	// unknown fault "HAPROXY-bd384a395"
}

func ExampleLookup() {
	f, _ := Lookup("HAPROXY-bd384a359")
	fmt.Println(f.Title)
	fmt.Println("before:", f.Order.Before[1])
	fmt.Println("after: ", f.Order.After[1])
	// Output:
	// qcc_release frees the connection's tasklet, then releasing the streams wakes it
	// before: tasklet_free(qcc->wait_event.tasklet)
	// after:  for each stream: qcs_free(qcs)   may wake qcc->wait_event.tasklet
}
