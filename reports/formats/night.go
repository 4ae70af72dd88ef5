package formats

import (
	"encoding/xml"
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"
	"time"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/lastwake/lastwake/reports"
)

// verdict is what a night's exit status says, in words.
func verdict(status int) string {
	switch status {
	case 0:
		return "nothing new"
	case 1:
		return "something new"
	}
	return "not all of it could be judged"
}

// NightMarkdown writes the summary of a night for a job's page or a mail.
func NightMarkdown(w io.Writer, n *reports.Night) error {
	m := &markdown{}
	m.line("## lastwake, night %d: %s", n.Number, verdict(n.Status))
	m.line("")
	m.line("%s UTC, %s of %s, %s programs, exit status %d%s.", n.Begun.UTC().Format("2006-01-02 15:04"), length(n.Spent), length(n.Budget),
		grouped(n.Programs()), n.Status, resumed(n))
	m.line("")
	for _, why := range n.Why {
		m.line("* **%s**", escape(why))
	}
	for _, note := range n.Notes {
		m.line("* %s", escape(note))
	}
	if len(n.Why)+len(n.Notes) > 0 {
		m.line("")
	}
	m.nightFindings(n)
	m.nightJobs(n)
	m.nightPower(n)
	m.nightTrend(n)
	_, err := io.WriteString(w, m.String())
	return err
}

func resumed(n *reports.Night) string {
	switch n.Resumed {
	case 0:
		return ""
	case 1:
		return ", taken up again once"
	}
	return fmt.Sprintf(", taken up again %d times", n.Resumed)
}

func (m *markdown) nightFindings(n *reports.Night) {
	m.line("### Findings")
	m.line("")
	if len(n.Findings) == 0 {
		m.line("None.")
		m.line("")
		return
	}
	m.line("| | cause | signature | runs | by | file |")
	m.line("|---|---|---|--:|---|---|")
	for _, f := range n.Findings {
		cause := f.Cause
		if cause == f.Signature {
			cause = "not known"
		}
		m.line("| %s | %s | %s | %s | %s | %s |", standing(&f), escape(cause), strings.ReplaceAll(code(f.Signature), "|", `\|`), grouped(f.Runs), escape(f.Job), named(f.File))
	}
	m.line("")
	for _, f := range n.Findings {
		if f.Standing == reports.StandingNew && f.Reproduce != "" {
			m.line("reproduce: %s", code(f.Reproduce))
		}
	}
	m.line("")
}

// named is the name of a file, nothing for none.
func named(file string) string {
	if file == "" {
		return ""
	}
	return code(file)
}

// standing is the standing of a finding in a word or two.
func standing(f *reports.NightFinding) string {
	if f.Standing == reports.StandingOld || f.Standing == reports.StandingVariant {
		return fmt.Sprintf("%s, night %d", f.Standing, f.Night)
	}
	return f.Standing
}

func (m *markdown) nightJobs(n *reports.Night) {
	m.line("### Where the time went")
	m.line("")
	m.line("| job | what | time | due | programs | corpus | edges | states | children | lost |")
	m.line("|---|---|--:|--:|--:|--:|--:|--:|--:|---|")
	for i := range n.Jobs {
		j := &n.Jobs[i]
		m.line("| %s | %s | %s | %s | %s | %s | %s | %s | %d | %s |", escape(j.Name), escape(j.What), length(j.Seconds), due(j), grouped(j.Programs),
			number(j.Corpus), number(j.Edges), number(j.States), j.Children, escape(lost(j)))
	}
	m.line("")
	m.line("| job | broken runs | leaks | release order | runs looked into | objects made | freed | live at the end |")
	m.line("|---|--:|--:|--:|--:|--:|--:|---|")
	for i := range n.Jobs {
		if j := &n.Jobs[i]; j.Share > 0 {
			made, freed := memory(j)
			m.line("| %s | %s | %s | %s | %d | %s | %s | %s |", escape(j.Name), grouped(j.Violations), grouped(j.Leaks), grouped(j.Order), j.Sampled,
				grouped(made), grouped(freed), escape(live(j)))
		}
	}
	m.line("")
}

func due(j *reports.NightJob) string {
	if j.Share == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*j.Share)
}

// number is n, or nothing for what was not measured.
func number(n int) string {
	if n == 0 {
		return "-"
	}
	return grouped(uint64(n))
}

// lost says what became of the children that did not come to their end.
func lost(j *reports.NightJob) string {
	var parts []string
	for _, c := range []struct {
		n    int
		name string
	}{{j.Killed, "killed"}, {j.Hung, "hung"}, {j.Big, "too big"}, {j.Failed, "failed"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.name))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "0")
	}
	s := strings.Join(parts, ", ")
	if j.GivenUp {
		s += "; given up"
	}
	if j.Trouble != "" {
		s += "; last: " + j.Trouble
	}
	return s
}

