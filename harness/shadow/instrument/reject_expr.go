package instrument

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// expr applies the rules for one expression.
func (j *judge) expr(e ast.Expr, stack []ast.Node) {
	tv := j.info.Types[e]
	if tv.Value != nil || tv.IsType() || j.unevaluated(stack) {
		return
	}
	if _, ok := e.(*ast.ParenExpr); ok {
		return
	}
	if _, ok := j.root(e); ok {
		j.path(e, stack)
	}
	switch e := e.(type) {
	case *ast.CompositeLit:
		if j.holdsManaged(j.info.TypeOf(e)) {
			j.no(e, "a composite literal of managed type %s", j.short(j.info.TypeOf(e)))
		}
	case *ast.SelectorExpr:
		j.selector(e, stack)
	case *ast.CallExpr:
		j.call(e, stack)
	}
	j.instance(e)
}

// path applies the rules for a path, which are those of its context.
func (j *judge) path(e ast.Expr, stack []ast.Node) {
	t := j.info.TypeOf(e)
	switch p := parent(stack, 0).(type) {
	case *ast.SelectorExpr:
		if j.info.Selections[p].Kind() == types.FieldVal && !isPointer(t) {
			return // part of a longer path
		}
		if j.addressed(p) {
			if !j.isManaged(t) {
				j.no(e, "method %s takes the address of a field that is no managed struct", p.Sel.Name)
			}
			return
		}
	case *ast.IndexExpr:
		if ast.Unparen(p.X) == ast.Unparen(e) && isArray(t) {
			return
		}
	case *ast.UnaryExpr:
		if p.Op == token.AND {
			j.address(p, t, stack)
			return
		}
	case *ast.SliceExpr:
		if isArray(t) {
			j.no(p, "a slice of a managed array would outlive the check")
			return
		}
	case *ast.RangeStmt:
		if j.ranged(e, p, t) {
			return
		}
	case *ast.AssignStmt:
		if isLeft(p, e) {
			j.store(e, p, t)
			return
		}
	}
	j.load(e, t)
}

func isLeft(n *ast.AssignStmt, e ast.Expr) bool {
	return slices.ContainsFunc(n.Lhs, func(l ast.Expr) bool { return ast.Unparen(l) == ast.Unparen(e) })
}

func (j *judge) load(e ast.Expr, t types.Type) {
	switch {
	case j.size(t) != 0:
	case isStruct(t):
		j.no(e, "a managed struct is copied or compared by value: do it field by field")
	default:
		j.no(e, "a managed array is copied or compared by value: do it element by element")
	}
}

func (j *judge) store(e ast.Expr, n *ast.AssignStmt, t types.Type) {
	switch {
	case len(n.Lhs) > 1:
		j.no(e, "an assignment to several places, one of them in an object: write one statement for each")
	case j.size(t) == 0:
		j.no(e, "%s is assigned as a whole: do it part by part", j.short(t))
	}
}

// ranged handles a path in a range clause; it reports whether that is all.
func (j *judge) ranged(e ast.Expr, n *ast.RangeStmt, t types.Type) bool {
	if ast.Unparen(n.X) != ast.Unparen(e) {
		j.no(e, "a range clause assigns to an object")
		return true
	}
	if !isArray(t) {
		return false
	}
	if n.Value != nil {
		j.no(n.Value, "the range over a managed array has a value variable: index it instead")
	}
	return true
}

// address rejects the address of a scalar or an array, unless it goes straight
// to a function of package shadow.
func (j *judge) address(e *ast.UnaryExpr, t types.Type, stack []ast.Node) {
	if _, star := ast.Unparen(e.X).(*ast.StarExpr); star {
		j.no(e, "&* loads the object to see whether the pointer is nil")
		return
	}
	if j.isManaged(t) {
		return
	}
	call, ok := parent(stack, 1).(*ast.CallExpr)
	if ok && j.info.Types[call.Fun].IsType() && j.isUnsafePointer(j.info.TypeOf(call)) {
		call, ok = parent(stack, 2).(*ast.CallExpr)
	}
	if ok && j.isShadowFunc(call.Fun) {
		return
	}
	j.no(e, "the address of a field of type %s escapes the check", j.short(t))
}

