package witness_test

import (
	"fmt"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/witness"
)

func ExampleEvents() {
	p, err := program.Parse("get.prog", []byte(`lastwake/1 mux app=hq
run.mux c0
peer.stream c0/s0 headers fin
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	events, err := witness.Events(p, fault.Set{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range events {
		fmt.Println(text)
	}
	// Output:
	// mux_state READY
	// qcc_new ms_bidi=100 ms_uni=3 peer: md=16777216 msd_bidi_l=1048576 msd_uni=1048576
	// wake qcc_tasklet from=qmux_init
	// run qcc_tasklet (nothing to do)
	// timeout: http-request
	// qcc_recv id=0 off=0 len=8 fin=1
	// desc new id=0
	// qcs_new id=0 tx.msd=1048576 desc=1
	// app attach id=0 ctx=0 opening_list add
	// qcs state id=0 IDLE->OPEN
	// qcs state id=0 OPEN->HREM
	// attach stconn id=0 nb_sc=1 nb_hreq=1 fin=1
	// decode id=0 in=8 fin=1 ret=8
	// consume id=0 n=8 rx.off=8
	// timeout: off
}

func ExampleDiff() {
	rec := &witness.Recording{Events: []string{"qc_notify_err mux_ready=1", "conn freed"}}
	events := []witness.Event{{Op: -1, Text: "qc_notify_err mux_ready=0"}, {Op: -1, Text: "conn freed"}}
	fmt.Println(witness.Diff(rec, program.New(program.Mux), events))
	// Output:
	// - qc_notify_err mux_ready=1
	// + qc_notify_err mux_ready=0                                    # the opening of the connection
	//   conn freed                                                   # the opening of the connection
}
