package instrument

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A ProofError says where the twin touches an object without a check.
type ProofError struct {
	Violations Rejections
}

// Error returns one line for each violation.
func (e *ProofError) Error() string {
	return "the twin is not proved:\n" + e.Violations.Error()
}

// A prover judges a twin by its SSA form, in which every load and store is an
// instruction of its own. It knows nothing of how the rewriter works: an
// address inside a managed object may be the first operand of a check, lead to
// a nested address, or point to a nested managed struct, and nothing else.
type prover struct {
	*model // of the twin
	prog   *ssa.Program
	pkg    *ssa.Package
	checks int
	found  Rejections
}

// prove type-checks the generated files and returns how many checks it has
// seen, or a *ProofError.
func (m *model) prove(files map[string][]byte) (int, error) {
	twin := &model{cfg: m.cfg, fset: token.NewFileSet(), sizes: m.sizes, managed: map[*types.TypeName]bool{}}
	var asts []*ast.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if path.Dir(name) != path.Dir(m.twinPath("x")) {
			continue
		}
		f, err := parser.ParseFile(twin.fset, path.Base(name), files[name], parser.SkipObjectResolution)
		if err != nil {
			return 0, err
		}
		asts = append(asts, f)
	}
	pkg, info, err := typeCheck(twin.fset, m.twinImport(), asts, withPackage{m.imp, m.pkg}, m.sizes)
	if err != nil {
		return 0, err
	}
	twin.pkg, twin.info = pkg, info
	for obj := range m.managed {
		if t, ok := pkg.Scope().Lookup(obj.Name()).(*types.TypeName); ok {
			twin.managed[t] = true
		}
	}
	p := &prover{model: twin, prog: ssa.NewProgram(twin.fset, 0)}
	p.build(asts)
	p.judge()
	if len(p.found) > 0 {
		return p.checks, &ProofError{p.found.sorted()}
	}
	return p.checks, nil
}

// withPackage is an Importer that has one more package.
type withPackage struct {
	types.Importer
	pkg *types.Package
}

// Import returns the package with the given path.
func (w withPackage) Import(path string) (*types.Package, error) {
	if path == w.pkg.Path() {
		return w.pkg, nil
	}
	return w.Importer.Import(path)
}

// build makes the SSA form of the twin; other packages have no bodies.
func (p *prover) build(files []*ast.File) {
	seen := map[*types.Package]bool{}
	var create func(pkgs []*types.Package)
	create = func(pkgs []*types.Package) {
		for _, pkg := range pkgs {
			if !seen[pkg] {
				seen[pkg] = true
				create(pkg.Imports())
				p.prog.CreatePackage(pkg, nil, nil, true)
			}
		}
	}
	create(p.model.pkg.Imports())
	p.pkg = p.prog.CreatePackage(p.model.pkg, files, p.info, false)
	p.pkg.Build()
}

// judge looks at every function, method and package variable of the twin.
func (p *prover) judge() {
	for _, name := range slices.Sorted(maps.Keys(p.pkg.Members)) {
		switch member := p.pkg.Members[name].(type) {
		case *ssa.Function:
			p.function(member)
		case *ssa.Global:
			if t := member.Type().(*types.Pointer).Elem(); p.holdsManaged(t) {
				p.violation(member.Pos(), nil, "a package variable of type %s", p.short(t))
			}
		case *ssa.Type:
			named, ok := member.Type().(*types.Named)
			if !ok {
				continue
			}
			for method := range named.Methods() {
				if fn := p.prog.FuncValue(method); fn != nil {
					p.function(fn)
				}
			}
		}
	}
}

func (p *prover) function(fn *ssa.Function) {
	if p.fset.PositionFor(fn.Pos(), false).Filename == GeneratedName {
		return // not from the model
	}
	for _, param := range fn.Params {
		p.value(param, fn)
	}
	for param := range fn.Signature.TypeParams().TypeParams() {
		if t := p.managedTerm(param.Constraint()); t != nil {
			p.violation(fn.Pos(), fn, "type parameter %s stands for %s", param, p.short(t))
		}
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			p.instruction(instr, fn)
		}
	}
	for _, anon := range fn.AnonFuncs {
		p.function(anon)
	}
}

