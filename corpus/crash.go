package corpus

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/lastwake/lastwake/harness/program"
)

// MaxFile bounds the bytes of a file that this package reads.
const MaxFile = 4 << 20

// A Status says what people decided about a crash.
type Status string

// The statuses. Only a Known crash excuses a finding.
const (
	New   Status = ""      // nobody decided yet: a finding, not a known crash
	Known Status = "known" // the fault is there and nobody needs to hear of it again
	Fixed Status = "fixed" // it must not come back
	Flaky Status = "flaky" // it does not fire on every run
)

// A Crash is a finding in a file: what it is called, the program that shows
// it, the same program for the native fuzzer, and its report.
type Crash struct {
	// File is the path that the crash was read from, for messages.
	File string

	// Title says in one sentence what goes wrong.
	Title string
	// Signature is what a run of the program must give.
	Signature string
	// Fault is the name of the fault that has to be on, empty when the
	// program fires with every fault off.
	Fault string
	// FixedBy names the commit that fixes it, or says why none does.
	FixedBy string
	Status  Status

	// Prog is the program's text, Program what it says.
	Prog    string
	Program *program.Program
	// Input is a "go test fuzz v1" file, verbatim; Data is the one []byte
	// that it holds. It decodes to Program, faults aside.
	Input, Data []byte
	// Report is the text of the report.
	Report string
}

// The parts of an archive, in their order.
const (
	partProg   = "prog"
	partInput  = "input"
	partReport = "report"
)

var parts = [...]string{partProg, partInput, partReport}

// NewCrash returns the crash that p shows, with both forms of p in step. Its
// status is New, and its fault empty.
func NewCrash(title, signature string, p *program.Program, report string) *Crash {
	data := program.Encode(p)
	return &Crash{
		Title: title, Signature: signature, Prog: p.String(), Program: p,
		Input: FormatInput(data), Data: data, Report: report,
	}
}

// Target returns the target that the crash was found on.
func (c *Crash) Target() string { return c.Program.Header.Target }

// Format returns c as a file, which ParseCrash reads back. It is an error if c
// contradicts itself.
func (c *Crash) Format() ([]byte, error) {
	var header bytes.Buffer
	for _, k := range headerKeys {
		if v := *k.of(c); v != "" {
			fmt.Fprintf(&header, "%s: %s\n", k.name, v)
		}
	}
	file := txtar.Format(&txtar.Archive{Comment: header.Bytes(), Files: []txtar.File{
		{Name: partProg, Data: []byte(c.Prog)}, {Name: partInput, Data: c.Input}, {Name: partReport, Data: []byte(c.Report)},
	}})
	again, err := ParseCrash(c.File, file)
	if err != nil {
		return nil, err
	}
	if again.Prog != c.Prog || !bytes.Equal(again.Input, c.Input) || again.Report != c.Report {
		return nil, &program.ParseError{File: c.File, Line: 1, Col: 1, Msg: "a part of the crash does not survive being written",
			Hint: `each part must end with a line end and have no line of the form "-- name --"`}
	}
	return file, nil
}

// ParseCrash reads a crash. It is strict: what it does not know, what is
// missing and what disagrees is an error, always a *program.ParseError; file is
// the name that stands in it.
func ParseCrash(file string, data []byte) (*Crash, error) {
	c, err := parseCrash(file, data)
	if err != nil {
		err.File = file
		return nil, err
	}
	return c, nil
}

func parseCrash(file string, data []byte) (*Crash, *program.ParseError) {
	if err := checkText(data); err != nil {
		return nil, err
	}
	archive := txtar.Parse(data)
	c := &Crash{File: file}
	line, err := c.parseHeader(string(archive.Comment))
	if err != nil {
		return nil, err
	}
	for i := range archive.Files {
		f := &archive.Files[i]
		if err := checkPart(archive.Files, i, line); err != nil {
			return nil, err
		}
		if err := c.parsePart(f, line+1); err != nil {
			return nil, err
		}
		line += 1 + bytes.Count(f.Data, newline)
	}
	if n := len(archive.Files); n < len(parts) {
		return nil, flaw(line, 1, fmt.Sprintf("the part %q is missing", parts[n]),
			"a crash has three parts: -- prog --, -- input --, -- report --")
	}
	return c, nil
}

