package instrument

import (
	"go/ast"
	"go/types"
)

// A path is an expression such as p.a.b[i]: it starts at a managed pointer and
// stays inside the object. root returns the expression of that pointer, p. The
// path itself denotes memory; whether it is loaded, stored to or only
// addressed is up to its context.
func (m *model) root(e ast.Expr) (ast.Expr, bool) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return m.root(e.X)
	case *ast.SelectorExpr:
		sel := m.info.Selections[e]
		if sel == nil || sel.Kind() != types.FieldVal {
			return nil, false
		}
		return m.rootOf(e.X)
	case *ast.IndexExpr:
		if tv := m.info.Types[e.X]; tv.Type != nil && tv.IsValue() && isArray(tv.Type) {
			return m.root(e.X)
		}
	case *ast.StarExpr:
		if tv := m.info.Types[e.X]; tv.IsValue() && m.isManagedPtr(tv.Type) {
			return e.X, true
		}
	}
	return nil, false
}

// rootOf is root for a path that selects from x.
func (m *model) rootOf(x ast.Expr) (ast.Expr, bool) {
	t := m.info.TypeOf(x)
	if t == nil {
		return nil, false
	}
	if m.isManagedPtr(t) {
		return x, true
	}
	if _, ok := t.Underlying().(*types.Pointer); ok {
		return nil, false
	}
	return m.root(x)
}

// addressed reports whether e is the operand of a method that takes its
// address, as p.Node is in p.Node.Unlink().
func (m *model) addressed(e *ast.SelectorExpr) bool {
	sel := m.info.Selections[e]
	if sel == nil || sel.Kind() != types.MethodVal {
		return false
	}
	if _, ok := sel.Recv().Underlying().(*types.Pointer); ok {
		return false
	}
	_, ok := sel.Obj().(*types.Func).Signature().Recv().Type().Underlying().(*types.Pointer)
	return ok
}

func isArray(t types.Type) bool {
	_, ok := t.Underlying().(*types.Array)
	return ok
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// size is the number of bytes of a scalar that one check can cover, or 0.
func (m *model) size(t types.Type) int64 {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&(types.IsBoolean|types.IsInteger|types.IsFloat) == 0 && u.Kind() != types.UnsafePointer {
			return 0
		}
	case *types.Pointer:
	default:
		return 0
	}
	switch n := m.sizes.Sizeof(t); n {
	case 1, 2, 4, 8:
		return n
	}
	return 0
}
