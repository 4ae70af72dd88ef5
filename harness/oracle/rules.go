package oracle

import (
	"fmt"
	"strings"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// A sessionRule counts, over the whole session, what must never happen. An
// object of "" is one of the kind that the audit names as lost; behind a text
// that ends with a colon stands the variable that the audit names.
type sessionRule struct {
	class        Class
	name, object string
	count        func(*target.Audit) uint32
	text         string
}

// verdict is what the rule says of a check that has it.
func (r *sessionRule) verdict(names *target.Names, a *target.Audit) Verdict {
	v := Verdict{Class: r.class, Invariant: r.name, Object: r.object, Detail: r.text}
	if strings.HasSuffix(r.text, ":") {
		v.Detail += " " + variableOf(a)
	}
	if r.object == "" {
		v.Object = names.Kind(int(a.Proc.LostKind))
	}
	return v
}

// variableOf is the variable that the audit of a process names.
func variableOf(a *target.Audit) string {
	names := program.EnvNames()
	if n := a.Proc.EnvName; int(n) < len(names) {
		return names[n]
	}
	return "one with another name"
}

// sessionRules: the scheduler's contract and the lists.
var sessionRules = [...]sessionRule{
	{GhostWake, "wake", "tasklet", func(a *target.Audit) uint32 { return a.GhostWakes },
		"a freed task or tasklet was woken"},
	{Accounting, "handler-return", "task", func(a *target.Audit) uint32 { return a.BadReturns },
		"a handler returned NULL for a live task, or a task that it had freed"},
	{Accounting, "list-unlink", "list", func(a *target.Audit) uint32 { return a.BadUnlinks },
		"a node that is in no list was unlinked"},
	{Accounting, "list-append", "list", func(a *target.Audit) uint32 { return a.BadAppends },
		"a node that is in a list was inserted again"},
	{Accounting, "server-conns", "server", func(a *target.Audit) uint32 { return a.BadServer },
		"a server counts other connections in use or idle than it has"},
}

// A connRule is an invariant of one connection.
type connRule struct {
	class        Class
	name, object string
	broken       func(*target.ConnAudit) bool
	text         func(*target.ConnAudit) string
}

func (r *connRule) verdict(conn int, a *target.ConnAudit) Verdict {
	return Verdict{Class: r.class, Invariant: r.name, Object: r.object, Detail: fmt.Sprintf("c%d: %s", conn, r.text(a))}
}

// wrapped is where a counter stops being a count and starts being one that
// went below zero.
const wrapped = 1 << 31

// connRules hold between any two ops. Order is precedence: what explains the
// others comes first.
var connRules = [...]connRule{
	{Accounting, "tx-offsets", "qcc",
		func(c *target.ConnAudit) bool { return c.MuxAlive && c.TxOffsets != c.TxSum },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("the connection counts %d bytes prepared, its streams %d", c.TxOffsets, c.TxSum)
		}},
	{Accounting, "tx-sent", "qcc",
		func(c *target.ConnAudit) bool { return c.MuxAlive && c.TxSent != c.TxSentSum },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("the connection counts %d bytes sent, its streams %d", c.TxSent, c.TxSentSum)
		}},
	{Accounting, "tx-limit", "qcc",
		func(c *target.ConnAudit) bool { return c.MuxAlive && c.TxSent > c.TxLimit },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d bytes sent where the peer allows %d", c.TxSent, c.TxLimit)
		}},
	{Accounting, "tx-stream-limit", "qcs",
		func(c *target.ConnAudit) bool { return c.TxOver != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d streams sent beyond the peer's limit", c.TxOver)
		}},
	{Accounting, "rx-offsets", "qcc",
		func(c *target.ConnAudit) bool { return c.MuxAlive && c.RxOffsets != c.RxSum },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("the connection counts %d bytes received, its streams %d", c.RxOffsets, c.RxSum)
		}},
	{Accounting, "nb-sc", "qcc",
		func(c *target.ConnAudit) bool { return c.MuxAlive && c.NbSC != uint64(c.Attached) },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("nb_sc is %d, %d streams have a stream connector", int64(c.NbSC), c.Attached)
		}},
	{Accounting, "nb-hreq", "qcc",
		func(c *target.ConnAudit) bool { return c.MuxAlive && c.NbHreq >= wrapped },
		func(c *target.ConnAudit) string { return fmt.Sprintf("nb_hreq went below 0: %d", int64(c.NbHreq)) }},
	{Accounting, "tx-buffers", "quic_conn",
		func(c *target.ConnAudit) bool { return c.QuicAlive && c.Buffers != c.BuffersLive },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d Tx buffers counted, %d live", c.Buffers, c.BuffersLive)
		}},
	{Accounting, "tx-buffer-quota", "quic_conn",
		func(c *target.ConnAudit) bool { return c.QuicAlive && c.BuffersLive > c.BufLimit },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d Tx buffers live, %d allowed", c.BuffersLive, c.BufLimit)
		}},
	{Accounting, "tx-buffer-bytes", "qcc",
		func(c *target.ConnAudit) bool { return c.MuxAlive && c.BufBytes != c.BufBytesSum },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d bytes of Tx buffers counted, %d live", c.BufBytes, c.BufBytesSum)
		}},
	{LostWakeup, "buf-waiters", "qcc",
		func(c *target.ConnAudit) bool { return c.MuxAlive && c.BufWaiters != 0 && !c.ConnFull },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d streams wait for a Tx buffer, and the connection has forgotten them", c.BufWaiters)
		}},
	{LostWakeup, "fctl-waiters", "qcc",
		func(c *target.ConnAudit) bool { return c.MuxAlive && c.FctlWaiters != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d streams wait for credit that the connection has", c.FctlWaiters)
		}},
	{Accounting, "rx-data", "qcs",
		func(c *target.ConnAudit) bool { return c.RxLost != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d streams lost bytes that the peer need not send again", c.RxLost)
		}},
	{Accounting, "critical-stream", "qcs",
		func(c *target.ConnAudit) bool { return c.CriticalLost != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d control streams of the peer ended, and the connection goes on", c.CriticalLost)
		}},
	{Accounting, "tx-dropped", "qcs",
		func(c *target.ConnAudit) bool { return c.TxDropped != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("released with %d streams that had something to send, no error, no timeout", c.TxDropped)
		}},
	{Accounting, "idle-reset", "qcs",
		func(c *target.ConnAudit) bool { return c.IdleResets != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d streams were reset that had never been opened", c.IdleResets)
		}},
	{Accounting, "idle-toremove", "connection",
		func(c *target.ConnAudit) bool { return c.IdleToremove != 0 },
		func(*target.ConnAudit) string {
			return "the connection was chosen to be closed, and the next request finds it"
		}},
	{LostWakeup, "stop-sending-dropped", "qcs",
		func(c *target.ConnAudit) bool { return c.StopsDropped != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d streams freed with a STOP_SENDING owed", c.StopsDropped)
		}},
	{LostWakeup, "write-forgotten", "qcs",
		func(c *target.ConnAudit) bool { return c.Unlisted != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d writes were refused for want of room, and nobody remembers who waits for it", c.Unlisted)
		}},
	{Accounting, "in-flight", "quic_conn",
		func(c *target.ConnAudit) bool {
			return c.QuicAlive && !c.Closing && (c.FlightBytes != c.FlightSum || c.PrepBytes != c.FlightSum)
		},
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d bytes counted in flight, %d prepared, packets in flight have %d", c.FlightBytes, c.PrepBytes, c.FlightSum)
		}},
	{Accounting, "hreq-sum", "qcc",
		func(c *target.ConnAudit) bool { return c.HreqExact && c.NbHreq != c.HreqSum },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("nb_hreq is %d, %d streams have a request", int64(c.NbHreq), c.HreqSum)
		}},
	{Accounting, "stream-credit", "qcc",
		func(c *target.ConnAudit) bool { return c.MuxAlive && !c.ErrL && c.Credits != c.CreditSum },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("the peer was granted %d streams, with what the next credit gives it; its due are %d", c.Credits, c.CreditSum)
		}},
	{LostWakeup, "timeout-lingers", "qcc",
		func(c *target.ConnAudit) bool { return c.MuxAlive && c.NoTask && c.NbSC == 0 },
		func(*target.ConnAudit) string {
			return "the timeout has struck, no stream is attached, the mux was not released"
		}},
	{Accounting, "fin-sent", "qcs",
		func(c *target.ConnAudit) bool { return c.FinsOpen != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d streams sent their FIN and are not closed", c.FinsOpen)
		}},
	{LostWakeup, "close-unasked", "qcc",
		func(c *target.ConnAudit) bool { return c.QuicAlive && c.MuxAlive && c.ErrLDone && !c.Closing },
		func(*target.ConnAudit) string {
			return "the mux has handled its error, and the transport was not asked to close"
		}},
	{Accounting, "remote-open", "qcs",
		func(c *target.ConnAudit) bool { return c.RemoteOpen != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d streams have all that the peer will send, and are not closed for it", c.RemoteOpen)
		}},
}

