package formats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/lastwake/lastwake/reports"
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	home        = "https://github.com/lastwake/lastwake"
	upstream    = "https://github.com/haproxy/haproxy"
)

// severities are how grave a class is on the scale that code scanners sort by.
var severities = map[string]string{
	"heap-use-after-free": "9.0", "double-free": "9.0", "heap-buffer-overflow": "9.0", "bad-free": "8.0", "wild-access": "8.0",
	"stack-use-after-scope": "8.0", "alloc-dealloc-mismatch": "8.0", "use-of-uninitialized-value": "6.0", "null-dereference": "6.0",
	"bug-on": "6.0", "leak": "3.0",
}

// severity is the security-severity of a class; what freezes a connection is in
// the middle.
func severity(class string) string {
	if s, ok := severities[class]; ok {
		return s
	}
	return "5.0"
}

// SARIF writes the records as one SARIF 2.1.0 log with one run. A result has
// the way from allocation by free to use as its code flow, the signature as
// its fingerprint, and a suppression when its crash is known.
func SARIF(w io.Writer, records []*reports.Record) error {
	run := sarif.NewRunWithInformationURI("lastwake", home)
	for _, r := range records {
		rule := run.AddRule(r.Class).WithDescription("a finding of the class " + r.Class)
		rule.Properties = sarif.NewPropertyBag().Add("security-severity", severity(r.Class)).Add("tags", []string{"memory", "lifetime"})
		run.AddResult(result(r))
	}
	log := sarif.NewReport()
	log.AddRun(run)
	return writeSARIF(w, log)
}

// result is one record.
func result(r *reports.Record) *sarif.Result {
	res := sarif.NewRuleResult(r.Class).WithLevel("error").
		WithMessage(sarif.NewTextMessage(r.Title + ". " + summaryOf(r)))
	if l := location(r.Use, ""); l != nil {
		res.AddLocation(l)
	}
	res.PartialFingerprints = map[string]string{"lastwake/signature/v1": r.Signature}
	if flow := flowOf(r); flow != nil {
		res.AddCodeFlow(flow)
	}
	if r.Known {
		s := sarif.NewSuppression().WithKind("external").WithStatus("accepted")
		s.Justification = ptr("known crash " + or(r.File, r.Signature))
		res.AddSuppression(s)
	}
	for _, l := range links(r) {
		res.AddRelatedLocation(related(l))
	}
	bag := sarif.NewPropertyBag().Add("security-severity", severity(r.Class)).Add("target", r.Target).Add("program", r.Program)
	if len(r.Reproduce) > 0 {
		bag.Add("reproduce", r.Reproduce[0])
	}
	if r.Fault != nil {
		bag.Add("fault", r.Fault.ID)
	}
	res.Properties = bag
	return res
}

func ptr(s string) *string { return &s }

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// summaryOf says in a sentence what is known beside the title.
func summaryOf(r *reports.Record) string {
	s := "Signature: " + r.Signature + "."
	if f := r.Fault; f != nil {
		s += " Cause: " + f.ID
		if f.Commit != "" {
			s += ", fixed by commit " + f.Commit + ", first in " + f.Tag
		}
		s += "."
	}
	return s
}

// flowOf is the object's life: made, freed, used.
func flowOf(r *reports.Record) *sarif.CodeFlow {
	flow := sarif.NewThreadFlow()
	for _, m := range moments(r) {
		if l := location(m.moment, m.word+" in "+opOf(m.moment)+" by "+m.moment.Func); l != nil {
			flow.AddLocation(sarif.NewThreadFlowLocation().WithLocation(l))
		}
	}
	if len(flow.Locations) == 0 {
		return nil
	}
	return sarif.NewCodeFlow().WithThreadFlows([]*sarif.ThreadFlow{flow})
}

// location is where a moment was: the innermost function that is no helper.
func location(m *reports.Moment, message string) *sarif.Location {
	f, ok := frameOf(m)
	if !ok || f.File == "" {
		return nil
	}
	where := sarif.NewPhysicalLocation().
		WithArtifactLocation(sarif.NewArtifactLocation().WithURI(f.File)).
		WithRegion(sarif.NewRegion().WithStartLine(max(1, f.Line)))
	l := sarif.NewLocation().WithPhysicalLocation(where)
	if message != "" {
		l.WithMessage(sarif.NewTextMessage(message))
	}
	return l
}

// related is a place elsewhere, in words that name its address.
func related(l link) *sarif.Location {
	where := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewArtifactLocation().WithURI(l.URL))
	return sarif.NewLocation().WithPhysicalLocation(where).WithMessage(sarif.NewTextMessage(l.Text))
}

// writeSARIF writes log without the members that are null: the library writes
// each that is empty, and readers that know the standard's schema refuse some.
func writeSARIF(w io.Writer, log *sarif.Report) error {
	text, err := json.Marshal(log)
	if err != nil {
		return fmt.Errorf("sarif: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var all map[string]any
	if err := d.Decode(&all); err != nil {
		return fmt.Errorf("sarif: %w", err)
	}
	prune(all)
	all["$schema"] = sarifSchema
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(all)
}

// unset are members that the library writes with the value that the standard
// takes for granted, or with one that means none.
var unset = map[string][]string{
	"rank": {"0", "-1"}, "ruleIndex": {"0", "-1"}, "index": {"0", "-1"}, "parentIndex": {"0", "-1"}, "id": {"0", "-1"},
	"byteLength": {"0"}, "byteOffset": {"0", "-1"}, "charLength": {"0"}, "charOffset": {"0", "-1"}, "endColumn": {"0"}, "endLine": {"0"},
	"startColumn": {"0"}, "executionOrder": {"0", "-1"}, "nestingLevel": {"0"}, "occurrenceCount": {"0"}, "length": {"0", "-1"},
	"importance": {"important"}, "language": {"en-US"},
}

// prune drops from v what says nothing.
func prune(v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			prune(x)
			list, isList := x.([]any)
			members, isMap := x.(map[string]any)
			empty := isList && len(list) == 0 || isMap && len(members) == 0
			if x == nil || slices.Contains(unset[k], fmt.Sprint(x)) || empty && k != "results" && k != "runs" || k == "newlineSequences" {
				delete(v, k)
			}
		}
	case []any:
		for _, x := range v {
			prune(x)
		}
	}
}
