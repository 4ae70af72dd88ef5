package instrument

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// A folder answers questions for some faults with false and removes what can
// no longer run. It works on the text of a file, before there are types, and
// keeps every line where it is. It shares no code with the rules for counters,
// which it is there to test.
type folder struct {
	src    []byte
	base   token.Pos
	faults []string
	err    error
}

// foldSource folds the named faults in one file.
func foldSource(name string, src []byte, faults []string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f := &folder{src: src, base: file.FileStart, faults: faults}
	text := f.splice(file, f.base, file.FileEnd)
	if f.err != nil {
		return nil, fmt.Errorf("fold %s: %w", name, f.err)
	}
	return []byte(text + f.keepImports(file)), nil
}

// keepImports uses the packages once more that the questions were asked with.
func (f *folder) keepImports(file *ast.File) string {
	uses := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && f.isFolded(call) {
			if sel, ok := call.Args[0].(*ast.SelectorExpr); ok {
				uses[f.source(sel.Pos(), sel.End())] = true
			}
		}
		return true
	})
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(uses)) {
		fmt.Fprintf(&b, "\nvar _ = %s\n", name)
	}
	return b.String()
}

// isFolded reports whether e asks for one of the faults.
func (f *folder) isFolded(e *ast.CallExpr) bool {
	fun, ok := e.Fun.(*ast.SelectorExpr)
	if !ok || fun.Sel.Name != "Has" || len(e.Args) != 1 {
		return false
	}
	switch arg := e.Args[0].(type) {
	case *ast.Ident:
		return slices.Contains(f.faults, arg.Name)
	case *ast.SelectorExpr:
		return slices.Contains(f.faults, arg.Sel.Name)
	}
	return false
}

// value is what a condition is known to be: "true", "false" or "".
func (f *folder) value(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return f.value(e.X)
	case *ast.CallExpr:
		if f.isFolded(e) {
			return "false"
		}
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return map[string]string{"true": "false", "false": "true"}[f.value(e.X)]
		}
	case *ast.BinaryExpr:
		x, y := f.value(e.X), f.value(e.Y)
		switch {
		case e.Op == token.LAND && (x == "false" || y == "false"):
			return "false"
		case e.Op == token.LOR && (x == "true" || y == "true"):
			return "true"
		case e.Op == token.LAND && x == "true" && y == "true":
			return "true"
		case e.Op == token.LOR && x == "false" && y == "false":
			return "false"
		}
	}
	return ""
}

// onlyFaults reports whether a condition asks for faults and nothing else.
func (f *folder) onlyFaults(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return f.onlyFaults(e.X)
	case *ast.CallExpr:
		return f.isFolded(e)
	case *ast.UnaryExpr:
		return f.onlyFaults(e.X)
	case *ast.BinaryExpr:
		return f.onlyFaults(e.X) && f.onlyFaults(e.Y)
	}
	return false
}

func (f *folder) text(n ast.Node) string {
	if s, ok := f.fold(n); ok {
		return s
	}
	return f.splice(n, n.Pos(), n.End())
}

// splice returns the text from one position to another, in which what lies
// below n is folded.
func (f *folder) splice(n ast.Node, from, to token.Pos) string {
	var edits []edit
	ast.Inspect(n, func(c ast.Node) bool {
		if c == nil || c == n {
			return true
		}
		s, ok := f.fold(c)
		if ok && from <= c.Pos() && c.End() <= to {
			edits = append(edits, edit{f.offset(c.Pos()), f.offset(c.End()), s})
		}
		return !ok
	})
	return apply(f.src, f.offset(from), f.offset(to), edits)
}

func (f *folder) fold(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.CallExpr:
		return "false", f.isFolded(n)
	case *ast.IfStmt:
		return f.ifStmt(n), true
	case *ast.ForStmt:
		if f.value(n.Cond) != "false" {
			return "", false
		}
		if n.Init != nil || !f.onlyFaults(n.Cond) {
			f.err = fmt.Errorf("line %d: a loop that never runs has effects", f.line(n.Pos()))
		}
		return f.lines(n.Pos(), n.End()), true
	case *ast.CaseClause:
		dead := len(n.List) > 0 && !slices.ContainsFunc(n.List, func(e ast.Expr) bool { return f.value(e) != "false" })
		return f.lines(n.Pos(), n.End()), dead
	}
	return "", false
}

// ifStmt folds an if that is a statement of its own.
func (f *folder) ifStmt(n *ast.IfStmt) string {
	value := f.value(n.Cond)
	if value == "" {
		return f.splice(n, n.Pos(), n.Body.Pos()) + f.text(n.Body) + f.elsePart(n)
	}
	text := f.lines(n.Pos(), n.Body.Pos())
	if value == "true" {
		text += f.text(n.Body) + f.lines(n.Body.End(), n.End())
	} else {
		text += f.lines(n.Body.Pos(), n.Body.End())
		if n.Else != nil {
			text += f.lines(n.Body.End(), n.Else.Pos()) + f.text(n.Else)
		}
	}
	if n.Init == nil && f.onlyFaults(n.Cond) {
		return text
	}
	head := "{ "
	if n.Init != nil {
		head += f.text(n.Init) + "; "
	}
	return head + "_ = (" + f.text(n.Cond) + "); " + text + " }"
}

// elsePart folds what stands behind the first arm of n.
func (f *folder) elsePart(n *ast.IfStmt) string {
	if n.Else == nil {
		return ""
	}
	gap := f.source(n.Body.End(), n.Else.Pos())
	e, ok := n.Else.(*ast.IfStmt)
	if !ok || f.value(e.Cond) == "" {
		return gap + f.text(n.Else)
	}
	if e.Init != nil || !f.onlyFaults(e.Cond) {
		f.err = fmt.Errorf("line %d: an else-if that is folded has effects", f.line(e.Pos()))
	}
	if f.value(e.Cond) == "true" {
		return gap + f.lines(e.Pos(), e.Body.Pos()) + f.text(e.Body) + f.lines(e.Body.End(), e.End())
	}
	gone := f.lines(n.Body.End(), e.Body.End())
	rest := f.elsePart(e)
	if i := strings.Index(rest, "else"); i >= 0 {
		return rest[:i] + "else " + gone + rest[i+len("else"):]
	}
	return gone + rest
}

func (f *folder) offset(p token.Pos) int           { return int(p - f.base) }
func (f *folder) source(from, to token.Pos) string { return string(f.src[f.offset(from):f.offset(to)]) }
func (f *folder) line(p token.Pos) int             { return 1 + strings.Count(f.source(f.base, p), "\n") }
func (f *folder) lines(from, to token.Pos) string {
	return strings.Repeat("\n", strings.Count(f.source(from, to), "\n"))
}