// waitRules hold while nothing is queued: what a stream layer waits for has not
// come, or it was woken.
var waitRules = [...]connRule{
	{LostWakeup, "writer-asleep", "qcs",
		func(c *target.ConnAudit) bool { return c.Writers != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d stream layers wait for room, which there is, and nobody will wake them", c.Writers)
		}},
	{LostWakeup, "reader-asleep", "qcs",
		func(c *target.ConnAudit) bool { return c.Readers != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d stream layers wait for bytes or an end, which have come, and nobody will wake them", c.Readers)
		}},
	{LostWakeup, "failure-asleep", "qcs",
		func(c *target.ConnAudit) bool { return c.Unalerted != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d stream layers wait on a stream that has failed, and nobody will wake them", c.Unalerted)
		}},
	{LostWakeup, "failure-untold", "qcs",
		func(c *target.ConnAudit) bool { return c.Untold != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("the connection has failed, and %d streams do not say so", c.Untold)
		}},
	{LostWakeup, "closure-untold", "qcc",
		func(c *target.ConnAudit) bool { return c.QuicAlive && c.Closing && c.MuxAlive && !c.ErrConn && !c.ErrL },
		func(*target.ConnAudit) string {
			return "the transport has closed the connection, and the mux does not know"
		}},
}

