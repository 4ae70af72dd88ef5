package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/corpus/pool"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/program"
)

var pruned = flag.Int("programs", 400, "how many programs are pruned")

// What corpus prune leaves of a pool covers every edge, state and signature
// that the pool covers, files and all; -programs 100000 is what is promised.
func TestPruneOfAPool(t *testing.T) {
	r, p := program.NewRand(3), program.New(program.Mux)
	ins := make([]pool.Input, *pruned)
	for i := range ins {
		program.Generate(r, p, program.Limits{Ops: 24})
		ins[i] = pool.Input{Data: program.Encode(p), Target: program.Mux}
	}
	dir := t.TempDir()
	from, to := filepath.Join(dir, "all"), filepath.Join(dir, "some")
	if err := pool.Write(from, pool.Raw, ins); err != nil {
		t.Fatal(err)
	}
	const faults = "HAPROXY-bd384a359,HAPROXY-1cb254ad7,HAPROXY-10dab4af9"
	run := func(args ...string) string {
		t.Helper()
		var out, messages bytes.Buffer
		if n := execute(append([]string{"corpus"}, args...), strings.NewReader(""), &out, &messages); n != exitClean {
			t.Fatalf("%v: status %d\n%s", args, n, &messages)
		}
		return out.String()
	}
	stats := func(dir string) (c hunt.Coverage) {
		t.Helper()
		if err := json.Unmarshal([]byte(run("stats", "--json", "--faults", faults, dir)), &c); err != nil {
			t.Fatal(err)
		}
		slices.Sort(c.Signatures)
		return c
	}
	t.Log(strings.TrimSpace(run("prune", "--to", "raw", "--faults", faults, from, to)))
	all, some := stats(from), stats(to)
	if all.Edges != some.Edges || all.States != some.States || all.Features != some.Features || !slices.Equal(all.Signatures, some.Signatures) {
		t.Errorf("of %+v\nthere is left %+v", all, some)
	}
	if some.Programs >= all.Programs || len(all.Signatures) == 0 {
		t.Errorf("%d programs of %d, %d signatures: this shows nothing", some.Programs, all.Programs, len(all.Signatures))
	}
}
