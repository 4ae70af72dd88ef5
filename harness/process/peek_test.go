package process

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// peek shows one thing of the process that runs:
//
//	start              the events since the start, or the last op
//	env [NAME ...]     the entries of environ, all or those called so, and whose they are
//	array              environ's array: whose, how many entries
//	copy               how many entries init_env has
//	held               what env.get keeps
//	places             the entries where the walk and the search go on
//	list               the list of processes
//	ring r0            a ring; r0 is the startup logs, tmp their copy
//	live KIND ...      how many objects there are of these kinds, or of all
//	procs              the processes and their descriptors
func (w *World) peek(b *strings.Builder, args []string) {
	switch args[0] {
	case "start":
		player{w}.Events(func(line string) { fmt.Fprintf(b, "  %s\n", line) })
	case "env":
		w.peekEnv(b, args[1:])
	case "array":
		c, _ := w.arena.ObjectAt(unsafe.Pointer(w.g.Environ))
		fmt.Fprintf(b, "  %s of %d, %d used\n", types[c.Kind].Name, c.Size/8, w.countEnv(w.g.Environ))
	case "copy":
		fmt.Fprintf(b, "  %d entries\n", w.countEnv(w.g.InitEnv))
	case "held":
		text, ok := w.arena.Text(unsafe.Pointer(w.g.Held))
		fmt.Fprintf(b, "  %.40q, there %t, may be read %t\n", text, ok, w.me().heldStable)
	case "places":
		fmt.Fprintf(b, "  walk %d, search %d\n", w.me().walk, w.me().find)
	case "list":
		w.peekList(b)
	case "ring":
		w.peekRing(b, args[1])
	case "live":
		w.peekLive(b, args[1:])
	case "procs":
		w.peekProcs(b)
	default:
		panic("cannot look at " + args[0])
	}
}

func (w *World) peekEnv(b *strings.Builder, names []string) {
	env := w.g.Environ
	if env == nil {
		b.WriteString("  none\n")
		return
	}
	for i := int32(0); w.entry(env, i) != nil; i++ {
		s := w.entry(env, i)
		text, _ := w.arena.Text(unsafe.Pointer(s))
		name, _, _ := strings.Cut(string(text), "=")
		if len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		c, _ := w.arena.ObjectAt(unsafe.Pointer(s))
		fmt.Fprintf(b, "  %.200s  (%s)\n", text, types[c.Kind].Name)
	}
}

func (w *World) peekList(b *strings.Builder) {
	head := &w.g.ProcList
	for l := head.N; l != head; l = w.next(l) {
		p := w.procOf(l)
		id, _ := w.arena.Text(unsafe.Pointer(p.ID))
		version, _ := w.arena.Text(unsafe.Pointer(p.Version))
		fmt.Fprintf(b, "  pid=%d type=%c options=%d reloads=%d fd=%d id=%s version=%s\n",
			p.Pid, p.Type, p.Options, p.Reloads, p.IpcFD[0], id, version)
	}
}

func (w *World) peekRing(b *strings.Builder, name string) {
	r := w.g.TmpStartupLogs
	switch {
	case name == "r0":
		r = w.g.StartupLogs
	case name != "tmp":
		r = w.g.Sinks[name[1]-'0']
	}
	if r == nil {
		b.WriteString("  none\n")
		return
	}
	st := r.Storage
	fmt.Fprintf(b, "  flags=%d size=%d rsvd=%d head=%d tail=%d used=%d\n", r.Flags, st.Size, st.Rsvd, st.Head, st.Tail, w.used(r))
}

func (w *World) peekLive(b *strings.Builder, kinds []string) {
	var live [numKinds]int
	w.arena.EachLive(func(c shadow.Chunk) bool { live[c.Kind]++; return true })
	for k, n := range live {
		name := strings.ReplaceAll(types[k].Name, " ", "-")
		if slices.Contains(kinds, name) || n > 0 && len(kinds) == 0 {
			fmt.Fprintf(b, "  %d %s\n", n, types[k].Name)
		}
	}
}

// peekProcs names a descriptor by what it is for, with * if it survives exec, and
// the shared memory behind it.
func (w *World) peekProcs(b *strings.Builder) {
	states := [...]string{procNone: "none", procRunning: "runs", procZombie: "zombie"}
	roles := [...]string{roleMaster: "master", roleChild: "child", roleWorker: "worker"}
	fds := [...]string{fdStd: "std", fdShm: "shm", fdIPC: "ipc", fdEnd: "end", fdApp: "app"}
	for i := range w.procs {
		p := &w.procs[i]
		if p.state == procNone {
			continue
		}
		fmt.Fprintf(b, "  x%d pid=%d %s %s", i, p.pid, states[p.state], roles[p.role])
		for n, fd := range p.fds {
			if !fd.open || fd.role == fdStd {
				continue
			}
			fmt.Fprintf(b, " %d:%s", n, fds[fd.role])
			if fd.keep {
				b.WriteByte('*')
			}
			if fd.role == fdShm {
				fmt.Fprintf(b, "(%d refs)", w.shm[fd.shm].refs)
			}
		}
		for _, m := range p.vmas {
			if m.size != 0 {
				fmt.Fprintf(b, " map:%d", m.size)
			}
		}
		b.WriteByte('\n')
	}
}
