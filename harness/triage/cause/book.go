package cause

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/mux"
	"github.com/lastwake/lastwake/harness/process"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

// A Book is what reports are compared with.
type Book struct {
	refs []*reference
	// causes counts the faults and known crashes, common for each function
	// those that have it.
	causes int
	common map[string]int
}

// A reference is one way in which a fault is known to show.
type reference struct {
	fault *fault.Fault  // nil for a known crash that needs none
	crash *corpus.Crash // nil for a signature without a file

	signature        string
	class            string
	object           string
	cond             string
	size             int // of the object
	use, free, alloc []step
	stackless        bool // made of a signature alone
}

// A step is one function of a reference's stack.
type step struct {
	name, file string
	weight     float64
	tells      float64
	key        bool // the function that the signature names
	below      bool // one of callers
}

// name is what a reference is called in messages.
func (r *reference) name() string {
	if r.fault != nil {
		return r.fault.Name
	}
	return path.Base(r.crash.File)
}

// Load makes the book of the whole catalogue and of the known crashes in
// store.
func Load(store *corpus.Store) (*Book, error) { return load(store, stacksText+symptomsText) }

// load is Load with stacks in the form of stacks.txt.
func load(store *corpus.Store, stacks string) (*Book, error) {
	b := &Book{common: map[string]int{}}
	faults := fault.All()
	seen := map[string]bool{}
	models := map[string]bool{}
	for i := range faults {
		models[faults[i].Model] = true
	}
	for _, model := range sorted(models) {
		crashes, err := store.Crashes(model)
		if err != nil {
			return nil, err
		}
		for _, c := range crashes {
			if err := b.addCrash(c, faults); err != nil {
				return nil, err
			}
			seen[c.Signature] = true
		}
	}
	if err := b.addStacks(faults, stacks); err != nil {
		return nil, err
	}
	for i := range faults {
		for _, s := range append([]string{faults[i].Primary}, faults[i].Others...) {
			if !seen[s] {
				ref := fromSignature(&faults[i], s)
				ref.stackless = true
				b.refs = append(b.refs, ref)
			}
		}
	}
	b.weigh()
	return b, nil
}

