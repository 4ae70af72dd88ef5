// Package memory makes a target's session of a model that lives in an arena of
// package shadow: what the model of the mux and that of the process have in
// common for a driver.
//
// It owns the ways to watch memory, the description of a trap, of an object and
// of what was leaked, and stacks in C names. It refuses to know which model it
// serves: a Kit tells it what it has to be told.
//
//	w, err := checked.New(shadow.Options{})
//	s := memory.NewSession(w, &memory.Kit{Names: names, ...}, shadow.Sanitize)
//	defer s.Close()
//	h := exec.New(s).Run(p, faults)
package memory
