package instrument

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A Rejection is one place that the twin cannot keep.
type Rejection struct {
	File      string // path from the module root
	Line, Col int
	Reason    string
}

// String returns "file:line:col: reason", without the column if it is unknown.
func (r Rejection) String() string {
	if r.Col == 0 {
		return fmt.Sprintf("%s:%d: %s", r.File, r.Line, r.Reason)
	}
	return fmt.Sprintf("%s:%d:%d: %s", r.File, r.Line, r.Col, r.Reason)
}

// Rejections are all the places of a package that the twin cannot keep, in
// order of position.
type Rejections []Rejection

// Error returns one line for each rejection.
func (r Rejections) Error() string {
	lines := make([]string, len(r))
	for i := range r {
		lines[i] = r[i].String()
	}
	return strings.Join(lines, "\n")
}

// sorted returns the rejections in order, each once.
func (r Rejections) sorted() Rejections {
	slices.SortFunc(r, func(a, b Rejection) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Col-b.Col, strings.Compare(a.Reason, b.Reason))
	})
	return slices.Compact(r)
}

// rejection is a Rejection at pos, which a line directive may have moved to
// the plain source.
func (m *model) rejection(pos token.Pos, reason string) Rejection {
	at := m.fset.Position(pos)
	return Rejection{at.Filename, at.Line, at.Column, reason}
}

// A judge looks for what the twin cannot keep.
type judge struct {
	*model
	found   Rejections
	asked   map[*ast.CallExpr]bool // faults asked for in a condition
	escaped map[types.Object]bool  // local variables that a call may change
	impure  map[*types.Func]bool
}

// reject returns all reasons not to instrument the package.
func (m *model) reject() Rejections {
	j := &judge{model: m, asked: map[*ast.CallExpr]bool{}, escaped: map[types.Object]bool{}}
	j.impure = m.impureFuncs()
	j.comments()
	j.sharedNames()
	for _, f := range m.files {
		j.prepare(f)
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && j.fromPlain(fn) {
				continue
			}
			ast.PreorderStack(d, []ast.Node{f.ast}, j.node)
		}
	}
	return j.found.sorted()
}

func (j *judge) no(at ast.Node, format string, args ...any) {
	j.found = append(j.found, j.rejection(at.Pos(), fmt.Sprintf(format, args...)))
}

// prepare collects what the rules need to know of a file beforehand: where
// faults are asked for in a condition, and which local variables are changed
// by a closure or through their address.
func (j *judge) prepare(f *file) {
	ast.PreorderStack(f.ast, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			j.condition(n.Cond)
		case *ast.ForStmt:
			j.condition(n.Cond)
		case *ast.SwitchStmt:
			if n.Tag == nil {
				for _, clause := range n.Body.List {
					for _, e := range clause.(*ast.CaseClause).List {
						j.condition(e)
					}
				}
			}
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				j.assigned(e, stack)
			}
		case *ast.IncDecStmt:
			j.assigned(n.X, stack)
		case *ast.UnaryExpr:
			if id, ok := ast.Unparen(n.X).(*ast.Ident); ok && n.Op == token.AND {
				j.escaped[j.info.ObjectOf(id)] = true
			}
		}
		return true
	})
}

// condition notes the questions for faults that cond asks.
func (j *judge) condition(cond ast.Expr) {
	switch e := cond.(type) {
	case *ast.ParenExpr:
		j.condition(e.X)
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			j.condition(e.X)
		}
	case *ast.BinaryExpr:
		if e.Op == token.LAND || e.Op == token.LOR {
			j.condition(e.X)
			j.condition(e.Y)
		}
	case *ast.CallExpr:
		j.asked[e] = true
	}
}

// assigned notes that e is assigned to inside a function literal that does not
// declare it.
func (j *judge) assigned(e ast.Expr, stack []ast.Node) {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return
	}
	obj := j.info.ObjectOf(id)
	for _, n := range stack {
		if lit, ok := n.(*ast.FuncLit); ok && obj != nil && obj.Pos() < lit.Pos() {
			j.escaped[obj] = true
		}
	}
}

// node applies the rules to n; stack holds what is around it.
func (j *judge) node(n ast.Node, stack []ast.Node) bool {
	if spec, ok := n.(ast.Spec); ok && j.isShared(spec) {
		return false
	}
	switch n := n.(type) {
	case ast.Stmt:
		j.stmt(n)
		j.order(n)
	case *ast.ImportSpec:
		j.imported(n)
	case *ast.ValueSpec:
		j.value(n, stack)
		j.unordered(n.Values...)
	case *ast.StructType:
		j.structType(n, stack)
	case *ast.Ident:
		j.ident(n, stack)
		j.defined(n)
	}
	if e, ok := n.(ast.Expr); ok {
		j.expr(e, stack)
	}
	j.interfaces(n, stack)
	return true
}

// parent returns the innermost node around a node that is no parenthesis, and
// how far up the stack it is.
func parent(stack []ast.Node, up int) ast.Node {
	for i := len(stack) - 1; i >= 0; i-- {
		if _, ok := stack[i].(*ast.ParenExpr); ok {
			continue
		}
		if up == 0 {
			return stack[i]
		}
		up--
	}
	return nil
}

// unevaluated reports whether an expression around a node is a constant or a
// type, so that the node is not evaluated.
func (j *judge) unevaluated(stack []ast.Node) bool {
	return slices.ContainsFunc(stack, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		return ok && j.info.Types[e].Value != nil
	})
}