// restRules hold at rest: everything sent is acked, nothing is queued, the
// network works, the connection is not being closed by us. Order is precedence:
// a descriptor that is never freed fills the quota, a full quota leaves a
// stream pending. After an allocation was made to fail, what is stuck for want
// of it is not judged; a full quota with no buffer in it is stuck for ever. A
// stream that holds a buffer with nothing in it may still write or end.
var restRules = [...]connRule{
	{LostWakeup, "desc-unfreed", "qc_stream_desc",
		func(c *target.ConnAudit) bool { return c.QuicAlive && c.DescsDone != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d descriptors released, nothing left to be acked, not freed", c.DescsDone)
		}},
	{LostWakeup, "desc-empty-buffer", "qc_stream_desc",
		func(c *target.ConnAudit) bool { return c.QuicAlive && c.DescsEmpty != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d descriptors released, held by a buffer with nothing in it", c.DescsEmpty)
		}},
	{LostWakeup, "desc-bare", "qc_stream_desc",
		func(c *target.ConnAudit) bool { return c.QuicAlive && c.DescsBare != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d descriptors released, without a buffer, not freed", c.DescsBare)
		}},
	{LostWakeup, "fin-lost", "qc_stream_desc",
		func(c *target.ConnAudit) bool { return c.QuicAlive && !c.Closing && c.FinsLost != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d streams with a FIN sent, never acked, never sent again", c.FinsLost)
		}},
	{LostWakeup, "conn-full", "qcc",
		func(c *target.ConnAudit) bool {
			return healthy(c) && c.ConnFull && c.FlowBlocked == 0 && c.Holding == 0 && (!c.AllocFailed || c.Buffers == 0)
		},
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("CONN_FULL is set, %d of %d Tx buffers in use, and nothing will clear it", c.Buffers, c.BufLimit)
		}},
	{LostWakeup, "error-unsent", "qcc",
		func(c *target.ConnAudit) bool {
			return c.MuxAlive && !c.ErrConn && c.ErrL && !c.ErrLDone && !(c.AllocFailed && c.Subscribed)
		},
		func(*target.ConnAudit) string { return "an error was raised and no CONNECTION_CLOSE asked for" }},
	{LostWakeup, "mux-dead", "qcc",
		func(c *target.ConnAudit) bool { return c.MuxAlive && c.NbSC == 0 && (c.ErrConn || c.ErrLDone) },
		func(*target.ConnAudit) string {
			return "the connection failed, no stream is attached, the mux was not released"
		}},
	{LostWakeup, "control-pending", "qcs",
		func(c *target.ConnAudit) bool { return healthy(c) && c.Controls != 0 && !c.AllocFailed },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d streams owe a RESET_STREAM or a STOP_SENDING and nobody will wake them", c.Controls)
		}},
	{LostWakeup, "stream-pending", "qcs",
		func(c *target.ConnAudit) bool { return healthy(c) && c.Pending != 0 && !c.AllocFailed },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d streams have something to send and nobody will wake them", c.Pending)
		}},
	{LostWakeup, "recv-waiters", "qcs",
		func(c *target.ConnAudit) bool { return healthy(c) && c.RecvWaiters != 0 },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d streams wait to be decoded and nobody will wake the mux", c.RecvWaiters)
		}},
	{LostWakeup, "stream-overdue", "qcs",
		func(c *target.ConnAudit) bool { return healthy(c) && c.Overdue != 0 && !c.AllocFailed },
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d streams have sent all, nobody is attached to them, and they are not freed", c.Overdue)
		}},
	{LostWakeup, "frames-pending", "quic_conn",
		func(c *target.ConnAudit) bool {
			return c.QuicAlive && !c.Closing && c.PendingFrames != 0 && !c.AllocFailed
		},
		func(c *target.ConnAudit) string {
			return fmt.Sprintf("%d frames wait to be sent", c.PendingFrames)
		}},
	{LostWakeup, "quic-conn-lingers", "quic_conn",
		func(c *target.ConnAudit) bool { return c.QuicAlive && c.MuxReleased && !c.Closing && c.Descs == 0 },
		func(*target.ConnAudit) string {
			return "the mux is released, no descriptor is left, nobody closes the connection"
		}},
}

// healthy reports whether the mux may still send.
func healthy(c *target.ConnAudit) bool { return c.MuxAlive && !c.ErrConn && !c.ErrL }
