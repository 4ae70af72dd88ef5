package shadow

import (
	"fmt"
	"reflect"
	"strings"
)

// A Kind is an index into an arena's type table. Kind 0 is invalid, so that
// the zero value of a table row or a variable is never an object.
type Kind uint8

// A Type describes the objects of one kind.
type Type struct {
	// Name is the C name, without "struct".
	Name string
	Size uintptr
	// Fields are flattened and ascend by offset; a nested one is called
	// "wait_event.tasklet". Padding belongs to no field.
	Fields []Field
	// Pool names the free list from which AsShipped serves the type. Types
	// that name the same pool share it, as pools of one size do in HAProxy.
	// Empty means that the type has a pool of its own.
	Pool string
}

// A Field is a scalar, a pointer or an array of scalars inside a Type.
type Field struct {
	Name         string
	Offset, Size uintptr
}

// maxAlign is the strictest alignment that an object may ask for.
const maxAlign = 16

// TypeOf describes the Go struct T under its C name. A field's C name comes
// from the struct tag `c:"tid"`, else it is the Go name in lower case.
//
// It panics when T holds what the garbage collector would have to see and
// cannot, because the arena is not its memory: a string, slice, map, channel,
// function or interface. Pointers are allowed, for they point into the arena.
func TypeOf[T any](name string) Type {
	t := reflect.TypeFor[T]()
	if t.Kind() != reflect.Struct || t.Size() == 0 || t.Align() > maxAlign {
		panic(fmt.Sprintf("shadow: type %s: %v is not a struct that an arena can hold", name, t))
	}
	return Type{Name: name, Size: t.Size(), Fields: fields(nil, name, "", 0, t)}
}

// fields appends the leaves of t, which stands at offset in the whole and is
// called path there.
func fields(list []Field, name, path string, offset uintptr, t reflect.Type) []Field {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			list = fields(list, name, join(path, cname(f)), offset+f.Offset, f.Type)
		}
		return list
	case reflect.Array:
		if k := t.Elem().Kind(); k != reflect.Struct && k != reflect.Array {
			break
		}
		for i := range t.Len() {
			list = fields(list, name, fmt.Sprintf("%s[%d]", path, i), offset+uintptr(i)*t.Elem().Size(), t.Elem())
		}
		return list
	case reflect.String, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func, reflect.Interface:
		panic(fmt.Sprintf("shadow: type %s: field %s is a %v, which the garbage collector cannot see in an arena", name, path, t))
	}
	if t.Size() == 0 {
		return list
	}
	return append(list, Field{Name: path, Offset: offset, Size: t.Size()})
}

func cname(f reflect.StructField) string {
	if c := f.Tag.Get("c"); c != "" {
		return c
	}
	return strings.ToLower(f.Name)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
