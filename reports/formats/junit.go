package formats

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/lastwake/lastwake/reports"
)

// JUnit writes the records as one test suite, a test for each. A known crash
// is a test that was skipped: it is there, and nobody needs to hear of it
// again.
func JUnit(w io.Writer, records []*reports.Record) error {
	suite := junit.Testsuite{Name: "lastwake", Time: "0"}
	suite.AddProperty("format", "lastwake junit 1")
	for _, r := range records {
		c, err := testcase(r)
		if err != nil {
			return err
		}
		suite.AddTestcase(c)
	}
	var all junit.Testsuites
	all.AddSuite(suite)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	return all.WriteXML(w)
}

func testcase(r *reports.Record) (junit.Testcase, error) {
	var text strings.Builder
	if err := reports.Text(&text, r); err != nil {
		return junit.Testcase{}, err
	}
	c := junit.Testcase{Name: r.Signature, Classname: "lastwake." + r.Target + "." + r.Class, Time: "0"}
	res := &junit.Result{Message: r.Title, Type: r.Class, Data: clean(text.String())}
	if r.Known {
		res.Message = "known: " + res.Message
		res.Data = ""
		c.Skipped = res
	} else {
		c.Failure = res
	}
	if len(r.Reproduce) > 0 {
		c.SystemOut = &junit.Output{Data: fmt.Sprintf("reproduce: %s\n", r.Reproduce[0])}
	}
	return c, nil
}

// clean drops what XML cannot hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}