// value rejects a value that is a managed struct, or contains one.
func (p *prover) value(v ssa.Value, fn *ssa.Function) {
	if p.holdsManaged(v.Type()) {
		p.violation(v.Pos(), fn, "a value of type %s", p.short(v.Type()))
	}
}

func (p *prover) instruction(instr ssa.Instruction, fn *ssa.Function) {
	if v, ok := instr.(ssa.Value); ok && !p.inside(v) {
		p.value(v, fn)
	}
	p.instances(instr, fn)
	switch i := instr.(type) {
	case *ssa.FieldAddr, *ssa.IndexAddr:
		p.address(i.(ssa.Value), fn)
	case *ssa.Alloc:
		if t := i.Type().(*types.Pointer).Elem(); p.holdsManaged(t) {
			p.violation(i.Pos(), fn, "a variable of type %s", p.short(t))
		}
	case *ssa.UnOp:
		if i.Op == token.MUL && p.isManagedPtr(i.X.Type()) {
			p.violation(i.Pos(), fn, "a load through %s", p.short(i.X.Type()))
		}
	case *ssa.Store:
		if p.isManagedPtr(i.Addr.Type()) {
			p.violation(i.Pos(), fn, "a store through %s", p.short(i.Addr.Type()))
		}
	case *ssa.MakeInterface:
		if p.isManagedPtr(i.X.Type()) {
			p.violation(i.Pos(), fn, "%s in an interface", p.short(i.X.Type()))
		}
	case *ssa.MakeClosure:
		p.closure(i, fn)
	case *ssa.Convert, *ssa.ChangeType, *ssa.MultiConvert:
		p.conversion(i.(ssa.Value), *i.Operands(nil)[0], fn)
	case *ssa.Call:
		p.call(i, fn)
	case *ssa.Go:
		p.violation(i.Pos(), fn, "a go statement")
	case *ssa.Defer:
		p.violation(i.Pos(), fn, "a defer statement")
	case *ssa.Select:
		p.violation(i.Pos(), fn, "a select statement")
	}
}

// address judges the uses of the address of a field or an element.
func (p *prover) address(addr ssa.Value, fn *ssa.Function) {
	if !p.inside(addr) || p.isManagedPtr(addr.Type()) {
		return
	}
	for _, use := range *addr.Referrers() {
		switch use := use.(type) {
		case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.DebugRef:
			continue
		case *ssa.Call:
			if p.isCheckOf(use, addr) || use.Call.Value != addr && p.isShadow(use) {
				continue
			}
		case *ssa.Convert:
			if p.onlyShadow(use) {
				continue
			}
		}
		p.violation(addr.Pos(), fn, "an address %s that no check takes", p.short(addr.Type()))
	}
}

// inside reports whether the address is derived from a managed pointer.
func (p *prover) inside(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.FieldAddr:
		return p.isManagedPtr(v.X.Type()) || p.inside(v.X)
	case *ssa.IndexAddr:
		return p.isManagedPtr(v.X.Type()) || p.inside(v.X)
	}
	return false
}

// onlyShadow reports whether an unsafe.Pointer goes nowhere but to functions
// of package shadow, which check what they do with it.
func (p *prover) onlyShadow(c *ssa.Convert) bool {
	for _, use := range *c.Referrers() {
		if call, ok := use.(*ssa.Call); !ok || call.Call.Value == ssa.Value(c) || !p.isShadow(call) {
			return false
		}
	}
	return c.Type() == types.Typ[types.UnsafePointer]
}

