package formats

import (
	"encoding/json"
	"io"

	"github.com/lastwake/lastwake/reports"
)

// JSON writes r as one JSON object: on one line when indent is empty, else on
// several, each level indented by indent. The object bears "type":"record"
// first, so that it can stand among other objects in a file of JSON lines.
func JSON(w io.Writer, r *reports.Record, indent string) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	return e.Encode(struct {
		Type string `json:"type"`
		*reports.Record
	}{"record", r})
}