func memory(j *reports.NightJob) (made, freed uint64) {
	for _, c := range j.Census {
		made, freed = made+c.Made, freed+c.Freed
	}
	return made, freed
}

// live lists the objects that lived after the last op, by type.
func live(j *reports.NightJob) string {
	var parts []string
	for _, c := range j.Census {
		if c.Live > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", grouped(c.Live), c.Object))
		}
	}
	return or(strings.Join(parts, ", "), "-")
}

func (m *markdown) nightPower(n *reports.Night) {
	if len(n.Power) == 0 {
		return
	}
	m.line("### The power of the search")
	m.line("")
	m.line("Programs until each fault is found from nothing, as a multiple of what it used to take; %.2f over all.", n.Pooled)
	m.line("")
	m.line("| fault | found | programs, mean | used to be | ratio | chance | |")
	m.line("|---|--:|--:|--:|--:|--:|---|")
	for _, r := range n.Power {
		m.line("| %s | %d of %d | %s | %s | %.2f | %.2g | %s |", escape(r.Fault), r.Found, r.Seeds, grouped(r.Programs/uint64(max(1, r.Found))),
			grouped(uint64(math.Round(r.Was))), r.Ratio, r.Chance, slower(&r))
	}
	for _, g := range n.PowerGroups {
		m.line("| *%s* | %d of %d | | | %.2f | %.2g | %s |", escape(g.Fault), g.Found, g.Seeds, g.Ratio, g.Chance, slower(&g))
	}
	m.line("")
}

func slower(r *reports.PowerRow) string {
	if r.Slower {
		return "**slower**"
	}
	return ""
}

func (m *markdown) nightTrend(n *reports.Night) {
	m.line("### The last nights")
	m.line("")
	m.line("| night | begun | status | time | programs | new | excused | corpus | edges | states | power | children lost |")
	m.line("|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for i := len(n.Trend) - 1; i >= 0; i-- {
		r := &n.Trend[i]
		m.line("| %d | %s | %d | %s | %s | %d | %d | %s | %s | %s | %s | %d |", r.Number, r.Begun.UTC().Format("2006-01-02 15:04"), r.Status, length(r.Spent),
			grouped(r.Programs), r.New, r.Excused, number(r.Corpus), number(r.Edges), number(r.States), pooled(r.Pooled), r.Lost)
	}
}

func pooled(ratio float64) string {
	if ratio == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", ratio)
}

// length is a time in seconds, in words.
func length(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
}

