package judge

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// selector is the file that the mutated package shadow has in addition. The
// checks that may be left out in a twin are functions of their own, which call
// the real ones: a trap names those.
const selector = `package shadow

import (
	"os"
	"strconv"
)

var mutant, _ = strconv.Atoi(os.Getenv("` + MutantVariable + `"))

func intact(n int) bool { return n != mutant }

func Intact(n int) bool { return intact(n) }

func IfLd1[V any](n int, p *V) V { if intact(n) { return Ld1(p) }; return *p }
func IfLd2[V any](n int, p *V) V { if intact(n) { return Ld2(p) }; return *p }
func IfLd4[V any](n int, p *V) V { if intact(n) { return Ld4(p) }; return *p }
func IfLd8[V any](n int, p *V) V { if intact(n) { return Ld8(p) }; return *p }

func IfSt1[V any](n int, p *V, v V) { if intact(n) { St1(p, v) } else { *p = v } }
func IfSt2[V any](n int, p *V, v V) { if intact(n) { St2(p, v) } else { *p = v } }
func IfSt4[V any](n int, p *V, v V) { if intact(n) { St4(p, v) } else { *p = v } }
func IfSt8[V any](n int, p *V, v V) { if intact(n) { St8(p, v) } else { *p = v } }
`

// runtime mutates a file of package shadow: every statement of runtimeFuncs
// that does something is left out by one mutant, and every condition is never
// met in one.
func (m *mutator) runtime(s *source) {
	for _, d := range s.ast.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || !slices.Contains(runtimeFuncs, fn.Name.Name) {
			continue
		}
		w := place{m, s, fn.Name.Name, fn.Name.Name == "poisonAll" || fn.Name.Name == "codeAll"}
		ast.Inspect(fn.Body, w.visit)
	}
}

// A place is a function that is mutated.
type place struct {
	*mutator
	s    *source
	name string
	all  bool // the modes in it are those that were
}

func (w place) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IfStmt:
		if w.elsewhere(n.Cond) {
			return false
		}
		w.condition("if ", n.Cond)
	case *ast.SwitchStmt:
		w.clauses(n)
		return false
	case *ast.ExprStmt:
		if strings.HasPrefix(w.s.of(n), "panic(") {
			return false // its condition is mutated
		}
		w.leaveOut(n)
		return false
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			w.leaveOut(n)
		}
		return false
	case *ast.IncDecStmt:
		w.leaveOut(n)
	case *ast.ForStmt: // its clauses are no statements of their own
		ast.Inspect(n.Body, w.visit)
		return false
	case *ast.ReturnStmt:
		if len(n.Results) == 1 && isQuestion(n.Results[0]) {
			w.condition("return ", n.Results[0])
		}
		return false
	}
	return true
}

// isQuestion reports whether an expression is seen to be true or false.
func isQuestion(e ast.Expr) bool {
	b, ok := e.(*ast.BinaryExpr)
	return ok && slices.Contains([]token.Token{token.EQL, token.NEQ, token.LAND, token.LOR, token.LSS, token.GTR}, b.Op)
}

// elsewhere reports whether a condition is that of a mode which checks
// nothing.
func (w place) elsewhere(cond ast.Expr) bool {
	return !w.all && unsanitized.MatchString(w.s.of(cond))
}

// clauses mutates a switch. The values of one with a tag are no conditions.
func (w place) clauses(n *ast.SwitchStmt) {
	for _, c := range n.Body.List {
		c := c.(*ast.CaseClause)
		if slices.ContainsFunc(c.List, w.elsewhere) {
			continue
		}
		for _, e := range c.List {
			if n.Tag == nil {
				w.condition("case ", e)
			}
		}
		for _, s := range c.Body {
			ast.Inspect(s, w.visit)
		}
	}
}

// condition has a condition never met. Where it is made of several, it is one
// of them that is never or, where all have to be met, always met.
func (w place) condition(keyword string, e ast.Expr) {
	whole := w.name + ": " + keyword + w.s.oneLine(e)
	for _, part := range operandsOf(e, token.LOR) {
		if parts := operandsOf(part, token.LAND); len(parts) > 1 {
			for _, p := range parts {
				w.s.wrap(p, fmt.Sprintf("(!intact(%d) || (", w.next(whole+", always "+w.s.oneLine(p))), "))")
			}
			continue
		}
		name := whole
		if part != e {
			name += ", never " + w.s.oneLine(part)
		}
		w.s.wrap(part, fmt.Sprintf("(intact(%d) && (", w.next(name)), "))")
	}
}