// isCheckOf reports whether call is LdN or StN of the N bytes at addr.
func (p *prover) isCheckOf(call *ssa.Call, addr ssa.Value) bool {
	n := checkSize(p.callee(call))
	if n == 0 || call.Call.Args[0] != addr {
		return false
	}
	for _, arg := range call.Call.Args[1:] {
		if arg == addr {
			return false
		}
	}
	return p.size(addr.Type().Underlying().(*types.Pointer).Elem()) == n
}

// checkSize is N for a function LdN or StN of package shadow, and else 0.
func checkSize(fn *types.Func) int64 {
	if fn == nil || !isShadowObject(fn) || fn.Signature().Recv() != nil {
		return 0
	}
	verb, n := fn.Name()[:len(fn.Name())-1], fn.Name()[len(fn.Name())-1]
	if verb != "Ld" && verb != "St" || !strings.ContainsRune("1248", rune(n)) {
		return 0
	}
	return int64(n - '0')
}

// callee is the declared function that call calls, or nil.
func (p *prover) callee(call *ssa.Call) *types.Func {
	fn := call.Call.StaticCallee()
	if fn == nil {
		return nil
	}
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	obj, _ := fn.Object().(*types.Func)
	return obj
}

// isShadow reports whether a function of package shadow is called that is no
// check: what it does with memory is its own business.
func (p *prover) isShadow(call *ssa.Call) bool {
	fn := p.callee(call)
	return fn != nil && isShadowObject(fn) && checkSize(fn) == 0
}

// call counts the checks, and judges that each has something to check.
func (p *prover) call(call *ssa.Call, fn *ssa.Function) {
	if checkSize(p.callee(call)) == 0 {
		return
	}
	p.checks++
	if !p.inside(call.Call.Args[0]) {
		p.violation(call.Pos(), fn, "a check of memory that is in no managed object")
	}
}

// instances rejects generic functions that get a managed type: their bodies
// touch objects without a check. Package shadow knows what it does.
func (p *prover) instances(instr ssa.Instruction, fn *ssa.Function) {
	for _, op := range instr.Operands(nil) {
		inst, ok := (*op).(*ssa.Function)
		if !ok || inst.Origin() == nil || isShadowObject(inst.Origin().Object()) {
			continue
		}
		for _, arg := range inst.TypeArgs() {
			if p.holdsManaged(arg) {
				p.violation(instr.Pos(), fn, "%s for type %s", inst.Origin().Name(), p.short(arg))
			}
		}
	}
}

func isShadowObject(obj types.Object) bool {
	return obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == shadowPath
}

// closure rejects a method value; that a function literal captures a managed
// pointer is fine.
func (p *prover) closure(c *ssa.MakeClosure, fn *ssa.Function) {
	if c.Fn.(*ssa.Function).Synthetic != "" && len(c.Bindings) == 1 && p.isManagedPtr(c.Bindings[0].Type()) {
		p.violation(c.Pos(), fn, "a method value of %s", p.short(c.Bindings[0].Type()))
	}
}

// conversion rejects ways to reach an object by another type of pointer.
func (p *prover) conversion(v, x ssa.Value, fn *ssa.Function) {
	to, ok := v.Type().Underlying().(*types.Pointer)
	if !ok || p.isManagedPtr(v.Type()) {
		if v.Type().Underlying() == types.Typ[types.UnsafePointer] && isInteger(x.Type()) {
			p.violation(v.Pos(), fn, "a number made a pointer")
		}
		return
	}
	if p.isManagedPtr(x.Type()) || x.Type().Underlying() == types.Typ[types.UnsafePointer] {
		p.violation(v.Pos(), fn, "a conversion from %s to %s", p.short(x.Type()), p.short(to))
	}
}

func isInteger(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

func (p *prover) violation(pos token.Pos, fn *ssa.Function, format string, args ...any) {
	if !pos.IsValid() && fn != nil {
		pos = fn.Pos()
	}
	p.found = append(p.found, p.rejection(pos, fmt.Sprintf(format, args...)))
}
