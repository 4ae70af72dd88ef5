// Package live plays programs against a real server's process and watches it
// die, or live.
//
// It owns a client (quic-go over a socket that can stop receiving, drop,
// delay and vanish), the translation of a model's program into a live one, the
// search around it, the hunt, the witness (a server under a guardian: is it
// ready, did it die, does it answer, does it grow), and the folder of each
// finding. It refuses to know what a model is and which faults exist, and it
// refuses every address that is not one of loopback.
//
//	rep, err := live.Run(ctx, live.Config{
//		Server: "gtlsserver -d www 127.0.0.1 4433 key cert", Addr: "127.0.0.1:4433", Out: dir, Programs: 300})
//	for _, f := range rep.Findings {
//		fmt.Println(f.Record.Signature, f.Kills, "of", f.Replays)
//	}
package live
