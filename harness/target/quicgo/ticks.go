package quicgo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// ticks are the comparisons of old versions that wait for the clock to go past
// a timeout. In a bubble it stands still while anybody works, and a timer fires
// on the nanosecond: they miss their own timeouts, or loop for ever. Later
// versions read as the right side does.
var ticks = map[string]*strings.Replacer{
	"connection.go": strings.NewReplacer("timeout.Before(now)", "!timeout.After(now)",
		"now.After(s.nextIdleTimeoutTime())", "!now.Before(s.nextIdleTimeoutTime())"),
	"internal/ackhandler/sent_packet_handler.go": strings.NewReplacer("p.SendTime.Before(lostSendTime)", "!p.SendTime.After(lostSendTime)"),
}

// ticking copies the quic-go that a module uses to dir, with ticks replaced,
// and returns the flags that make "go build" in the module use the copy.
func ticking(ctx context.Context, module, dir string) ([]string, error) {
	// The package is asked for, not the module (-m): its source is downloaded if
	// need be, and a module that is not there yet has no folder.
	cmd := exec.CommandContext(ctx, "go", "list", "-mod=mod", "-f", "{{.Dir}}", quicModule)
	cmd.Dir = module
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = errors.New(strings.TrimSpace(string(exit.Stderr)))
		}
		return nil, &BuildError{What: "where is the source of quic-go for " + module + "?", Err: err}
	}
	to := filepath.Join(dir, "quic-go")
	if err := copySource(strings.TrimSpace(string(out)), to); err != nil {
		return nil, err
	}
	mod, err := os.ReadFile(filepath.Join(module, "go.mod"))
	if err != nil {
		return nil, err
	}
	f, err := modfile.Parse("go.mod", mod, nil)
	if err != nil {
		return nil, err
	}
	what := sourceOf(f)
	if err := f.AddReplace(quicModule, "", to, ""); err != nil {
		return nil, err
	}
	if mod, err = f.Format(); err != nil {
		return nil, err
	}
	alternative := filepath.Join(dir, "ticking.mod")
	if err := os.WriteFile(alternative, mod, 0o666); err != nil {
		return nil, err
	}
	sum, err := os.ReadFile(filepath.Join(module, "go.sum"))
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "ticking.sum"), sum, 0o666); err != nil {
		return nil, err
	}
	return []string{"-modfile", alternative, "-ldflags", fmt.Sprintf("-X '%s/harness/target/quicgo/adapter.ticking=%s'", ourModule, what)}, nil
}

// sourceOf returns the version or the folder of quic-go that a go.mod chooses.
func sourceOf(f *modfile.File) string {
	for _, r := range f.Replace {
		if r.Old.Path == quicModule {
			return cmp.Or(r.New.Version, r.New.Path)
		}
	}
	return "(unknown)"
}

// copySource copies the Go files that are no tests, and go.mod.
func copySource(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o777)
		}
		if name != "go.mod" && (!strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go")) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if r := ticks[filepath.ToSlash(name)]; r != nil {
			text = []byte(r.Replace(string(text)))
		}
		return os.WriteFile(filepath.Join(to, name), text, 0o666)
	})
}
