// Command worker plays programs on quic-go v0.44.0, which is known to lose stream
// credit: a positive control.
package main

import "github.com/lastwake/lastwake/harness/target/quicgo/worker"

func main() { worker.Main() }
