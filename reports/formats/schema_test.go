package formats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xeipuuv/gojsonschema"

	"github.com/lastwake/lastwake/reports"
	"github.com/lastwake/lastwake/reports/internal/samples"
)

// The published schema is that of the Record, and every sample is valid by it.
func TestSchema(t *testing.T) {
	want := schemaText(t)
	if *update {
		if err := os.WriteFile("schema/record-1.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		recordSchema = want
	}
	if diff := cmp.Diff(string(want), string(recordSchema)); diff != "" {
		t.Fatalf("schema/record-1.json is not that of the Record (-want +got; go test -update rewrites it)\n%s", diff)
	}
	schema, err := gojsonschema.NewSchema(gojsonschema.NewBytesLoader(recordSchema))
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range samples.All() {
		var b bytes.Buffer
		if err := JSON(&b, r, ""); err != nil {
			t.Fatal(err)
		}
		res, err := schema.Validate(gojsonschema.NewBytesLoader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range res.Errors() {
			t.Errorf("%s: %s", name, e)
		}
	}
	if res, err := schema.Validate(gojsonschema.NewStringLoader(`{"type":"record","version":"one"}`)); err != nil || res.Valid() {
		t.Errorf("nonsense is valid, %v", err)
	}
}

// schemaText is the schema of the Record as this version writes it.
func schemaText(t *testing.T) []byte {
	t.Helper()
	docs := comments(t)
	defs := map[string]any{}
	root := object(reflect.TypeFor[reports.Record](), docs, defs)
	root["properties"].(map[string]any)["type"] = map[string]any{"const": "record"}
	root["required"] = append([]string{"type"}, root["required"].([]string)...)
	root["$schema"] = "http://json-schema.org/draft-07/schema#"
	root["$id"] = fmt.Sprintf("https://github.com/lastwake/lastwake/reports/formats/schema/record-%d.json", reports.Version)
	root["title"] = fmt.Sprintf("lastwake record, version %d", reports.Version)
	root["properties"].(map[string]any)["version"] = map[string]any{"const": reports.Version}
	root["definitions"] = defs
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// object is the schema of a struct.
func object(typ reflect.Type, docs map[string]string, defs map[string]any) map[string]any {
	properties, required := map[string]any{}, []string{}
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		s := value(f.Type, docs, defs)
		if d := docs[typ.Name()+"."+f.Name]; d != "" {
			s = map[string]any{"allOf": []any{s}, "description": d}
		}
		properties[name] = s
		if !strings.Contains(opts, "omitempty") {
			required = append(required, name)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "description": docs[typ.Name()]}
}

func value(typ reflect.Type, docs map[string]string, defs map[string]any) map[string]any {
	if typ == reflect.TypeFor[reports.Addr]() {
		return map[string]any{"type": "string", "pattern": "^0x[0-9a-f]+$"}
	}
	switch typ.Kind() {
	case reflect.Pointer:
		return value(typ.Elem(), docs, defs)
	case reflect.Slice:
		return map[string]any{"type": []string{"array", "null"}, "items": value(typ.Elem(), docs, defs)}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.String:
		return map[string]any{"type": "string"}
	}
	if _, ok := defs[typ.Name()]; !ok {
		defs[typ.Name()] = nil // it may hold itself
		defs[typ.Name()] = object(typ, docs, defs)
	}
	return map[string]any{"$ref": "#/definitions/" + typ.Name()}
}

// comments are the comments of the types and fields of the Record, by "Type"
// and "Type.Field".
func comments(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../record.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]string{}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		spec := g.Specs[0].(*ast.TypeSpec)
		docs[spec.Name.Name] = words(g.Doc)
		s, ok := spec.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, f := range s.Fields.List {
			for _, n := range f.Names {
				docs[spec.Name.Name+"."+n.Name] = words(f.Doc)
			}
		}
	}
	return docs
}

func words(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }
