package mux

import "github.com/lastwake/lastwake/harness/program"

// playBack plays what only connections to servers know.
func (w *World) playBack(op program.Op) program.Outcome {
	if !w.cfg.back {
		return program.WrongKind
	}
	switch op.Verb {
	case program.AppOpen:
		if !w.beReuseConnection(uint64(op.Conn)) {
			return program.NotNow
		}
	case program.RunPurge:
		return w.playPurge(op.Arg[program.PurgeAll] != 0)
	case program.RunCleanup:
		task := w.srv.CleanupTask
		if task.State&taskQueued == 0 {
			return program.NotQueued
		}
		w.runTask(task)
	}
	return program.Done
}

// playPurge lets the clock reach the next purge of idle connections and runs
// its task; with all it is an administrator who has them closed, as
// srv_cleanup_connections does.
func (w *World) playPurge(all bool) program.Outcome {
	srv := w.srv
	if all {
		if srv.migrateConnsToRemove(w, maxConns) == 0 {
			return program.NotNow
		}
		return program.Done
	}
	task := srv.IdleConnTask
	if task.State&taskQueued == 0 {
		if !task.armed() {
			return program.NotArmed
		}
		w.nowMS = max(w.nowMS, task.Expire)
		w.wakeExpiredTasks()
	}
	w.runTask(task)
	return program.Done
}
