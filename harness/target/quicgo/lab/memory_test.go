package lab

import "testing"

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
