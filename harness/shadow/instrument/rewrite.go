package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// A rule is one shape that the rewriter knows.
type rule uint8

const (
	_           rule = iota
	ruleLoad         // p.f as a value
	ruleStore        // p.f = v
	ruleOp           // p.f += v
	ruleInc          // p.f++
	ruleAddress      // &p.f, no load of p.f
	ruleRange        // range over a managed array, by index
	numRules
)

// An edit replaces bytes [from, to) of a source file.
type edit struct {
	from, to int
	text     string
}

// A rewriter turns the source text of one file into its twin's. It works on
// text, so that comments and line breaks stay where they are.
type rewriter struct {
	*model
	file   *file
	shadow string // the name under which the file imports package shadow
	ids    map[ast.Node]int
	fixed  map[ast.Node]string // nodes whose text was decided beforehand
	uses   bool                // a check was written
}

// text returns the twin's text of n.
func (r *rewriter) text(n ast.Node) string {
	if s, ok := r.rewrite(n); ok {
		return s
	}
	return r.splice(n)
}

// splice returns the text of n, in which the nodes below n are rewritten.
func (r *rewriter) splice(n ast.Node) string {
	return apply(r.file.src, r.offset(n.Pos()), r.offset(n.End()), r.edits(n))
}

// edits returns the edits below n, in order.
func (r *rewriter) edits(n ast.Node) []edit {
	var edits []edit
	ast.Inspect(n, func(c ast.Node) bool {
		if c == nil {
			return true
		}
		if c != n {
			if s, ok := r.rewrite(c); ok {
				edits = append(edits, edit{r.offset(c.Pos()), r.offset(c.End()), s})
				return false
			}
		}
		if id, ok := r.ids[c]; ok {
			edits = append(edits, r.counter(c, id))
		}
		if loop, ok := c.(*ast.RangeStmt); ok {
			r.fixRange(loop)
		}
		return true
	})
	slices.SortStableFunc(edits, func(a, b edit) int { return a.from - b.from })
	return edits
}

// apply returns src[from:to] with the edits made.
func apply(src []byte, from, to int, edits []edit) string {
	var b strings.Builder
	for _, e := range edits {
		if e.from < from {
			continue // inside the one before
		}
		b.Write(src[from:e.from])
		b.WriteString(e.text)
		from = e.to
	}
	b.Write(src[from:to])
	return b.String()
}

// rewrite returns the text of n when n itself is one of the shapes that
// change.
func (r *rewriter) rewrite(n ast.Node) (string, bool) {
	if s, ok := r.fixed[n]; ok {
		return s, true
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		return r.assign(n)
	case *ast.IncDecStmt:
		if root, ok := r.scalar(n.X); ok {
			if r.cfg.skip == ruleInc {
				r.fixed[n.X] = r.lvalue(n.X, root)
				return "", false
			}
			lv, again := r.twice(n.X, root)
			return r.check("St", n.X, lv, ", "+r.check("Ld", n.X, again)+n.Tok.String()[:1]+"1"), true
		}
	case ast.Expr:
		return r.expr(n)
	}
	return "", false
}

// scalar is root for a path that a check can cover.
func (r *rewriter) scalar(e ast.Expr) (ast.Expr, bool) {
	root, ok := r.root(e)
	return root, ok && r.size(r.info.TypeOf(e)) != 0
}

func (r *rewriter) expr(e ast.Expr) (string, bool) {
	if tv := r.info.Types[e]; tv.Value != nil || tv.IsType() {
		return string(r.source(e)), true // evaluates nothing
	}
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND && r.cfg.skip != ruleAddress {
		if root, ok := r.root(u.X); ok {
			return "&" + r.lvalue(u.X, root), true
		}
	}
	if root, ok := r.scalar(e); ok && r.cfg.skip != ruleLoad {
		return r.check("Ld", e, r.lvalue(e, root)), true
	}
	return "", false
}