func sorted(set map[string]bool) []string {
	var names []string
	for n := range set {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// addCrash adds the stacks of a known crash, which stand in its report.
func (b *Book) addCrash(c *corpus.Crash, faults []fault.Fault) error {
	doc, err := trace.Read(c.File, strings.NewReader(c.Report), trace.Limits{})
	if err != nil {
		return fmt.Errorf("report of %s: %w", c.File, err)
	}
	ref := fromSignature(nil, c.Signature)
	ref.crash = c
	for i := range faults {
		if faults[i].Name == c.Fault {
			ref.fault = &faults[i]
		}
	}
	for i := range doc.Reports {
		if r := &doc.Reports[i]; r.Form == trace.Sanitizer {
			ref.take(r)
			break
		}
	}
	b.refs = append(b.refs, ref)
	return nil
}

// take fills in the stacks of the crash's own report.
func (ref *reference) take(r *trace.Report) {
	ref.size = r.Region
	if r.Cond != "" {
		ref.cond = r.Cond
	}
	for _, s := range []struct {
		frames []trace.Frame
		steps  *[]step
	}{{r.Use, &ref.use}, {r.Free, &ref.free}, {r.Alloc, &ref.alloc}} {
		key := ""
		if len(*s.steps) > 0 {
			key = (*s.steps)[0].name
		}
		if steps := stepsOf(s.frames, key); len(steps) > 0 {
			*s.steps = steps
		}
	}
	if ref.class == trace.Leak {
		ref.use, ref.free = nil, nil // no tool can know who held it last
	}
}

// stepsOf are the functions of C among the frames of a model, each once in a
// row.
func stepsOf(frames []trace.Frame, key string) []step {
	var steps []step
	for _, f := range frames {
		if f.Name == "" || f.Kind == trace.Checker || len(steps) > 0 && steps[len(steps)-1].name == f.Name {
			continue
		}
		steps = append(steps, step{name: f.Name, file: cFile(f.Name), key: f.Name == key})
	}
	if n := len(steps); n > 0 {
		for _, c := range callers[steps[n-1].name] {
			name, file, _ := strings.Cut(c, " ")
			steps = append(steps, step{name: name, file: file, below: true})
		}
	}
	return withoutLoop(steps)
}

// callers are the functions of C, "name file", below the one at which an op
// enters the model: there the model's driver stands in for them, and in a
// process they are on the stack.
var callers = map[string][]string{
	"qc_parse_pkt_frms": {"qc_treat_rx_pkts src/quic_rx.c", "quic_conn_app_io_cb src/quic_conn.c"},
	"session_accept_fd": {"listener_accept src/listener.c", "quic_accept_run src/quic_sock.c"},
	"sc_destroy":        {"stream_free src/stream.c", "process_stream src/stream.c"},
	"qmux_strm_snd_buf": {"sc_conn_send src/stconn.c", "process_stream src/stream.c"},
	"qmux_strm_rcv_buf": {"sc_conn_recv src/stconn.c", "process_stream src/stream.c"},
}

// withoutLoop leaves out the scheduler and main, which every stack has, where
// other functions are left.
func withoutLoop(steps []step) []step {
	if !slices.ContainsFunc(steps, func(s step) bool { return trace.KindOf(s.name) == trace.Plain }) {
		return steps
	}
	return slices.DeleteFunc(steps, func(s step) bool { return trace.KindOf(s.name) == trace.Entry })
}

// cFile is the source file of a modelled function, "" for another one.
func cFile(name string) string { return files[name] }

// files are the source files of the functions that the models model.
var files = func() map[string]string {
	m := map[string]string{}
	for _, f := range slices.Concat(mux.CTable, process.CTable) {
		if f.C != "" {
			m[trace.Name(f.C)] = f.File
		}
	}
	return m
}()

// fromSignature is what a signature alone tells.
func fromSignature(f *fault.Fault, signature string) *reference {
	ref := &reference{fault: f, signature: signature}
	fields := strings.Split(signature, " | ")
	ref.class = fields[0]
	if len(fields) == 5 {
		ref.object = fields[1]
		for i, steps := range []*[]step{&ref.use, &ref.free, &ref.alloc} {
			if name := trace.Name(fields[2+i]); name != "" && fields[2+i] != "-" {
				*steps = []step{{name: name, key: true}}
			}
		}
	}
	if fn, cond, ok := strings.Cut(fields[min(1, len(fields)-1)], ": "); ok && ref.class == trace.Bug {
		ref.cond, ref.use = cond, []step{{name: trace.Name(fn), key: true}}
		if caller := trace.Name(fields[2]); fields[2] != "-" {
			ref.use = append(ref.use, step{name: caller})
		}
	}
	return ref
}

// weigh gives every function its weight: one that is in many references tells
// less, one of the scheduler or an allocator next to nothing, one far from the
// place of death less than one near it.
func (b *Book) weigh() {
	owners, all := map[string]map[string]bool{}, map[string]bool{}
	for _, ref := range b.refs {
		in := map[string]bool{}
		for _, s := range slices.Concat(ref.use, ref.free, ref.alloc) {
			in[s.name] = true
		}
		for name := range in {
			if owners[name] == nil {
				owners[name] = map[string]bool{}
			}
			owners[name][ref.name()] = true
		}
		all[ref.name()] = true
	}
	for name, of := range owners {
		b.common[name] = len(of)
	}
	b.causes = len(all)
	for _, ref := range b.refs {
		for _, steps := range [][]step{ref.use, ref.free, ref.alloc} {
			depth := 1.0
			for i := range steps {
				s := &steps[i]
				s.tells = b.tells(s.name)
				s.weight = (leastRare + (1-leastRare)*s.tells) * share(s.name) * depth
				if s.key {
					s.weight *= keyWeight
				}
				if s.below {
					s.weight, s.tells = s.weight*ofCaller, 0
				}
				if trace.KindOf(s.name) == trace.Plain {
					depth = max(leastDepth, depth*perFrame)
				}
			}
		}
	}
}

// The weights of a function.
const (
	keyWeight  = 1.5  // of the one that the signature names
	perFrame   = 0.85 // of each frame further out
	leastDepth = 0.3
	ofCaller   = 0.45 // of one below the function at which an op enters the model
	ofHelper   = 0.2  // of an allocator, a list, a wake
	ofEntry    = 0.1  // of the scheduler, of main
)

// leastRare is the weight of a function that every cause has.
const leastRare = 0.4

// tells is how much a function tells of the cause, from 0 for one that every
// cause has to 1 for one that only one has. Helpers tell nothing.
func (b *Book) tells(name string) float64 {
	if trace.KindOf(name) != trace.Plain {
		return 0
	}
	n, of := float64(b.causes), float64(max(1, b.common[name]))
	return max(0, math.Log(n/of)/math.Log(n))
}

// share is what a function weighs by its kind.
func share(name string) float64 {
	switch trace.KindOf(name) {
	case trace.Primitive:
		return ofHelper
	case trace.Entry:
		return ofEntry
	}
	return 1
}

// CrashOf returns the known crash that shows the fault called name, nil when
// there is none.
func (b *Book) CrashOf(name string) *corpus.Crash {
	for _, ref := range b.refs {
		if ref.crash != nil && ref.fault != nil && ref.fault.Name == name {
			return ref.crash
		}
	}
	return nil
}

// shown is the known crash of a reference: its own, or its fault's.
func (b *Book) shown(ref *reference) *corpus.Crash {
	if ref.crash != nil || ref.fault == nil {
		return ref.crash
	}
	return b.CrashOf(ref.fault.Name)
}
