package formats

import (
	"html/template"
	"io"

	"github.com/lastwake/lastwake/harness/fault"
)

// A Listed is a crash as the index page lists it.
type Listed struct {
	// Title and Class are those of its record, Page the address of its page.
	Title, Class, Page string
	// State is what was decided about it, First and Last the days on which it
	// was seen, YYYY-MM-DD, "" when nobody knows.
	State, First, Last string
	// Ops is the length of its program, Fault the name of the fault that it
	// needs, "" for none.
	Ops   int
	Fault string
}

// Index writes the page that lists all crashes and all faults. times are, by
// the name of the fault, how long a hunt took to show it, in words.
func Index(w io.Writer, crashes []Listed, faults []fault.Fault, times map[string]string) error {
	type row struct {
		fault.Fault
		ID, Page, Time string
		Issue          *link
	}
	page := struct {
		Style   template.CSS
		Crashes []Listed
		Faults  []row
		Shown   int
	}{Style: style, Crashes: crashes}
	for _, f := range faults {
		x := row{Fault: f, ID: f.Name, Time: times[f.Name]}
		if f.Issue != "" {
			x.Issue = &link{"#" + f.Issue, upstream + "/issues/" + f.Issue}
		}
		for _, c := range crashes {
			if c.Fault == f.Name && x.Page == "" {
				x.Page = c.Page
				page.Shown++
			}
		}
		page.Faults = append(page.Faults, x)
	}
	return templates.ExecuteTemplate(w, "index.html", page)
}