// selector rejects method values.
func (j *judge) selector(e *ast.SelectorExpr, stack []ast.Node) {
	sel := j.info.Selections[e]
	if sel == nil || sel.Kind() != types.MethodVal || !j.isManagedPtr(sel.Recv()) && !j.isManaged(sel.Recv()) {
		return
	}
	if call, ok := parent(stack, 0).(*ast.CallExpr); ok && ast.Unparen(call.Fun) == e {
		return
	}
	j.no(e, "method value %s hides a managed pointer: use a function literal", e.Sel.Name)
}

func (j *judge) call(e *ast.CallExpr, stack []ast.Node) {
	if j.isFaultQuestion(e) && !j.asked[e] {
		j.no(e, "a fault is asked for outside of a condition: coverage would tell where it is")
	}
	if fn := j.unsafeFunc(e.Fun); fn != "" && !slices.Contains([]string{"Pointer", "Offsetof", "Sizeof", "Alignof"}, fn) {
		j.no(e, "unsafe.%s", fn)
	}
	if fn := j.staticCallee(e); fn != nil && isShadowObject(fn) && fn.Name() == "Bytes" && !j.consumed(stack) {
		j.no(e, "shadow.Bytes is checked once and may be kept: hand it to copy, append or string at once")
	}
	if j.info.Types[e.Fun].IsType() && len(e.Args) == 1 {
		j.conversion(e, j.info.TypeOf(e.Args[0]), j.info.TypeOf(e))
	}
}

// consumed reports whether a value goes straight to a conversion or a builtin
// function.
func (j *judge) consumed(stack []ast.Node) bool {
	call, ok := parent(stack, 0).(*ast.CallExpr)
	return ok && (j.info.Types[call.Fun].IsType() || j.info.Types[call.Fun].IsBuiltin())
}

// conversion rejects ways to reach an object by another type of pointer, and
// addresses as numbers, which differ between two runs.
func (j *judge) conversion(e *ast.CallExpr, from, to types.Type) {
	switch {
	case j.isUnsafePointer(to) && isInteger(from):
		j.no(e, "a number is made a pointer")
	case isInteger(to) && j.isUnsafePointer(from):
		j.no(e, "an address is made a number, which differs from run to run")
	case isPointer(to) && !j.isManagedPtr(to) && (j.isManagedPtr(from) || j.isUnsafePointer(from)):
		j.no(e, "a conversion from %s to %s, through which accesses are not checked", j.short(from), j.short(to))
	}
}

// instance rejects generic functions of other packages that are instantiated
// with a managed struct: what they do through a pointer to it is not seen.
func (j *judge) instance(e ast.Expr) {
	id, ok := e.(*ast.Ident)
	if !ok {
		return
	}
	inst, ok := j.info.Instances[id]
	if !ok || j.isShadowFunc(id) {
		return
	}
	for arg := range inst.TypeArgs.Types() {
		if j.holdsManaged(arg) {
			j.no(id, "%s is instantiated with managed type %s: its accesses are not checked", id.Name, j.short(arg))
		}
	}
}

// isShadowFunc reports whether e names a function or method of package shadow
// that is no check.
func (j *judge) isShadowFunc(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		return j.isShadowFunc(e.X)
	case *ast.IndexListExpr:
		return j.isShadowFunc(e.X)
	case *ast.SelectorExpr:
		return j.isShadowFunc(e.Sel)
	case *ast.Ident:
		fn, ok := j.info.Uses[e].(*types.Func)
		return ok && isShadowObject(fn) && checkSize(fn) == 0
	}
	return false
}

// unsafeFunc is the name of the member of package unsafe that e is, or "".
func (j *judge) unsafeFunc(e ast.Expr) string {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if id, ok := sel.X.(*ast.Ident); ok {
		if name, ok := j.info.Uses[id].(*types.PkgName); ok && name.Imported() == types.Unsafe {
			return sel.Sel.Name
		}
	}
	return ""
}

func (m *model) isUnsafePointer(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.UnsafePointer
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}
