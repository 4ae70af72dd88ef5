package instrument

import (
	"go/ast"
	"go/types"
	"strings"
)

// shadowPath is the import path of the package that has the checks.
const shadowPath = "github.com/lastwake/lastwake/harness/shadow"

// A cfunc is what the directives above a function say.
type cfunc struct {
	c, file   string
	primitive bool
}

// findDirective returns the first "//lastwake:name" line of the comments.
func findDirective(name string, docs ...*ast.CommentGroup) *ast.Comment {
	for _, doc := range docs {
		if doc == nil {
			continue
		}
		for _, c := range doc.List {
			word, _, _ := strings.Cut(c.Text, " ")
			if word == "//lastwake:"+name {
				return c
			}
		}
	}
	return nil
}

// take returns the operands of the first "//lastwake:name" line of the comments,
// and notes that it was read.
func (m *model) take(name string, docs ...*ast.CommentGroup) ([]string, bool) {
	c := findDirective(name, docs...)
	if c == nil {
		return nil, false
	}
	m.read[c] = true
	return strings.Fields(c.Text)[1:], true
}

// readDirectives fills the tables of managed types, shared names and C
// functions.
func (m *model) readDirectives() {
	for _, f := range m.files {
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				m.readFunc(d)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					m.readSpec(d, spec)
				}
			}
		}
	}
}

func (m *model) readFunc(d *ast.FuncDecl) {
	if _, ok := m.take("shared", d.Doc); ok {
		m.shared[m.info.Defs[d.Name]] = true
	}
	var c cfunc
	words, isC := m.take("c", d.Doc)
	if len(words) == 2 {
		c.c, c.file = words[0], words[1]
	}
	_, c.primitive = m.take("primitive", d.Doc)
	if isC || c.primitive {
		m.directives[d] = c
	}
}

func (m *model) readSpec(d *ast.GenDecl, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		obj, ok := m.info.Defs[spec.Name].(*types.TypeName)
		if !ok {
			return
		}
		if isStruct(obj.Type()) && spec.TypeParams == nil && !spec.Assign.IsValid() {
			if _, ok := m.take("managed", d.Doc, spec.Doc); ok {
				m.managed[obj] = true
			}
		}
		if _, ok := m.take("shared", d.Doc, spec.Doc); ok {
			m.shared[obj] = true
		}
	case *ast.ValueSpec:
		if _, ok := m.take("shared", d.Doc, spec.Doc); !ok {
			return
		}
		for _, name := range spec.Names {
			m.shared[m.info.Defs[name]] = true
		}
	}
}

// isManaged reports whether t is a managed struct type.
func (m *model) isManaged(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && m.managed[named.Obj()]
}

// isManagedPtr reports whether t is a pointer to a managed struct.
func (m *model) isManagedPtr(t types.Type) bool {
	if t == nil {
		return false
	}
	p, ok := t.Underlying().(*types.Pointer)
	return ok && m.isManaged(p.Elem())
}

// holdsManaged reports whether a value of type t has a managed struct in it,
// or leads to one by other means than a pointer to it. What the fields of a
// named struct hold is found where that struct is declared.
func (m *model) holdsManaged(t types.Type) bool {
	return m.holds(t, map[types.Type]bool{})
}

func (m *model) holds(t types.Type, seen map[types.Type]bool) bool {
	t = types.Unalias(t)
	if seen[t] {
		return false
	}
	seen[t] = true
	if named, ok := t.(*types.Named); ok {
		if m.managed[named.Obj()] {
			return true
		}
		for arg := range named.TypeArgs().Types() {
			if m.holds(arg, seen) {
				return true
			}
		}
		if named.Obj().Pkg() != m.pkg || isStruct(named) {
			return false
		}
	}
	switch t := t.Underlying().(type) {
	case *types.Array:
		return m.holds(t.Elem(), seen)
	case *types.Slice:
		return m.holds(t.Elem(), seen)
	case *types.Chan:
		return m.holds(t.Elem(), seen)
	case *types.Map:
		return m.holds(t.Key(), seen) || m.holds(t.Elem(), seen)
	case *types.Pointer:
		return isArray(t.Elem()) && m.holds(t.Elem(), seen)
	case *types.Struct:
		for f := range t.Fields() {
			if m.holds(f.Type(), seen) {
				return true
			}
		}
	}
	return false
}

// short writes a type without package path.
func (m *model) short(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == m.pkg {
			return ""
		}
		return p.Name()
	})
}
