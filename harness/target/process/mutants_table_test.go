package process_test

// A mutant is the model with one thing wrong: in a file of package process, what
// is written instead of a statement or some.
type mistake struct {
	name, file, old, wrong string
	// equal is the proof that nobody can tell, "" for one that has to be seen.
	equal string
}

// mutants are what somebody who writes such code gets wrong: the order of two
// calls, a descriptor or an object that is not given back, a length, an owner, a
// copy that is missing.
var mutants = []mistake{
	// Mappings and rings.
	{name: "a page too much is unmapped", file: "ring.go", old: `w.munmap(unsafe.Pointer(r.Storage), startupLogSize)`, wrong: `w.munmap(unsafe.Pointer(r.Storage), startupLogSize+w.cfg.page)`},
	{name: "the descriptor is freed before the storage is unmapped", file: "ring.go", old: "if r.Flags&ringMapped == 0 {\n\t\tw.free(kindStorage, unsafe.Pointer(r.Storage))\n\t}\n\tw.free(kindRing, unsafe.Pointer(r))",
		wrong: "w.free(kindRing, unsafe.Pointer(r))\n\tif r.Flags&ringMapped == 0 {\n\t\tw.free(kindStorage, unsafe.Pointer(r.Storage))\n\t}"},
	{name: "a ring on the heap keeps its storage", file: "ring.go", old: "if r.Flags&ringMapped == 0 {\n\t\tw.free(kindStorage, unsafe.Pointer(r.Storage))\n\t}\n\tw.free(kindRing, unsafe.Pointer(r))", wrong: "w.free(kindRing, unsafe.Pointer(r))"},
	{name: "an old storage stays when a ring is resized", file: "ring.go", old: "w.free(kindStorage, unsafe.Pointer(old))", wrong: "_ = old"},
	{name: "the tail turns a byte too early", file: "ring.go", old: "st.Tail = (tail + n) % size", wrong: "st.Tail = (tail + n) % (size - 1)"},
	{name: "a ring may be full to the last byte", file: "ring.go", old: "st.Head = (st.Head + used + n - size + 1) % size", wrong: "st.Head = (st.Head + used + n - size) % size"},
	{name: "what has wrapped is not copied", file: "ring.go", old: "w.arena.Copy(w.plus(w.area(dst), int(first)), w.area(src), uintptr(used-first))", wrong: "_ = first"},
	{name: "a sink is freed and not forgotten", file: "sink.go", old: "w.g.Sinks[i] = nil", wrong: "_ = i"},
	{name: "a mapping is not counted", file: "mmap.go", old: "w.shm[shm].refs++", wrong: "_ = shm"},
	{name: "a mapping does not show what is shared", file: "mmap.go", old: "copy(w.arena.Raw(m.addr, size), w.shm[shm].data[:])", wrong: "_ = shm"},
	{name: "an unmapped mapping counts on", file: "mmap.go", old: "w.shm[m.shm].refs--", wrong: "_ = m"},

	// Startup logs.
	{name: "the logs are taken over without a copy", file: "errors.go", old: "g.StartupLogs = w.startupLogsDup(r)", wrong: "g.StartupLogs = r"},
	{name: "the old descriptor stays open in wait mode", file: "errors.go", old: "w.closeLogs(n)", wrong: "_ = n"},
	{name: "the old descriptor stays open behind a reload", file: "errors.go", old: "w.closeLogs(old)", wrong: "_ = old"},
	{name: "the number's text is not freed", file: "errors.go", old: "w.freeString(fdText)", wrong: "_ = fdText"},
	{name: "a worker keeps the old logs", file: "haproxy.go", old: "w.startupLogsFree(g.StartupLogs)\n\tg.StartupLogs = tmp", wrong: "g.StartupLogs = tmp"},
	{name: "a worker takes over the logs and frees the copy", file: "haproxy.go", old: "w.startupLogsFree(g.StartupLogs)\n\tg.StartupLogs = tmp", wrong: "w.startupLogsFree(tmp)"},
	{name: "the copy that nobody took stays", file: "haproxy.go", old: "w.freeTmp()", wrong: "_ = w",
		equal: "the copy is on the heap and the data segment still points at it: it goes with all memory at the exec that follows, and the next generation asks nothing of it"},
	{name: "the next generation gets another number", file: "haproxy_reexec.go", old: "w.number = strconv.AppendInt(w.number[:0], int64(n), 10)", wrong: "w.number = strconv.AppendInt(w.number[:0], int64(n)+1, 10)"},

	// The environment.
	{name: "the old array is copied to its own length", file: "libc_setenv.go", old: "w.copyEnv(env, g.LastEnviron, keep)", wrong: "w.copyEnv(env, g.LastEnviron, g.LastSize+keep-keep)"},
	{name: "a grown array does not end", file: "libc_setenv.go", old: "w.setEntry(env, count+1, nil)", wrong: "w.setEntry(env, count+1, w.entry(env, 0))"},
	{name: "a doubled array is empty", file: "libc_setenv.go", old: "if count > 0 {\n\t\tw.copyEnv(env, g.Environ, count)\n\t}\n\tnode.Array = env", wrong: "node.Array = env"},
	{name: "the old array is freed and remembered", file: "libc_setenv.go", old: "w.free(kindEnviron, unsafe.Pointer(env))\n\t\t\tg.LastEnviron = nil", wrong: "w.free(kindEnviron, unsafe.Pointer(env))"},
	{name: "a known value is not remembered", file: "libc_setenv.go", old: "g.Known = k\n\treturn s", wrong: "return s"},
	{name: "unsetenv stops at the first", file: "libc_setenv.go", old: "w.removeEntry(slot)\n\t\t\tif w.cfg.libc == program.LibcMusl {\n\t\t\t\tw.muslFree(s)\n\t\t\t}", wrong: "w.removeEntry(slot)\n\t\t\tif w.cfg.libc == program.LibcMusl {\n\t\t\t\tw.muslFree(s)\n\t\t\t}\n\t\t\treturn 0"},
	{name: "musl frees a string that is not its own", file: "libc_musl.go", old: "w.muslSwap(old, r)", wrong: "w.free(kindEnvString, unsafe.Pointer(old))"},
	{name: "putenv's string has setenv's owner", file: "app.go", old: "s = w.newString(kindPutString, w.pair)", wrong: "s = w.newString(kindEnvString, w.pair)"},
	{name: "putenv keeps a name without a value", file: "libc_setenv.go", old: "name := w.read(s)\n\t\treturn w.unsetenv(name)", wrong: "slot := w.growEnviron()\n\t\tif slot != nil {\n\t\t\tslot.Str = s\n\t\t}\n\t\treturn 0"},
	{name: "the copy's own strings come back", file: "tools.go", old: "if w.setenv(w.pair[:n], w.pair[n+1:], true) != 0 {\n\t\t\treturn false\n\t\t}", wrong: "if w.putenv(s) != 0 {\n\t\t\treturn false\n\t\t}"},
	{name: "the copy's array stays", file: "tools.go", old: "w.free(kindInitEnv, unsafe.Pointer(env))", wrong: "_ = env"},
	{name: "the last variable stays twice", file: "tools.go", old: "slot.Str = last.Str\n\t\tlast.Str = nil", wrong: "slot.Str = last.Str\n\t\tif slot == last {\n\t\t\tlast.Str = nil\n\t\t}"},
	{name: "what the configuration has set stays at a reload", file: "haproxy_reexec.go", old: "w.cleanEnv()\n\treturn w.restoreEnv()", wrong: "return w.restoreEnv()"},

	// Processes and descriptors.
	{name: "a child's descriptors are not counted", file: "kernel.go", old: "w.shm[child.fds[i].shm].refs++", wrong: "_ = i"},
	{name: "a child's mappings are not counted", file: "kernel.go", old: "w.shm[child.vmas[i].shm].refs++", wrong: "_ = i"},
	{name: "what closes on exec stays open", file: "kernel.go", old: "if p.fds[i].open && !p.fds[i].keep {\n\t\t\tw.closeFD(i)\n\t\t}", wrong: "_ = i"},
	{name: "nothing survives exec", file: "kernel.go", old: "if p.fds[i].open && !p.fds[i].keep {\n\t\t\tw.closeFD(i)\n\t\t}", wrong: "if p.fds[i].open && p.fds[i].role != fdStd {\n\t\t\tw.closeFD(i)\n\t\t}"},
	{name: "what was written before a switch is not shared", file: "kernel.go", old: "w.publish()\n\tw.arena.Save(&w.me().image)", wrong: "w.arena.Save(&w.me().image)"},
	{name: "the master keeps the worker's end", file: "step_proc.go", old: "w.closePair(master, worker)\n\treturn program.Done", wrong: "w.closePair(master, -1)\n\treturn program.Done"},
	{name: "a worker keeps the master's ends", file: "haproxy.go", old: "w.closeSockets()", wrong: "_ = w"},
	{name: "a worker closes its own end", file: "mworker.go", old: "if w.me().fds[i].open && w.me().fds[i].role == fdIPC {\n\t\t\tw.closeFD(i)\n\t\t}", wrong: "if w.me().fds[i].open && (w.me().fds[i].role == fdIPC || w.me().fds[i].role == fdEnd) {\n\t\t\tw.closeFD(i)\n\t\t}"},
	{name: "a dead worker's socket stays open", file: "mworker.go", old: "w.closeIPC(child)", wrong: "_ = child"},
	{name: "a dead worker's entry is freed in the list", file: "mworker.go", old: "child.List.Delete()\n\t\t\tfound = true", wrong: "found = true"},
	{name: "an entry's version is not freed", file: "mworker.go", old: "w.freeString(child.Version)", wrong: "_ = child"},
	{name: "reloads are written as options", file: "mworker.go", old: "w.pair = strconv.AppendInt(w.pair, int64(child.Reloads), 10)", wrong: "w.pair = strconv.AppendInt(w.pair, int64(child.Options), 10)"},
	{name: "the copy of the list's text is not freed", file: "mworker.go", old: "w.freeString(msg)", wrong: "_ = msg"},
	{name: "a worker keeps the master's variable", file: "haproxy.go", old: "g.TmpStartupLogs = nil\n\tw.unsetByName(program.NameReexec)", wrong: "g.TmpStartupLogs = nil"},
	{name: "a worker keeps the list", file: "haproxy.go", old: "w.freeProcs()", wrong: "_ = w"},
}
