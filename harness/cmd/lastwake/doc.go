// Command lastwake finds, shrinks, explains and keeps the crashes that happen
// when a QUIC connection and its streams are torn down in the wrong order.
//
// It owns flags, messages and exit statuses, and nothing else: what a command
// does is done by the packages it calls. Names and meanings of commands, flags
// and JSON fields are a contract that scripts rely on.
//
//	lastwake hunt --faults HAPROXY-bd384a359 --budget 10s
//	lastwake run  reports/out/crashes/heap-use-after-free-qc_stream_buf_free.txtar
//	lastwake min  crash.prog > small.prog
//
// Exit status: 0 nothing found, 1 a finding, 2 usage or harness fault.
//
// Standard output is the report and nothing but the report. Messages go to
// standard error, progress too and only to a terminal. A message begins with
// "lastwake: ", in lower case and without a full stop; what to do about it
// follows as "lastwake: hint: ". A finding ends with one line that shows it
// again: "reproduce: …".
package main
