package lab

import (
	"slices"
	"testing"
)

// What grows with the rounds is a leak; what grows by chance is none.
func TestGrew(t *testing.T) {
	for name, x := range map[string]struct {
		at   [3]amount
		want bool
	}{
		"an object a round":            {[3]amount{{16, 512}, {32, 1024}, {64, 2048}}, true},
		"a map that doubles":           {[3]amount{{2, 640}, {2, 1280}, {2, 2560}}, true},
		"a pool with a packet more":    {[3]amount{{2, 1568}, {4, 3136}, {6, 4704}}, false},
		"a pool with a few by chance":  {[3]amount{{2, 160}, {4, 320}, {7, 560}}, false},
		"what grows once":              {[3]amount{{1, 64}, {1, 4096}, {1, 4096}}, false},
		"what stays":                   {[3]amount{{9, 900}, {9, 900}, {9, 900}}, false},
		"an object in every other one": {[3]amount{{8, 256}, {16, 512}, {32, 1024}}, true},
	} {
		if got := grew(x.at[0], x.at[1], x.at[2]); got != x.want {
			t.Errorf("%s: grew %t, want %t", name, got, x.want)
		}
	}
}

// A leak is named by what the call has allocated that made the stream, however
// much more the peer has sent on it.
func TestByOwner(t *testing.T) {
	const (
		open = "stack.newStream()\n\t/stack/stream.go:1\nexample.org/stack.(*Conn).OpenStream()\n\t/stack/conn.go:1\nexample.org/harness/target/quicgo/lab.(*Session).step()\n\t/lab/play.go:1\n"
		recv = "stack.(*sorter).push()\n\t/stack/sorter.go:1\nexample.org/stack.(*Conn).run()\n\t/x/lab.go:1\n"
	)
	stay := []kept{
		{"stack.push", recv, perRound{1, 352, 1}},
		{"stack.newFlow", open, perRound{1, 144, 1}},
		{"stack.newStream", open, perRound{1, 240, 1}},
	}
	slices.SortFunc(stay, byOwner)
	var got []string
	for _, k := range stay {
		got = append(got, k.place)
	}
	if want := []string{"stack.newStream", "stack.newFlow", "stack.push"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
