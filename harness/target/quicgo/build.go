package quicgo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// The modules that a worker is made of.
const (
	ourModule  = "github.com/lastwake/lastwake"
	quicModule = "github.com/quic-go/quic-go"
)

// pre53 is the build tag for the interface of quic-go before v0.53.
const (
	pre53     = "quicgo_pre53"
	firstNew  = "v0.53.0"
	oldMarker = "type Connection interface"
)

// A BuildError says why there is no worker, and what to do.
type BuildError struct {
	What, Advice string
	Err          error
}

// Error implements error.
func (e *BuildError) Error() string {
	if e.Err == nil {
		return e.What
	}
	return e.What + ": " + e.Err.Error()
}

// Unwrap returns the error behind it.
func (e *BuildError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *BuildError) Hint() string { return e.Advice }

// Build builds a worker for another quic-go in dir and returns its name. what
// is a version ("v0.48.2"), the folder of a checkout of quic-go, or the folder
// of a module whose main package is a worker, such as controls/v0.44.0. The
// module that is built is made in dir; nothing outside of it changes.
func Build(ctx context.Context, what, dir string) (string, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return "", &BuildError{What: "a worker for " + what + " has to be built, and there is no go command", Advice: "install Go from https://go.dev/dl, or leave --quicgo out", Err: err}
	}
	binary := filepath.Join(dir, "worker")
	module, err := moduleOf(what)
	switch {
	case err != nil:
		return "", err
	case module == "":
		err = temporary(ctx, dir, what, "", oldVersion(what))
	case module == quicModule:
		err = checkout(ctx, dir, what)
	default:
		return binary, compile(ctx, what, dir, binary, isOld(what))
	}
	if err != nil {
		return "", err
	}
	_, old := os.Stat(filepath.Join(dir, pre53))
	return binary, compile(ctx, dir, dir, binary, old == nil)
}

// compile builds the worker that is the main package of module.
func compile(ctx context.Context, module, dir, binary string, old bool) error {
	args := []string{"build", "-mod=mod"}
	if old {
		flags, err := ticking(ctx, module, dir)
		if err != nil {
			return err
		}
		args = append(append(args, "-tags", pre53), flags...)
	}
	return goCommand(ctx, module, append(args, "-o", binary, ".")...)
}

// moduleOf returns the path of the module in the folder what, "" if what is a
// version.
func moduleOf(what string) (string, error) {
	if semver.IsValid(what) {
		if _, err := os.Stat(what); err != nil {
			return "", nil
		}
	}
	text, err := os.ReadFile(filepath.Join(what, "go.mod"))
	if err != nil {
		return "", &BuildError{What: fmt.Sprintf("--quicgo %q is neither a version nor the folder of a module", what),
			Advice: "such as v0.48.2, or the folder of a checkout of quic-go", Err: err}
	}
	if path := modfile.ModulePath(text); path != "" {
		return path, nil
	}
	return "", &BuildError{What: filepath.Join(what, "go.mod") + " names no module"}
}

func oldVersion(v string) bool { return semver.Compare(v, firstNew) < 0 }

// oldSource reports whether the quic-go in a folder has the old interface.
func oldSource(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, "interface.go"))
	return err == nil && strings.Contains(string(text), oldMarker)
}

// isOld reports whether the version that a worker's go.mod puts in place of
// quic-go has the old interface.
func isOld(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return false
	}
	f, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		return false
	}
	for _, r := range f.Replace {
		if r.Old.Path == quicModule && r.New.Version != "" && oldVersion(r.New.Version) {
			return true
		}
	}
	return false
}

func checkout(ctx context.Context, dir, what string) error {
	at, err := filepath.Abs(what)
	if err != nil {
		return err
	}
	return temporary(ctx, dir, at, at, oldSource(at))
}

// temporary writes a module with a worker to dir: our source as it is, quic-go
// put in place by replace, for version selection would take the newest.
func temporary(ctx context.Context, dir, what, at string, old bool) error {
	source, err := ourSource(ctx)
	if err != nil {
		return err
	}
	replacement := quicModule + " " + what
	if at != "" {
		replacement = modfile.AutoQuote(at)
	}
	mod := fmt.Sprintf("module lastwake.invalid/worker\n\ngo 1.26.0\n\nrequire %s v0.0.0\n\nreplace (\n\t%s => %s\n\t%s => %s\n)\n",
		ourModule, ourModule, modfile.AutoQuote(source), quicModule, replacement)
	files := map[string]string{"go.mod": mod, "main.go": mainSource}
	if sum, err := os.ReadFile(filepath.Join(source, "go.sum")); err == nil {
		files["go.sum"] = string(sum)
	}
	if old {
		files[pre53] = "" // remembered for the build
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

const mainSource = `package main

import "` + ourModule + `/harness/target/quicgo/worker"

func main() { worker.Main() }
`

// ourSource is where the source of this module lies: known in the module
// itself and in one that requires it as a tool.
func ourSource(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", ourModule)
	cmd.Stderr = nil
	out, err := cmd.Output()
	if dir := strings.TrimSpace(string(out)); err == nil && dir != "" {
		return dir, nil
	}
	return "", &BuildError{What: "a worker has to be built, and the source of lastwake is not at hand",
		Advice: "run it in a checkout of lastwake, or in a module that has it: go get -tool " + ourModule + "/harness/cmd/lastwake", Err: err}
}

// goCommand runs the go command in dir.
func goCommand(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	return &BuildError{What: fmt.Sprintf("go %s in %s", strings.Join(args, " "), dir), Advice: "does quic-go build there with this Go? v0.37.5 is the first that does with Go 1.26",
		Err: errors.New(strings.TrimSpace(string(out)))}
}