// operandsOf are the operands of a chain of an operator.
func operandsOf(e ast.Expr, op token.Token) []ast.Expr {
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op == op {
		return append(operandsOf(b.X, op), operandsOf(b.Y, op)...)
	}
	return []ast.Expr{e}
}

func (w place) leaveOut(stmt ast.Stmt) {
	text := w.s.oneLine(stmt)
	if slices.Contains(modelsOwn, text) {
		return
	}
	w.s.wrap(stmt, fmt.Sprintf("if intact(%d) { ", w.next(w.name+": "+text)), " }")
}

// twin mutates a twin: each rule of the rewriter leaves its checks out at one
// size, or its counters in one kind of block.
func (m *mutator) twin(s *source) {
	done := map[*ast.CallExpr]bool{}
	ast.Inspect(s.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if !done[n] {
				m.rule(s, n, done)
			}
		case *ast.FuncDecl:
			m.uncounted(s, "func", n.Body)
		case *ast.FuncLit:
			m.uncounted(s, "func", n.Body)
		case *ast.IfStmt:
			m.uncounted(s, "if", n.Body)
			if b, ok := n.Else.(*ast.BlockStmt); ok {
				m.uncounted(s, "else", b)
			}
		case *ast.ForStmt:
			m.uncounted(s, "for", n.Body)
		case *ast.RangeStmt:
			m.uncounted(s, "range", n.Body)
		case *ast.CaseClause:
			kind := "case"
			if n.List == nil {
				kind = "default"
			}
			m.uncounted(s, kind, &ast.BlockStmt{List: n.Body})
		}
		return true
	})
}

// rule has the checks that a rule wrote left out, if call is the outermost of
// them. An op-assign and an increment are a store of what has been loaded from
// the same place.
func (m *mutator) rule(s *source, call *ast.CallExpr, done map[*ast.CallExpr]bool) {
	verb, size := check(s, call)
	if verb == "" {
		return
	}
	calls, rule := []*ast.CallExpr{call}, "load"
	if verb == "St" {
		rule = "store"
		if sum, ok := call.Args[1].(*ast.BinaryExpr); ok {
			load, ok := sum.X.(*ast.CallExpr)
			if inner, _ := check(s, load); ok && inner == "Ld" && s.oneLine(load.Args[0]) == s.oneLine(call.Args[0]) {
				calls, rule = append(calls, load), "op-assign"
				if s.of(sum.Y) == "1" {
					rule = "increment"
				}
			}
		}
	}
	id := m.id(fmt.Sprintf("rule %s of %s", rule, size))
	for _, c := range calls {
		done[c] = true
		name := c.Fun.(*ast.SelectorExpr).Sel
		s.edits = append(s.edits, insertion{s.offset(name.Pos()), "If"},
			insertion{s.offset(c.Lparen) + 1, fmt.Sprintf("%d, ", id)})
	}
}

// check is the verb and the size of a call of one of package shadow's checks,
// empty if it is none.
func check(s *source, call *ast.CallExpr) (verb, size string) {
	if call == nil {
		return "", ""
	}
	name, ok := strings.CutPrefix(s.of(call.Fun), "shadow.")
	if !ok || len(name) != 3 || name[:2] != "Ld" && name[:2] != "St" {
		return "", ""
	}
	return name[:2], name[2:]
}

// uncounted has the counter at the start of a block left out, if there is one.
func (m *mutator) uncounted(s *source, kind string, b *ast.BlockStmt) {
	if b == nil || len(b.List) == 0 {
		return
	}
	count, ok := b.List[0].(*ast.IncDecStmt)
	if ok && strings.HasPrefix(s.of(count), "w.cov[") {
		s.wrap(count, fmt.Sprintf("if shadow.Intact(%d) { ", m.id("counter of "+kind)), " }")
	}
}
