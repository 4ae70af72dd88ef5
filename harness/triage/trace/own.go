package trace

import (
	"encoding/json"
	"strings"
)

// own reads the lines by which reports of this project say what they are.
func (p *reader) own(s string) bool {
	switch {
	case strings.HasPrefix(s, "signature: "):
		p.signature(strings.TrimPrefix(s, "signature: "))
		return true
	case strings.HasPrefix(s, `{"type":"record"`):
		var r struct {
			Signature string `json:"signature"`
		}
		if json.Unmarshal([]byte(s), &r) == nil {
			p.signature(r.Signature)
			return true
		}
	}
	return false
}

func (p *reader) signature(s string) {
	if n := strings.Count(s, " | "); n >= 3 && n <= 4 && len(p.doc.Signatures) < p.lim.Reports && len(s) < 1<<10 {
		p.doc.Signatures = append(p.doc.Signatures, s)
	}
}