// checkPart returns an error if the part number i, whose marker stands on
// line, is not the one that belongs there.
func checkPart(files []txtar.File, i, line int) *program.ParseError {
	name := files[i].Name
	for _, earlier := range files[:i] {
		if earlier.Name == name {
			return flaw(line, 1, fmt.Sprintf("a second part %q", name), "a crash has each part once")
		}
	}
	order := "the parts are prog, input and report, in this order"
	switch {
	case !slices.Contains(parts[:], name):
		return flaw(line, 4, fmt.Sprintf("unknown part %q", name), didYouMean(name, parts[:], order))
	case name != parts[i]:
		return flaw(line, 4, fmt.Sprintf("the part %q stands where %q belongs", name, parts[i]), order)
	case len(bytes.TrimSpace(files[i].Data)) == 0:
		return flaw(line+1, 1, fmt.Sprintf("the part %q is empty", name), order)
	}
	return nil
}

// parsePart reads f, which starts on line.
func (c *Crash) parsePart(f *txtar.File, line int) *program.ParseError {
	var err *program.ParseError
	switch f.Name {
	case partProg:
		c.Prog = string(f.Data)
		c.Program, err = parseProgram(f.Data)
		if err == nil {
			err = c.checkFault()
		}
	case partInput:
		c.Input = f.Data
		if c.Data, err = parseInput(f.Data); err == nil {
			err = c.checkInput()
		}
	case partReport:
		c.Report = string(f.Data)
		err = c.checkReport()
	}
	if err != nil {
		err.Line += line - 1
	}
	return err
}

// checkFault: the program is run with the fault that the header names, or it
// would not show it.
func (c *Crash) checkFault() *program.ParseError {
	if c.Fault == "" {
		return nil
	}
	for _, name := range c.Program.Header.Faults {
		if sameFault(name, c.Fault) {
			return nil
		}
	}
	return flaw(1, 1, fmt.Sprintf("the program does not switch on the crash's fault %s", c.Fault),
		fmt.Sprintf("write faults=%s in its header", c.Fault))
}

// checkInput: both forms are the same program. Bytes carry neither target nor
// faults.
func (c *Crash) checkInput() *program.ParseError {
	p, q := c.Program, program.New(c.Target())
	program.DecodeInto(q, c.Data)
	q.Header.Faults = p.Header.Faults
	hint := "input must be the bytes of prog: write both anew with lastwake corpus import"
	if a, b := p.Header.String(), q.Header.String(); a != b {
		return flaw(2, 1, fmt.Sprintf("prog and input disagree: the header is %q in prog and %q in input", a, b), hint)
	}
	for i := range max(len(p.Ops), len(q.Ops)) {
		if a, b := opText(p, i), opText(q, i); a != b {
			return flaw(2, 1, fmt.Sprintf("prog and input disagree: op %d is %s in prog and %s in input", i, a, b), hint)
		}
	}
	return nil
}

// opText quotes op i of p.
func opText(p *program.Program, i int) string {
	if i >= len(p.Ops) {
		return "nothing"
	}
	text, _ := p.Ops[i].AppendText(nil)
	return strconv.Quote(string(text))
}

// checkReport: the report is of this finding.
func (c *Crash) checkReport() *program.ParseError {
	want := "signature: " + c.Signature
	for line := range strings.Lines(c.Report) {
		if strings.TrimRight(line, "\r\n") == want {
			return nil
		}
	}
	return flaw(1, 1, "the report is of another finding", fmt.Sprintf("it has no line %q", want))
}