// grouped is a number with a comma every three digits.
func grouped(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// NightJUnit writes a night as test suites: a test for each job, for each
// signature and for each fault of the measurement of power.
func NightJUnit(w io.Writer, n *reports.Night, records []*reports.Record) error {
	var all junit.Testsuites
	jobs := junit.Testsuite{Name: "lastwake.night", Time: fmt.Sprintf("%.1f", n.Spent)}
	jobs.AddProperty("night", fmt.Sprint(n.Number))
	for i := range n.Jobs {
		j := &n.Jobs[i]
		c := junit.Testcase{Name: j.Name, Classname: "lastwake.night", Time: fmt.Sprintf("%.1f", j.Seconds)}
		if j.GivenUp || j.Share > 0 && j.Children > 0 && j.Programs == 0 {
			c.Error = &junit.Result{Message: clean(or(j.Trouble, "no program was run")), Type: "harness"}
		}
		c.SystemOut = &junit.Output{Data: clean(fmt.Sprintf("%s: %d programs, %d children, lost: %s\n", j.What, j.Programs, j.Children, lost(j)))}
		jobs.AddTestcase(c)
	}
	all.AddSuite(jobs)
	found := junit.Testsuite{Name: "lastwake.findings", Time: "0"}
	for i := range n.Findings {
		c, err := nightCase(&n.Findings[i], records)
		if err != nil {
			return err
		}
		found.AddTestcase(c)
	}
	all.AddSuite(found)
	power := junit.Testsuite{Name: "lastwake.power", Time: "0"}
	for _, r := range n.Power {
		c := junit.Testcase{Name: r.Fault, Classname: "lastwake.power", Time: "0"}
		text := fmt.Sprintf("%d of %d seeds, %d programs, %.2f times the %.0f of the baseline", r.Found, r.Seeds, r.Programs, r.Ratio, r.Was)
		if r.Slower {
			c.Failure = &junit.Result{Message: text, Type: "slower"}
		}
		c.SystemOut = &junit.Output{Data: text + "\n"}
		power.AddTestcase(c)
	}
	all.AddSuite(power)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	return all.WriteXML(w)
}

// nightCase is a finding as a test: new is a failure, all else was skipped.
func nightCase(f *reports.NightFinding, records []*reports.Record) (junit.Testcase, error) {
	c := junit.Testcase{Name: f.Signature, Classname: "lastwake." + f.Target + "." + f.Class, Time: "0"}
	res := &junit.Result{Message: f.Cause, Type: f.Class}
	if f.Standing != reports.StandingNew {
		res.Message = standing(f) + ": " + res.Message
		c.Skipped = res
		return c, nil
	}
	for _, r := range records {
		if r.Target == f.Target && r.Signature == f.Signature {
			var text strings.Builder
			if err := reports.Text(&text, r); err != nil {
				return c, err
			}
			res.Message, res.Data = r.Title, clean(text.String())
		}
	}
	c.Failure = res
	c.SystemOut = &junit.Output{Data: clean("reproduce: " + f.Reproduce + "\n")}
	return c, nil
}

// NightHTML writes a night as one page that needs nothing else; the pages of
// the findings lie beside it.
func NightHTML(w io.Writer, n *reports.Night) error {
	type bar struct {
		X, Y, Width, Height float64
		Class, Title        string
	}
	page := struct {
		Style   template.CSS
		N       *reports.Night
		Jobs    []*reports.NightJob
		Found   []*reports.NightFinding
		Verdict string
		Bars    []bar
		Width   float64
	}{Style: style, N: n, Verdict: verdict(n.Status)}
	for i := range n.Jobs {
		page.Jobs = append(page.Jobs, &n.Jobs[i])
	}
	for i := range n.Findings {
		page.Found = append(page.Found, &n.Findings[i])
	}
	most := uint64(1)
	for _, r := range n.Trend {
		most = max(most, r.Programs)
	}
	const wide, high = 10, 60
	for i, r := range n.Trend {
		h := max(1, high*float64(r.Programs)/float64(most))
		page.Bars = append(page.Bars, bar{float64(i*wide + 4), high + 4 - h, wide - 2, h, []string{"made", "use", "free"}[min(max(r.Status, 0), 2)],
			fmt.Sprintf("night %d, status %d, %s programs", r.Number, r.Status, grouped(r.Programs))})
	}
	page.Width = float64(len(n.Trend)*wide + 8)
	return templates.ExecuteTemplate(w, "night.html", page)
}

// nightFuncs are what the template of a night calls.
var nightFuncs = template.FuncMap{
	"length": length, "resumed": resumed, "grouped": grouped, "number": number, "lost": lost, "live": live, "due": due, "standing": standing, "pooled": pooled,
	"made":  func(j *reports.NightJob) string { n, _ := memory(j); return grouped(n) },
	"freed": func(j *reports.NightJob) string { _, n := memory(j); return grouped(n) },
	"day":   func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") },
	"mean":  func(r reports.PowerRow) string { return grouped(r.Programs / uint64(max(1, r.Found))) },
	"round": func(v float64) string { return grouped(uint64(math.Round(v))) },
}

// runs is in how many runs a finding showed.
func runs(f *reports.NightFinding) string {
	if f.Runs == 1 {
		return "1 run"
	}
	return grouped(f.Runs) + " runs"
}

// Issue writes the text of an issue about a new cause: the title as a heading,
// then what is known. The findings are those of the cause, r the record of the
// first, nil when there is none.
func Issue(w io.Writer, n *reports.Night, findings []*reports.NightFinding, r *reports.Record) error {
	m := &markdown{}
	first := findings[0]
	title := first.Class
	if r != nil {
		title += ": " + r.Title
	}
	m.line("# lastwake, %s: %s", first.Target, escape(title))
	m.line("")
	where := first.Job
	for _, j := range n.Jobs {
		if j.Name == first.Job {
			where = j.What
		}
	}
	m.line("Found in night %d, %s UTC, in %s; %s of this night showed it.", n.Number, n.Begun.UTC().Format("2006-01-02"), escape(where), runs(first))
	if first.Cause != first.Signature && (r == nil || len(r.Faults) == 0) {
		m.line("It bears the signature of %s, which is off, or fixed, here.", escape(first.Cause))
	}
	m.line("")
	for _, f := range findings[1:] {
		m.line("* the same cause shows as %s, %s", code(f.Signature), runs(f))
	}
	if len(findings) > 1 {
		m.line("")
	}
	if _, err := io.WriteString(w, m.String()); err != nil {
		return err
	}
	if r == nil {
		_, err := fmt.Fprintf(w, "Signature: %s\n\nreproduce: %s\n", code(first.Signature), code(first.Reproduce))
		return err
	}
	return Markdown(w, r)
}
