package quicgo_test

import (
	"testing"

	"github.com/lastwake/lastwake/harness/fault"
)

// Datagrams of which nobody will ever say that they came are no leak: a server
// whose client is gone keeps what it has sent, then what it cannot send, then
// calls that wait. Nor are those that waited on a path that is open again.
func TestDatagramsInFlightAreNoLeak(t *testing.T) {
	r := outside(t, ours())
	for name, text := range map[string]string{
		"client gone": `lastwake/1 quicgo client=0
net.open c1
net.path c1 up=drop
peer.close c1
net.ok c1
app.datagram c1 len=1000
peer.stream c0/s0 headers fin
`,
		"client gone, queue full": `lastwake/1 quicgo client=0
net.open c1
net.path c1 up=drop
peer.close c1
net.ok c1
app.datagram c1 len=1000 count=16
peer.stream c0/s0 headers fin
`,
		"held up": `lastwake/1 quicgo client=0
net.path c0 up=hold down=hold
peer.datagram c0 len=1000 count=128
app.datagram c0 len=1000 count=128
time.pass ms=5000
net.ok c0
peer.stream c0/s0 headers fin
`,
		"lost": `lastwake/1 quicgo client=0
net.path c0 up=drop down=drop
peer.datagram c0 len=1000 count=128
app.datagram c0 len=1000 count=128
time.pass ms=5000
net.ok c0
peer.stream c0/s0 headers fin
`,
	} {
		t.Run(name, func(t *testing.T) {
			f, err := r.Explain(parse(t, text), fault.Set{})
			if err != nil {
				t.Fatal(err)
			}
			if f != nil {
				t.Errorf("%s\n%s", f.Signature(), f.Extra)
			}
		})
	}
}
