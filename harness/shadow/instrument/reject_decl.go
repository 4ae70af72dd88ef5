package instrument

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"
)

// comments rejects directives that nobody reads: misspelt, in the wrong place,
// or with the wrong number of words.
func (j *judge) comments() {
	for _, f := range j.files {
		for _, group := range f.ast.Comments {
			for _, c := range group.List {
				if strings.HasPrefix(c.Text, "//lastwake:") {
					j.directive(c)
				}
			}
		}
	}
}

func (j *judge) directive(c *ast.Comment) {
	words := strings.Fields(c.Text)
	switch {
	case !slices.Contains([]string{"managed", "shared", "c", "primitive"}, strings.TrimPrefix(words[0], "//lastwake:")):
		j.no(c, "%s is no directive", words[0])
	case words[0] == "//lastwake:c" && len(words) != 3:
		j.no(c, "//lastwake:c takes a C name and a C file")
	case !j.read[c]:
		j.no(c, "%s stands above nothing that it applies to", words[0])
	}
}

// sharedNames rejects what the twin cannot take from the plain package: what
// has to do with types that are not the same type in both.
func (j *judge) sharedNames() {
	for obj := range j.shared {
		if !obj.Exported() {
			continue // left to the plain package
		}
		switch obj := obj.(type) {
		case *types.Const:
			continue // constants are copied
		case *types.TypeName:
			j.sharedType(obj)
		case *types.Func:
			if obj.Signature().TypeParams().Len() > 0 {
				j.no(at(obj), "shared function %s has type parameters", obj.Name())
			}
		}
		if other := j.ownType(obj.Type(), map[types.Type]bool{}); other != nil {
			j.no(at(obj), "shared %s uses %s, of which the twin has its own", obj.Name(), other.Name())
		}
	}
}

func (j *judge) sharedType(obj *types.TypeName) {
	if j.managed[obj] {
		j.no(at(obj), "%s is both managed and shared", obj.Name())
	}
	named, ok := obj.Type().(*types.Named)
	if !ok {
		return
	}
	for method := range named.Methods() {
		if other := j.ownType(method.Signature(), map[types.Type]bool{}); other != nil {
			j.no(at(method), "method %s of shared %s uses %s, of which the twin has its own", method.Name(), obj.Name(), other.Name())
		}
	}
}

// ownType finds a type of this package in t that is not shared.
func (j *judge) ownType(t types.Type, seen map[types.Type]bool) *types.TypeName {
	if t == nil || seen[t] {
		return nil
	}
	seen[t] = true
	var parts []types.Type
	switch t := t.(type) {
	case *types.Alias:
		parts = append(parts, t.Rhs())
	case *types.Named:
		if t.Obj().Pkg() != j.pkg {
			break
		}
		if !j.shared[t.Obj()] {
			return t.Obj()
		}
		parts = append(parts, t.Underlying())
	case *types.Pointer:
		parts = append(parts, t.Elem())
	case *types.Slice:
		parts = append(parts, t.Elem())
	case *types.Array:
		parts = append(parts, t.Elem())
	case *types.Chan:
		parts = append(parts, t.Elem())
	case *types.Map:
		parts = append(parts, t.Key(), t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			parts = append(parts, f.Type())
		}
	case *types.Signature:
		parts = append(parts, t.Params(), t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			parts = append(parts, v.Type())
		}
	}
	for _, part := range parts {
		if other := j.ownType(part, seen); other != nil {
			return other
		}
	}
	return nil
}

// position lets an object stand where a syntax node does.
type position token.Pos

func at(obj types.Object) position { return position(obj.Pos()) }
func (p position) Pos() token.Pos  { return token.Pos(p) }
func (p position) End() token.Pos  { return token.Pos(p) }

func (j *judge) imported(spec *ast.ImportSpec) {
	if spec.Name != nil && spec.Name.Name == "." {
		j.no(spec, "dot import: its names cannot be told from the package's own")
	}
}

// value rejects package variables that lead to objects.
func (j *judge) value(spec *ast.ValueSpec, stack []ast.Node) {
	if _, ok := parent(stack, 1).(*ast.File); !ok {
		return
	}
	for _, name := range spec.Names {
		obj, ok := j.info.Defs[name].(*types.Var)
		if ok && !j.holdsManaged(obj.Type()) && j.leadsToObject(obj.Type(), map[types.Type]bool{}) {
			j.no(name, "package variable %s leads to objects: they belong to a World", name.Name)
		}
	}
}

func (j *judge) leadsToObject(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	if j.isManagedPtr(t) {
		return true
	}
	switch t := t.Underlying().(type) {
	case *types.Pointer:
		return j.leadsToObject(t.Elem(), seen)
	case *types.Slice:
		return j.leadsToObject(t.Elem(), seen)
	case *types.Array:
		return j.leadsToObject(t.Elem(), seen)
	case *types.Map:
		return j.leadsToObject(t.Key(), seen) || j.leadsToObject(t.Elem(), seen)
	case *types.Struct:
		for f := range t.Fields() {
			if j.leadsToObject(f.Type(), seen) {
				return true
			}
		}
	}
	return false
}

