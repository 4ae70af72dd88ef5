//go:build linux

package reload

import (
	"slices"
	"testing"
)

// Growth is a leak, coming and going is none.
func TestLeak(t *testing.T) {
	for _, c := range []struct {
		counts []int
		want   bool
	}{
		{nil, false}, {[]int{6}, false}, {[]int{6, 8}, false}, {[]int{6, 8, 6, 7, 8, 6}, false},
		{[]int{6, 7, 8, 9, 10, 11}, true}, {[]int{8, 8, 8, 9, 9, 9}, true}, {[]int{8, 6, 8, 9, 9, 8}, false},
	} {
		if got := leak(c.counts) != ""; got != c.want {
			t.Errorf("%d: leak %t, want %t", c.counts, got, c.want)
		}
	}
}

// Every reload is dealt out, and none to a master that does not work.
func TestShare(t *testing.T) {
	envs := Environments()
	sum := 0
	for i, n := range share(envs, 200) {
		if sum += n; (n == 0) != envs[i].Wait {
			t.Errorf("%s gets %d reloads", envs[i].Name, n)
		}
	}
	if sum != 200 {
		t.Errorf("%d reloads dealt out, want 200", sum)
	}
	for i := range envs {
		if envs[i].Wait && share(envs[i:i+1], 5)[0] != 0 {
			t.Errorf("%s alone gets reloads", envs[i].Name)
		}
	}
}

// Environments are chosen by name, and a name that none has is a mistake.
func TestChoose(t *testing.T) {
	if all, err := choose(nil); err != nil || len(all) != len(Environments()) {
		t.Errorf("%d environments, %v, want all", len(all), err)
	}
	two, err := choose([]string{"long", "plain"})
	if err != nil || len(two) != 2 || two[0].Name != "long" || two[1].Name != "plain" {
		t.Errorf("got %v, %v", two, err)
	}
	if _, err := choose([]string{"plain", "plane"}); err == nil {
		t.Error("plane is no environment")
	}
}

// The environments are what they say: names of their own, no NUL, and one each
// of what HAProxy's own history says is dangerous.
func TestEnvironments(t *testing.T) {
	var names []string
	has := map[string]bool{}
	for _, e := range Environments() {
		names = append(names, e.Name)
		for _, s := range e.Strings {
			for i := range len(s) {
				if s[i] == 0 {
					t.Errorf("%s: a string holds a NUL", e.Name)
				}
			}
			switch {
			case !slices.Contains([]byte(s), '='):
				has["no equals"] = true
			case s[0] == '=':
				has["no name"] = true
			case len(s) > 50_000:
				has["long"] = true
			}
		}
		if len(e.Strings) > 1000 {
			has["thousands"] = true
		}
	}
	if slices.Sort(names); len(slices.Compact(names)) != len(Environments()) || len(has) != 4 {
		t.Errorf("names %q, kinds %v", names, has)
	}
}