// assign rewrites a store or an op-assign.
func (r *rewriter) assign(n *ast.AssignStmt) (string, bool) {
	if len(n.Lhs) != 1 {
		return "", false
	}
	left, right := n.Lhs[0], n.Rhs[0]
	root, ok := r.scalar(left)
	if !ok {
		return "", false
	}
	gap := string(r.file.src[r.offset(n.TokPos)+len(n.Tok.String()) : r.offset(right.Pos())])
	if n.Tok == token.ASSIGN {
		if r.cfg.skip == ruleStore {
			r.fixed[left] = r.lvalue(left, root)
			return "", false
		}
		return r.check("St", left, r.lvalue(left, root), ","+gap+r.text(right)), true
	}
	if r.cfg.skip == ruleOp {
		r.fixed[left] = r.lvalue(left, root)
		return "", false
	}
	lv, again := r.twice(left, root)
	value := r.text(right)
	if needsParens(right) {
		value = "(" + value + ")"
	}
	op := strings.TrimSuffix(n.Tok.String(), "=")
	return r.check("St", left, lv, ", "+r.check("Ld", left, again)+" "+op+gap+value), true
}

// twice returns the text of path e to be written two times; the second one has
// no line breaks.
func (r *rewriter) twice(e, root ast.Expr) (first, second string) {
	before := r.accesses
	first = r.lvalue(e, root)
	r.accesses += r.accesses - before
	return first, oneLine(first)
}

// check writes a call of one of package shadow's checks on the memory that
// lvalue names.
func (r *rewriter) check(verb string, e ast.Expr, lvalue string, value ...string) string {
	r.accesses++
	r.uses = true
	return fmt.Sprintf("%s.%s%d(&%s%s)", r.shadow, verb, r.size(r.info.TypeOf(e)), lvalue, strings.Join(value, ""))
}

// lvalue returns the text of path e: its root and its indices are rewritten,
// the selectors between them are not.
func (r *rewriter) lvalue(e, root ast.Expr) string {
	switch x := e.(type) {
	case *ast.ParenExpr:
		return "(" + r.lvalue(x.X, root) + ")"
	case *ast.SelectorExpr:
		base := ""
		if x.X == root {
			base = r.text(root)
		} else {
			base = r.lvalue(x.X, root)
		}
		return base + string(r.file.src[r.offset(x.X.End()):r.offset(x.End())])
	case *ast.IndexExpr:
		return r.lvalue(x.X, root) + "[" + r.text(x.Index) + "]"
	case *ast.StarExpr:
		return "*" + r.text(root)
	}
	panic(fmt.Sprintf("%T is no path", e))
}

// fixRange turns the range over a managed array into one over its length,
// which Go does not evaluate either.
func (r *rewriter) fixRange(loop *ast.RangeStmt) {
	if _, ok := r.root(loop.X); ok && loop.Value == nil && isArray(r.info.TypeOf(loop.X)) && r.cfg.skip != ruleRange {
		r.fixed[loop.X] = "len(" + string(r.source(loop.X)) + ")"
	}
}

// counter is the edit that counts the edge into block n.
func (r *rewriter) counter(n ast.Node, id int) edit {
	at := 0
	switch n := n.(type) {
	case *ast.BlockStmt:
		at = r.offset(n.Lbrace) + 1
	case *ast.CaseClause:
		at = r.offset(n.Colon) + 1
	}
	return edit{at, at, " " + counterText(id)}
}

func (r *rewriter) source(n ast.Node) []byte {
	return r.file.src[r.offset(n.Pos()):r.offset(n.End())]
}

// oneLine joins the lines of an expression that is written a second time.
func oneLine(s string) string {
	if !strings.Contains(s, "\n") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// needsParens reports whether e binds weaker than any binary operator.
func needsParens(e ast.Expr) bool {
	_, binary := e.(*ast.BinaryExpr)
	return binary
}
