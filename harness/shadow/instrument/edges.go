package instrument

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// A verdict is what is known of a condition when every fault is off.
type verdict uint8

const (
	maybe verdict = iota
	never
	always
)

// An edgeCounter numbers the blocks of a package that get a counter.
type edgeCounter struct {
	*model
	ids  map[ast.Node]int
	file *file
	fn   string
}

// countEdges numbers the edges of the package: function bodies, the arms of
// if, the bodies of loops and the clauses of switches in which a *World named
// w is in scope. The arms of a question for a fault have no counter, and the
// faulty arm has none inside either, so that coverage does not tell where the
// faults are.
func (m *model) countEdges() map[ast.Node]int {
	c := &edgeCounter{model: m, ids: map[ast.Node]int{}}
	if !m.hasCounters() {
		return c.ids
	}
	for _, f := range m.files {
		c.file = f
		for _, d := range f.ast.Decls {
			c.decl(d)
		}
	}
	return c.ids
}

// hasCounters reports whether the package has a World with an array cov.
func (m *model) hasCounters() bool {
	world, ok := m.pkg.Scope().Lookup("World").(*types.TypeName)
	if !ok {
		return false
	}
	cov, _, _ := types.LookupFieldOrMethod(world.Type(), true, m.pkg, "cov")
	v, ok := cov.(*types.Var)
	return ok && isArray(v.Type())
}

func (c *edgeCounter) decl(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Body == nil || c.fromPlain(d) {
			return
		}
		c.fn = c.funcName(d)
		c.mark(d.Body, "func")
		c.walk(d.Body)
	case *ast.GenDecl:
		c.fn = "init"
		c.walk(d)
	}
}

// walk counts the edges below n.
func (c *edgeCounter) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			c.mark(n.Body, "func")
		case *ast.IfStmt:
			c.ifStmt(n, false)
			return false
		case *ast.ForStmt:
			if c.verdict(n.Cond) == never {
				return false
			}
			c.mark(n.Body, "for")
		case *ast.RangeStmt:
			c.mark(n.Body, "range")
		case *ast.CaseClause:
			if c.deadClause(n) {
				return false
			}
			c.clause(n)
		}
		return true
	})
}

// ifStmt counts as if the condition's faults were folded to false: an arm that
// never runs has no counter in it, an arm that always runs is no edge of its
// own. In an else-if such an arm is the else arm of the if before it.
func (c *edgeCounter) ifStmt(n *ast.IfStmt, inElse bool) {
	c.walkOpt(n.Init)
	c.walk(n.Cond)
	switch c.verdict(n.Cond) {
	case always:
		c.arm(n.Body, inElse, "else")
	case never:
		c.elseArm(n.Else, inElse, inElse)
	default:
		c.arm(n.Body, true, "if")
		c.elseArm(n.Else, true, true)
	}
}

func (c *edgeCounter) arm(b *ast.BlockStmt, counted bool, kind string) {
	if counted {
		c.mark(b, kind)
	}
	c.walk(b)
}

func (c *edgeCounter) elseArm(s ast.Stmt, counted, inElse bool) {
	switch s := s.(type) {
	case *ast.BlockStmt:
		c.arm(s, counted, "else")
	case *ast.IfStmt:
		c.ifStmt(s, inElse)
	}
}

func (c *edgeCounter) walkOpt(s ast.Stmt) {
	if s != nil {
		c.walk(s)
	}
}

func (c *edgeCounter) clause(n *ast.CaseClause) {
	if n.List == nil {
		c.mark(n, "default")
		return
	}
	c.mark(n, "case")
}

// deadClause reports whether no fault being on means that the clause never
// runs.
func (c *edgeCounter) deadClause(n *ast.CaseClause) bool {
	for _, e := range n.List {
		if c.verdict(e) != never {
			return false
		}
	}
	return n.List != nil
}

// mark gives block n a counter, provided a *World named w is in scope.
func (c *edgeCounter) mark(n ast.Node, kind string) {
	at := token.NoPos
	switch n := n.(type) {
	case *ast.BlockStmt:
		at = n.Lbrace
	case *ast.CaseClause:
		at = n.Colon
	}
	scope := c.pkg.Scope().Innermost(at + 1)
	if scope == nil {
		return
	}
	if _, w := scope.LookupParent("w", at+1); w == nil || !c.isWorldPtr(w.Type()) {
		return
	}
	c.ids[n] = len(c.edges)
	c.edges = append(c.edges, Edge{
		ID:   len(c.edges),
		File: c.plainPath(c.file.name),
		Line: c.line(at),
		Func: c.fn,
		Kind: kind,
	})
}

// verdict folds the faults of a condition to false, and so w.tracing, whose
// blocks are not part of what the model does.
func (m *model) verdict(cond ast.Expr) verdict {
	switch e := cond.(type) {
	case *ast.ParenExpr:
		return m.verdict(e.X)
	case *ast.UnaryExpr:
		if e.Op != token.NOT {
			return maybe
		}
		return [...]verdict{maybe: maybe, never: always, always: never}[m.verdict(e.X)]
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND:
			return conjunction(m.verdict(e.X), m.verdict(e.Y), never, always)
		case token.LOR:
			return conjunction(m.verdict(e.X), m.verdict(e.Y), always, never)
		}
	case *ast.CallExpr:
		if m.isFaultQuestion(e) {
			return never
		}
	case *ast.SelectorExpr:
		if e.Sel.Name == "tracing" && m.isWorldPtr(m.info.TypeOf(e.X)) {
			return never
		}
	}
	return maybe
}

// conjunction is x && y when zero is never and one is always; with both
// swapped it is x || y.
func conjunction(x, y, zero, one verdict) verdict {
	switch {
	case x == zero || y == zero:
		return zero
	case x == one && y == one:
		return one
	}
	return maybe
}

// isFaultQuestion reports whether e is a call of (*fault.Set).Has.
func (m *model) isFaultQuestion(e *ast.CallExpr) bool {
	sel, ok := e.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Has" {
		return false
	}
	fn, ok := m.info.Uses[sel.Sel].(*types.Func)
	return ok && fn.Pkg() != nil && strings.HasSuffix(fn.Pkg().Path(), "harness/fault")
}

func (m *model) isWorldPtr(t types.Type) bool {
	if t == nil {
		return false
	}
	p, ok := t.Underlying().(*types.Pointer)
	if !ok {
		return false
	}
	named, ok := types.Unalias(p.Elem()).(*types.Named)
	return ok && named.Obj().Pkg() == m.pkg && named.Obj().Name() == "World"
}

// funcName is the name of d as package runtime prints it behind the package's
// path: "(*QCC).Release".
func (m *model) funcName(d *ast.FuncDecl) string {
	name := d.Name.Name
	if d.Recv == nil {
		return name
	}
	t := m.info.TypeOf(d.Recv.List[0].Type)
	if p, ok := t.(*types.Pointer); ok {
		if named, ok := types.Unalias(p.Elem()).(*types.Named); ok {
			return "(*" + named.Obj().Name() + ")." + name
		}
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Obj().Name() + "." + name
	}
	return name
}
