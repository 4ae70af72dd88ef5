package instrument

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// impureFuncs finds the functions of the package that may write what is not
// theirs: their own statements do, or a function that they call.
func (m *model) impureFuncs() map[*types.Func]bool {
	impure := map[*types.Func]bool{}
	callers := map[*types.Func][]*types.Func{}
	var work []*types.Func
	for _, f := range m.files {
		for _, d := range f.ast.Decls {
			decl, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			fn := m.info.Defs[decl.Name].(*types.Func)
			if decl.Body == nil || m.writes(decl, fn, callers) {
				work = append(work, fn)
			}
		}
	}
	for len(work) > 0 {
		fn := work[len(work)-1]
		work = work[:len(work)-1]
		if !impure[fn] {
			impure[fn] = true
			work = append(work, callers[fn]...)
		}
	}
	return impure
}

// writes reports whether a statement of decl writes something that is not
// local to it, or calls a function of which nothing is known. It adds the
// package's own functions that decl calls to callers.
func (m *model) writes(decl *ast.FuncDecl, fn *types.Func, callers map[*types.Func][]*types.Func) bool {
	found := false
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				found = found || n.Tok != token.DEFINE && !m.isLocal(l, decl)
			}
		case *ast.RangeStmt:
			for _, l := range []ast.Expr{n.Key, n.Value} {
				found = found || n.Tok == token.ASSIGN && l != nil && !m.isLocal(l, decl)
			}
		case *ast.IncDecStmt:
			found = found || !m.isLocal(n.X, decl)
		case *ast.SendStmt, *ast.GoStmt, *ast.DeferStmt, *ast.SelectStmt:
			found = true
		case *ast.CallExpr:
			callee := m.staticCallee(n)
			if callee != nil && callee.Pkg() == m.pkg {
				callers[callee] = append(callers[callee], fn)
			} else {
				found = found || !m.isPureOutside(n, callee)
			}
		}
		return !found
	})
	return found
}

// isLocal reports whether the memory that e denotes belongs to a variable
// declared in fn.
func (m *model) isLocal(e ast.Expr, fn *ast.FuncDecl) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj := m.info.ObjectOf(e)
		return e.Name == "_" || obj != nil && fn.Pos() <= obj.Pos() && obj.Pos() < fn.End()
	case *ast.SelectorExpr:
		return !isPointer(m.info.TypeOf(e.X)) && m.isLocal(e.X, fn)
	case *ast.IndexExpr:
		return isArray(m.info.TypeOf(e.X)) && m.isLocal(e.X, fn)
	}
	return false
}

// isPure reports whether the call writes nothing that the caller can see.
func (j *judge) isPure(e *ast.CallExpr) bool {
	callee := j.staticCallee(e)
	if callee != nil && callee.Pkg() == j.pkg {
		return !j.impure[callee]
	}
	return j.isPureOutside(e, callee)
}

// staticCallee is the declared function that e calls, or nil.
func (m *model) staticCallee(e *ast.CallExpr) *types.Func {
	fun := ast.Unparen(e.Fun)
	switch f := fun.(type) {
	case *ast.IndexExpr:
		fun = f.X
	case *ast.IndexListExpr:
		fun = f.X
	}
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		if s := m.info.Selections[sel]; s != nil && types.IsInterface(s.Recv()) {
			return nil
		}
		fun = sel.Sel
	}
	id, ok := fun.(*ast.Ident)
	if !ok {
		return nil
	}
	fn, _ := m.info.Uses[id].(*types.Func)
	if fn == nil {
		return nil
	}
	return fn.Origin()
}

// isPureOutside is isPure for conversions, builtins and functions of other
// packages. One that gets nothing but plain values cannot reach the model's
// memory.
func (m *model) isPureOutside(e *ast.CallExpr, callee *types.Func) bool {
	fun := m.info.Types[e.Fun]
	switch {
	case fun.IsType():
		return true
	case fun.IsBuiltin():
		name := types.ExprString(ast.Unparen(e.Fun))
		return name != "copy" && name != "clear" && name != "delete"
	case callee == nil || callee.Pkg() == nil:
		return false
	case callee.Pkg().Path() == shadowPath:
		switch callee.Name() {
		case "ContainerOf", "Index", "Live", "Freed":
			return true
		}
		return false
	case strings.HasSuffix(callee.Pkg().Path(), "harness/fault"):
		return true
	}
	sig := callee.Signature()
	if sig.Recv() != nil && !isPlain(sig.Recv().Type()) {
		return false
	}
	for v := range sig.Params().Variables() {
		if !isPlain(v.Type()) {
			return false
		}
	}
	return true
}

// isPlain reports whether a value of type t leads to no memory that somebody
// else can see.
func isPlain(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() != types.UnsafePointer
	case *types.Array:
		return isPlain(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if !isPlain(f.Type()) {
				return false
			}
		}
		return true
	}
	return false
}
