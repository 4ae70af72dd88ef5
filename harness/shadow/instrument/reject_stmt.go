package instrument

import (
	"go/ast"
	"go/token"
	"go/types"
)

// stmt rejects statements that a model has no use for: it is one thread of
// control without a way out of a panic.
func (j *judge) stmt(n ast.Stmt) {
	switch n := n.(type) {
	case *ast.GoStmt:
		j.no(n, "go statement")
	case *ast.DeferStmt:
		j.no(n, "defer statement")
	case *ast.SelectStmt:
		j.no(n, "select statement")
	case *ast.AssignStmt:
		if n.Tok != token.ASSIGN && n.Tok != token.DEFINE {
			j.twice(n.Lhs[0])
		}
	case *ast.IncDecStmt:
		j.twice(n.X)
	}
}

// twice rejects an op-assign whose left side holds a call: the twin writes the
// left side twice.
func (j *judge) twice(left ast.Expr) {
	if _, ok := j.root(left); !ok {
		return
	}
	ast.Inspect(left, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && !j.info.Types[call.Fun].IsType() && j.info.Types[call].Value == nil {
			j.no(call, "an op-assign would evaluate this call twice: put its result into a variable first")
			return false
		}
		return true
	})
}

// interfaces rejects managed pointers that become interface values: whoever
// holds one, package fmt for instance, reads the object without a check.
func (j *judge) interfaces(n ast.Node, stack []ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok == token.ASSIGN && len(n.Lhs) == len(n.Rhs) {
			for i, l := range n.Lhs {
				j.assignable(n.Rhs[i], j.info.TypeOf(l))
			}
		}
	case *ast.ValueSpec:
		if n.Type != nil {
			for _, v := range n.Values {
				j.assignable(v, j.info.TypeOf(n.Type))
			}
		}
	case *ast.ReturnStmt:
		j.returned(n, stack)
	case *ast.SendStmt:
		if ch, ok := j.info.TypeOf(n.Chan).Underlying().(*types.Chan); ok {
			j.assignable(n.Value, ch.Elem())
		}
	case *ast.CallExpr:
		j.arguments(n)
	case *ast.CompositeLit:
		j.elements(n)
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			j.assignable(n.X, j.info.TypeOf(n.Y))
			j.assignable(n.Y, j.info.TypeOf(n.X))
		}
	case *ast.IndexExpr:
		if t := j.info.TypeOf(n.X); t != nil {
			if m, ok := t.Underlying().(*types.Map); ok {
				j.assignable(n.Index, m.Key())
			}
		}
	case *ast.SwitchStmt:
		j.cases(n)
	}
}

// assignable rejects e when it is a managed pointer and becomes a value of an
// interface type.
func (j *judge) assignable(e ast.Expr, to types.Type) {
	from := j.info.TypeOf(e)
	if from == nil || to == nil || !j.isManagedPtr(from) || !types.IsInterface(to) {
		return
	}
	if _, param := types.Unalias(to).(*types.TypeParam); !param {
		j.no(e, "an interface value would hold %s: whoever has it reads the object without a check", j.short(from))
	}
}

func (j *judge) returned(n *ast.ReturnStmt, stack []ast.Node) {
	var sig *types.Signature
	for i := len(stack) - 1; i >= 0 && sig == nil; i-- {
		switch fn := stack[i].(type) {
		case *ast.FuncLit:
			sig, _ = j.info.TypeOf(fn).(*types.Signature)
		case *ast.FuncDecl:
			sig = j.info.Defs[fn.Name].(*types.Func).Signature()
		}
	}
	if sig == nil || sig.Results().Len() != len(n.Results) {
		return
	}
	for i, e := range n.Results {
		j.assignable(e, sig.Results().At(i).Type())
	}
}

func (j *judge) arguments(n *ast.CallExpr) {
	fun := j.info.Types[n.Fun]
	if fun.IsType() {
		for _, arg := range n.Args {
			j.assignable(arg, fun.Type)
		}
		return
	}
	sig, ok := fun.Type.Underlying().(*types.Signature)
	if !ok {
		return
	}
	for i, arg := range n.Args {
		last := sig.Params().Len() - 1
		switch {
		case sig.Variadic() && i >= last && !n.Ellipsis.IsValid():
			if s, ok := sig.Params().At(last).Type().Underlying().(*types.Slice); ok {
				j.assignable(arg, s.Elem())
			}
		case i <= last:
			j.assignable(arg, sig.Params().At(i).Type())
		}
	}
}

func (j *judge) elements(n *ast.CompositeLit) {
	t := j.info.TypeOf(n).Underlying()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	for i, e := range n.Elts {
		kv, keyed := e.(*ast.KeyValueExpr)
		if keyed {
			e = kv.Value
		}
		switch t := t.(type) {
		case *types.Struct:
			field := t.Field(min(i, t.NumFields()-1))
			if keyed {
				field, _ = j.info.Uses[kv.Key.(*ast.Ident)].(*types.Var)
			}
			j.assignable(e, field.Type())
		case *types.Map:
			j.assignable(kv.Key, t.Key())
			j.assignable(e, t.Elem())
		case *types.Array:
			j.assignable(e, t.Elem())
		case *types.Slice:
			j.assignable(e, t.Elem())
		}
	}
}

func (j *judge) cases(n *ast.SwitchStmt) {
	if n.Tag == nil {
		return
	}
	for _, clause := range n.Body.List {
		for _, e := range clause.(*ast.CaseClause).List {
			j.assignable(e, j.info.TypeOf(n.Tag))
			j.assignable(n.Tag, j.info.TypeOf(e))
		}
	}
}
