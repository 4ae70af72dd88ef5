package process_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/memory"
	"github.com/lastwake/lastwake/harness/target/process"
)

// A policy is the target with one C library and one kernel, whatever a
// program's header says.
type policy struct {
	process.Process
	libc, munmap uint32
}

func (p policy) NewSession() (target.Session, error) {
	s, err := p.Process.NewSession()
	if err != nil {
		return nil, err
	}
	return &policySession{s.(*memory.Session), p}, nil
}

type policySession struct {
	*memory.Session
	p policy
}

func (s *policySession) Reset(h *program.Header, f fault.Set) {
	fixed := *h
	fixed.Set[program.KeyLibc], fixed.Set[program.KeyMunmap] = s.p.libc, s.p.munmap
	s.Session.Reset(&fixed, f)
}

// opsVar is how many ops each policy is searched for, roundOps how many of them
// before the next policy has its turn: a long run that is interrupted has looked
// at all of them.
const (
	opsVar   = "LASTWAKE_CLEAN_OPS"
	roundOps = 5_000_000
)

// With every fault off the search finds nothing, under any C library and any
// kernel.
func TestAllOffIsClean(t *testing.T) {
	ops := uint64(100_000)
	if text := os.Getenv(opsVar); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("%s: %v", opsVar, err)
		}
		ops = n
	}
	for done := uint64(0); done < ops; done += roundOps {
		for libc, lname := range []string{"glibc2.35", "glibc2.41", "musl", "illumos"} {
			for munmap, mname := range []string{"linux", "bsd"} {
				t.Run(fmt.Sprintf("%s-%s", lname, mname), func(t *testing.T) {
					p := policy{libc: uint32(libc), munmap: uint32(munmap)}
					isClean(t, p, 31+done/roundOps*8+uint64(libc*2+munmap), min(roundOps, ops-done), done)
				})
			}
		}
	}
}

// isClean searches a policy for a number of ops, after those done by others.
func isClean(t *testing.T, p policy, seed, ops, done uint64) {
	sum, err := hunt.Run(context.Background(), hunt.Options{Target: p, Seed: seed, Ops: ops, Shrink: -1})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range sum.Found {
		t.Errorf("%s\n%s", f.Signature(), f.Program)
	}
	t.Logf("%d ops, %d of them now in %d programs from seed %d; %d edges, %d findings", done+sum.Ops, sum.Ops, sum.Programs, seed, sum.Edges, len(sum.Found))
}
