package checked

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"testing"
	"os"
	"strconv"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

func TestRand(t *testing.T) {
	debug.SetPanicOnFault(true)
	w, err := New(shadow.Options{})
	if err != nil {
		t.Fatal(err)
	}
	N := 200000
	if s := os.Getenv("N"); s != "" {
		N, _ = strconv.Atoi(s)
	}
	seed := uint64(1)
	if s := os.Getenv("SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	rng := program.NewRand(seed)
	var p program.Program
	ops := 0
	seen := map[string]int{}
	fs := fault.Set{}
	if os.Getenv("C1") != "" {
		fs = fs.With(fault.HAPROXY_bd384a359)
	}
	for i := 0; i < N; i++ {
		program.Generate(rng, &p, program.Limits{})
		var done []program.Op
		func() {
			defer func() {
				r := recover()
				if r != nil {
					key := fmt.Sprint(r)
					var pc [30]uintptr
					fr := runtime.CallersFrames(pc[:runtime.Callers(0, pc[:])])
					st := ""
					for {
						f, more := fr.Next()
						st += fmt.Sprintln("  ", f.Function, f.File, f.Line)
						if !more {
							break
						}
					}
					key = key+"\n" + st
					seen[key]++
					if seen[key] == 1 && len(seen) < 8 {
						fmt.Println("RECOVERED", r, "program", i)
						fmt.Println(st)
						q := program.Program{Header: p.Header, Ops: done}
						fmt.Println(q.String())
					}
				}
			}()
			w.Reset(&p.Header, fs, shadow.Sanitize, false)
			for i, op := range p.Ops {
				w.SetOp(int32(i))
				done = append(done, op)
				w.Step(op)
				ops++
			}
			n := 0
			for ph := uint8(0); ph < 5; ph++ {
				for {
					op, ok := w.Next(ph)
					if !ok {
						break
					}
					n++
					if n > 10000 {
						key := "SETTLE LOOP " + fmt.Sprint(ph, op)
						seen[key]++
						if seen[key] == 1 {
							fmt.Println(key)
							fmt.Println(p.Header)
							for _, op := range done {
								fmt.Println(op)
							}
						}
						return
					}
					done = append(done, op)
					w.Step(op)
				}
			}
			var a Audit
			w.Audit(&a)
			for k, n := range a.Live {
				if n != 0 {
					key := fmt.Sprint("LEAK ", types[k].Name)
					seen[key]++
					if seen[key] == 1 {
						fmt.Println(key, n)
						for _, op := range done {
							fmt.Println(op)
						}
					}
				}
			}
		}()
	}
	fmt.Println("ops", ops)
	for k, n := range seen {
		if len(k) > 300 { k = k[:300] }
		fmt.Println(n, k)
	}
}
