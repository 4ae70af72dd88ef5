// Package rfc9000 is a reference model of section 3 of RFC 9000: the states of
// a stream's two halves, final sizes, and the accounts behind MAX_DATA,
// MAX_STREAM_DATA and MAX_STREAMS.
//
// It owns what a connection of two correct endpoints may look like from
// outside: it is told the results of API calls and the frames that were sent
// and received, and says where they contradict each other or the text. It
// refuses to know any implementation, packets, time and chance; it is pure.
//
//	c := rfc9000.New([2]rfc9000.Limits{client, server})
//	c.Opened(rfc9000.Client, 0)
//	c.Sent(rfc9000.Client, rfc9000.Frame{Type: rfc9000.STREAM, Length: 5, Fin: true})
//	for _, b := range c.Take() {
//		fmt.Println(b.Rule, b.Text)
//	}
package rfc9000
