package instrument

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"slices"
	"strings"
	"text/template"
)

// A row is one line of the table of C names.
type row struct {
	Func, C, File string
	Line          int
	Primitive     bool
}

// rows lists the functions that have a directive, once by the name they have
// in the plain package and once by that in the twin.
func (m *model) rows() []row {
	var rows []row
	for _, f := range m.files {
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			c, ok := m.directives[fn]
			if !ok {
				continue
			}
			for _, pkg := range []string{m.cfg.ImportPath, m.twinImport()} {
				rows = append(rows, row{pkg + "." + m.funcName(fn), c.c, c.file, m.line(fn.Pos()), c.primitive})
			}
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.Func, b.Func) })
	return rows
}

// generatedFiles returns GeneratedName for the plain package and for the twin.
func (m *model) generatedFiles() (plain, twin []byte, err error) {
	if plain, err = m.plainGenerated(m.rows()); err != nil {
		return nil, nil, err
	}
	twin, err = m.execute(twinTemplate, nil)
	return plain, twin, err
}

func (m *model) plainGenerated(rows []row) ([]byte, error) { return m.execute(plainTemplate, rows) }

func (m *model) execute(t *template.Template, rows []row) ([]byte, error) {
	name := m.cfg.ImportPath[strings.LastIndex(m.cfg.ImportPath, "/")+1:]
	if len(m.files) > 0 {
		name = m.files[0].ast.Name.Name
	}
	var b bytes.Buffer
	err := t.Execute(&b, map[string]any{
		"By":    generatedBy,
		"Name":  name,
		"Path":  m.cfg.ImportPath,
		"Twin":  m.twinName(),
		"Edges": len(m.edges),

		"Shadow": shadowPath,
		"Rows":   rows,
	})
	if err != nil {
		return nil, fmt.Errorf("generate %s: %w", GeneratedName, err)
	}
	return format.Source(b.Bytes())
}

var plainTemplate = template.Must(template.New("plain").Parse(`{{.By}}. DO NOT EDIT.

package {{.Name}}

import (
	"slices"
	"strings"

	"{{.Shadow}}"
)

// NumEdges is the number of edge counters in the checked twin.
const NumEdges = {{.Edges}}

// A CFunc says which C function a Go function models. Func is its full name as
// package runtime prints it; Primitive says that signatures skip it.
type CFunc = struct {
	Func, C, File string
	Line          int
	Primitive     bool
}

// CTable lists the functions of this package and of its checked twin, sorted
// by Func.
var CTable = []CFunc{
{{- range .Rows}}
	{ {{- printf "%q, %q, %q, %d, %t" .Func .C .File .Line .Primitive -}} },
{{- end}}
}

// CFuncOf returns the row for the function with the given full name, or for
// the function around it when it is a closure.
func CFuncOf(name string) (CFunc, bool) {
	if i := strings.Index(name, ".func"); i >= 0 {
		name = name[:i]
	}
	i, ok := slices.BinarySearchFunc(CTable, name, func(f CFunc, name string) int { return strings.Compare(f.Func, name) })
	if !ok {
		return CFunc{}, false
	}
	return CTable[i], true
}

// canary has something to say in the twin only.
func canary(*shadow.Arena) error { return nil }
`))

var twinTemplate = template.Must(template.New("twin").Parse(`{{.By}}. DO NOT EDIT.

// Package {{.Twin}} is the checked twin of package {{.Name}}: the same source, in which
// every access to an object goes through the shadow memory and every edge is
// counted.
package {{.Twin}}

import (
	"unsafe"

	"{{.Path}}"
	"{{.Shadow}}"
)

// NumEdges is the number of edge counters.
const NumEdges = {{.Edges}}

// A CFunc is a row of CTable.
type CFunc = {{.Name}}.CFunc

// CTable is the plain package's table, which has the rows of this package too.
var CTable = {{.Name}}.CTable

// CFuncOf returns the row of CTable for a function.
func CFuncOf(name string) (CFunc, bool) { return {{.Name}}.CFuncOf(name) }

// canary returns an error when this package was built without its checks.
func canary(a *shadow.Arena) error { return a.Canary(canaryTouch) }

// canaryTouch has a check inlined into it. It stays a function of its own: in a
// closure that moves into its caller the check would be a call, and the linker
// might take its body from a package that was built with other flags.
//
//go:noinline
func canaryTouch(p unsafe.Pointer) { shadow.Ld8((*uint64)(p)) }
`))
