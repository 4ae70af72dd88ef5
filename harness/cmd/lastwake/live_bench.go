package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/harness/target/live"
)

// benchFlags adds what says which load --bench is.
func benchFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Bool("bench", false, "measure the server under load of which a share ends abnormally")
	f.Duration("time", 10*time.Second, "how long --bench loads, at most a minute")
	f.Int("clients", 4, "`N` connections of --bench at a time, at most 64")
	f.Int("streams", 20, "`N` requests of each connection of --bench, at most 100")
	f.Float64("reset", 0.2, "share of the requests that are reset")
	f.Float64("stop", 0.1, "share of the requests whose answer is stopped")
	f.Float64("vanish", 0.1, "share of the connections that vanish")
}

func runLiveBench(cmd *cobra.Command, c live.Config) error {
	ctx, stop := interruptible()
	defer stop()
	f := cmd.Flags()
	load := live.Load{}
	load.Time, _ = f.GetDuration("time")
	load.Clients, _ = f.GetInt("clients")
	load.Streams, _ = f.GetInt("streams")
	load.Reset, _ = f.GetFloat64("reset")
	load.Stop, _ = f.GetFloat64("stop")
	load.Vanish, _ = f.GetFloat64("vanish")
	b, err := live.Measure(ctx, c, load)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if asJSON, _ := f.GetBool("json"); asJSON {
		err = printJSON(out, b)
	} else {
		_, err = fmt.Fprint(out, b)
	}
	if err == nil && b.Died != "" {
		err = errFound
	}
	return err
}
