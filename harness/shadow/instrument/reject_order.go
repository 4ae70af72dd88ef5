package instrument

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Go orders calls among each other, and the operands of && and ||, but leaves
// open whether a variable is loaded before or after a call in the same
// expression. In the twin a load of an object is a call, so it has an order,
// and the two could differ. The rule: a load of an object and a call that may
// write are in one statement only if one is an operand of the other, or if the
// load belongs to an earlier call.

// An effect is what evaluating an expression does, as far as order matters.
type effect struct {
	load   ast.Expr // a load of an object that an earlier or later call may change
	sealed ast.Expr // a load that is an operand of some call: done before later calls
	call   ast.Expr // a call that may write
}

func (a effect) and(b effect) effect {
	if a.load == nil {
		a.load = b.load
	}
	if a.sealed == nil {
		a.sealed = b.sealed
	}
	if a.call == nil {
		a.call = b.call
	}
	return a
}

// order applies the rule to the expressions of one statement, not to those of
// statements in it.
func (j *judge) order(n ast.Stmt) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		j.assignOrder(n)
	case *ast.IncDecStmt:
		j.effect(n.X)
	case *ast.ExprStmt:
		j.effect(n.X)
	case *ast.ReturnStmt:
		j.unordered(n.Results...)
	case *ast.SendStmt:
		j.unordered(n.Chan, n.Value)
	case *ast.IfStmt:
		j.effect(n.Cond)
	case *ast.ForStmt:
		j.effect(n.Cond)
	case *ast.SwitchStmt:
		j.effect(n.Tag)
	case *ast.CaseClause:
		for _, e := range n.List {
			j.effect(e)
		}
	case *ast.RangeStmt:
		j.effect(n.X)
	}
}

func (j *judge) assignOrder(n *ast.AssignStmt) {
	var effects []effect
	for _, l := range n.Lhs {
		root, ok := j.root(l)
		switch {
		case !ok:
			effects = append(effects, j.effect(l))
		case n.Tok == token.ASSIGN:
			effects = append(effects, j.pathEffect(l, root))
		default:
			effects = append(effects, effect{load: l}.and(j.pathEffect(l, root)))
		}
	}
	for _, r := range n.Rhs {
		effects = append(effects, j.effect(r))
	}
	j.combine(effects)
}

// unordered applies the rule to expressions that are evaluated in no order.
func (j *judge) unordered(exprs ...ast.Expr) effect {
	effects := make([]effect, len(exprs))
	for i, e := range exprs {
		effects[i] = j.effect(e)
	}
	return j.combine(effects)
}

// combine rejects a load next to a call that may write, and returns the sum.
func (j *judge) combine(effects []effect) effect {
	var sum effect
	for i, a := range effects {
		for k, b := range effects {
			if i == k || b.call == nil {
				continue
			}
			load := a.load
			if load == nil && k < i {
				load = a.sealed
			}
			if load != nil {
				j.no(load, "Go does not say whether %s is loaded before or after the call of %s: put one of them into a variable first",
					types.ExprString(load), types.ExprString(b.call.(*ast.CallExpr).Fun))
			}
		}
		sum = sum.and(a)
	}
	return sum
}

// effect returns what evaluating e does, and applies the rule inside it.
func (j *judge) effect(e ast.Expr) effect {
	if e == nil {
		return effect{}
	}
	if tv := j.info.Types[e]; tv.Value != nil || tv.IsType() {
		return effect{}
	}
	if root, ok := j.root(e); ok && !isArray(j.info.TypeOf(e)) {
		return effect{load: e}.and(j.pathEffect(e, root))
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return j.effect(e.X)
	case *ast.BinaryExpr:
		if e.Op == token.LAND || e.Op == token.LOR {
			return j.effect(e.X).and(j.effect(e.Y))
		}
		return j.unordered(e.X, e.Y)
	case *ast.UnaryExpr:
		if root, ok := j.root(e.X); ok && e.Op == token.AND {
			return j.pathEffect(e.X, root)
		}
		return j.effect(e.X)
	case *ast.SelectorExpr:
		return j.selectorEffect(e)
	case *ast.IndexExpr:
		return j.unordered(e.X, e.Index)
	case *ast.SliceExpr:
		return j.unordered(e.X, e.Low, e.High, e.Max)
	case *ast.StarExpr:
		return j.effect(e.X)
	case *ast.TypeAssertExpr:
		return j.effect(e.X)
	case *ast.KeyValueExpr:
		return j.unordered(e.Key, e.Value)
	case *ast.CompositeLit:
		return j.unordered(e.Elts...)
	case *ast.CallExpr:
		return j.callEffect(e)
	}
	return effect{}
}

func (j *judge) selectorEffect(e *ast.SelectorExpr) effect {
	if j.info.Selections[e] == nil {
		return effect{} // a name of another package
	}
	if root, ok := j.root(e.X); ok && j.addressed(e) {
		return j.pathEffect(e.X, root)
	}
	return j.effect(e.X)
}

// pathEffect is the effect of evaluating a path's root and indices. The root
// itself is a load unless it is a plain local variable or a call's result.
func (j *judge) pathEffect(e, root ast.Expr) effect {
	effects := []effect{j.operand(root)}
	for e := e; ; {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			effects = append(effects, j.operand(x.Index))
			e = x.X
		default:
			return j.combine(effects)
		}
		if e == root {
			return j.combine(effects)
		}
	}
}

// operand is effect, in which loads of Go variables count too: what a call
// changes may be the way to the object.
func (j *judge) operand(e ast.Expr) effect {
	sum := j.effect(e)
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			return j.info.Types[n.Fun].IsType()
		case *ast.Ident:
			obj, ok := j.info.Uses[n].(*types.Var)
			if ok && (obj.IsField() || j.escaped[obj] || obj.Parent() == j.pkg.Scope()) {
				sum = sum.and(effect{load: e})
			}
		case *ast.StarExpr:
			sum = sum.and(effect{load: e})
		case *ast.IndexExpr:
			sum = sum.and(effect{load: e})
		}
		return true
	})
	return sum
}

func (j *judge) callEffect(e *ast.CallExpr) effect {
	fun := j.info.Types[e.Fun]
	if fun.IsType() || fun.IsBuiltin() {
		return j.unordered(e.Args...)
	}
	effects := []effect{j.effect(e.Fun)}
	for _, arg := range e.Args {
		effects = append(effects, j.effect(arg))
	}
	sum := j.combine(effects)
	if sum.sealed == nil {
		sum.sealed = sum.load
	}
	sum.load = nil
	if sum.call == nil && !j.isPure(e) {
		sum.call = e
	}
	return sum
}
