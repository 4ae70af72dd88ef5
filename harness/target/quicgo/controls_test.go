package quicgo_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/target/quicgo"
)

// controls are the versions in the folder controls, and what is to be found in
// each.
var controls = map[string]string{
	"v0.44.0": "stream-credit",
	"v0.48.2": "stream-credit",
}

const (
	controlSeeds  = 10
	controlBudget = 120 * time.Second
	controlOps    = 8 // the most that a shrunk program may have
)

// controlsVar asks for the tests that build workers for other quic-gos.
const controlsVar = "LASTWAKE_CONTROLS"

// From an empty corpus, what is known to be wrong with an old version is found
// and shrunk, with any seed.
func TestControls(t *testing.T) {
	if os.Getenv(controlsVar) == "" {
		t.Skip("it builds two workers and hunts: make controls")
	}
	for version, class := range controls {
		t.Run(version, func(t *testing.T) {
			binary, err := quicgo.Build(t.Context(), "controls/"+version, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			for seed := range controlSeeds {
				controlled(t, binary, uint64(seed+1), class)
			}
		})
	}
}

func controlled(t *testing.T, binary string, seed uint64, class string) {
	ctx, cancel := context.WithTimeout(t.Context(), controlBudget)
	defer cancel()
	start := time.Now()
	var found *hunt.Found
	_, err := hunt.Run(ctx, hunt.Options{Target: &quicgo.Target{Command: []string{binary}}, Seed: seed, Shrink: 2000,
		Crash: func(f *hunt.Found) (string, error) {
			if found == nil && string(f.Verdict.Class) == class {
				found = f
				cancel()
			}
			return "", nil
		}})
	switch {
	case err != nil:
		t.Fatal(err)
	case found == nil:
		t.Errorf("seed %d: no %s within %s", seed, class, controlBudget)
	case len(found.Program.Ops) > controlOps:
		t.Errorf("seed %d: %d ops are left, want at most %d\n%s", seed, len(found.Program.Ops), controlOps, found.Program)
	default:
		t.Logf("seed %d: found after %.1f s and %d programs, shrunk to %d ops (minimal: %t) by %.1f s: %s; %s", seed, found.Seconds, found.Programs,
			len(found.Program.Ops), found.Minimal, time.Since(start).Seconds(), found.Signature(), strings.ReplaceAll(strings.TrimSpace(found.Program.String()), "\n", "; "))
	}
}