// structType checks the fields of a managed struct, and that no struct embeds
// a pointer to one: selecting through it would load it unseen.
func (j *judge) structType(n *ast.StructType, stack []ast.Node) {
	spec, _ := parent(stack, 0).(*ast.TypeSpec)
	inManaged := spec != nil && j.isManagedSpec(spec)
	for _, field := range n.Fields.List {
		t := j.info.TypeOf(field.Type)
		if len(field.Names) == 0 && j.isManagedPtr(t) {
			j.no(field, "embedded pointer to %s: selecting through it would load it unseen", j.short(t.Underlying().(*types.Pointer).Elem()))
		}
		if !inManaged {
			continue
		}
		if reason := j.badField(t); reason != "" {
			j.no(field.Type, "managed struct %s has a field of type %s: %s", spec.Name.Name, j.short(t), reason)
		}
	}
}

func (m *model) isManagedSpec(spec *ast.TypeSpec) bool {
	obj, ok := m.info.Defs[spec.Name].(*types.TypeName)
	return ok && m.managed[obj]
}

// badField says why t cannot be the type of a managed struct's field, or "".
func (j *judge) badField(t types.Type) string {
	if j.isManaged(t) {
		return ""
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return "the collector does not see it there"
		case j.size(t) == 0:
			return "no check covers it"
		}
		return ""
	case *types.Array:
		return j.badField(u.Elem())
	case *types.Pointer:
		if j.isManagedPtr(t) {
			return ""
		}
		return "the collector does not see it there"
	case *types.Struct:
		return "it is not managed"
	}
	return "the collector does not see it there"
}

// ident rejects a shared name that the twin cannot write, and a managed type in
// a place where its values would be, instead of pointers to them.
func (j *judge) ident(id *ast.Ident, stack []ast.Node) {
	if use := j.info.Uses[id]; j.shared[use] && !use.Exported() && !isConst(use) {
		j.no(id, "%s is shared but not exported, so only the plain package has it", id.Name)
	}
	obj, ok := j.info.Uses[id].(*types.TypeName)
	if !ok || !j.managed[obj] {
		return
	}
	for i := len(stack) - 1; i >= 0; i-- {
		switch n := stack[i].(type) {
		case *ast.ParenExpr, *ast.ArrayType:
			continue
		case *ast.StarExpr:
			if _, array := stack[len(stack)-1].(*ast.ArrayType); !array {
				return
			}
		case *ast.CompositeLit:
			return // see expr
		case *ast.IndexExpr:
			if j.isShadowFunc(n.X) {
				return
			}
		case *ast.IndexListExpr:
			if j.isShadowFunc(n.X) {
				return
			}
		case *ast.Field:
			if spec, ok := parent(stack[:i], 2).(*ast.TypeSpec); ok && j.isManagedSpec(spec) {
				return
			}
		case *ast.CallExpr:
			if b, ok := n.Fun.(*ast.Ident); ok && b.Name == "new" {
				j.no(n, "new(%s): objects come from the arena", id.Name)
				return
			}
		}
		break
	}
	j.no(id, "a value of managed type %s: objects live in the arena, and only pointers to them exist outside", id.Name)
}

// defined rejects names that hide package shadow, and type parameters that
// stand for managed pointers.
func (j *judge) defined(id *ast.Ident) {
	obj := j.info.Defs[id]
	if obj == nil || obj.Parent() == nil {
		return // no name by itself: a field, a method
	}
	if obj.Name() == path.Base(shadowPath) {
		j.no(id, "%s hides package shadow", id.Name)
	}
	if _, ok := obj.(*types.TypeName); !ok {
		return
	}
	if param, ok := obj.Type().(*types.TypeParam); ok {
		if t := j.managedTerm(param.Constraint()); t != nil {
			j.no(id, "type parameter %s stands for %s: what is done with it is not seen", id.Name, j.short(t))
		}
	}
}

// managedTerm finds a managed type or a pointer to one among the types that a
// constraint lists.
func (m *model) managedTerm(t types.Type) types.Type {
	switch u := t.(type) {
	case *types.Union:
		for term := range u.Terms() {
			if found := m.managedTerm(term.Type()); found != nil {
				return found
			}
		}
		return nil
	case *types.Interface:
		for e := range u.EmbeddedTypes() {
			if found := m.managedTerm(e); found != nil {
				return found
			}
		}
		return nil
	}
	if m.isManagedPtr(t) || m.holdsManaged(t) {
		return t
	}
	if types.IsInterface(t) {
		return m.managedTerm(t.Underlying())
	}
	return nil
}

func isConst(obj types.Object) bool {
	_, ok := obj.(*types.Const)
	return ok
}
