package hunt

import (
	"slices"
	"testing"

	"github.com/lastwake/lastwake/harness/target"
)

// A state of a part is new once, where the program led to it and not settle,
// and the merge of lanes takes it as the lane did.
func TestPartsAreCovered(t *testing.T) {
	parts := make([]uint8, target.NumParts)
	parts[3], parts[70], parts[4095] = 2, 5, 9
	c := newCover(10)
	fs, end := c.addParts(parts, 6, nil)
	if want := []feature{c.partFeature(3), c.partFeature(70)}; !slices.Equal(fs, want) || end != 5 {
		t.Fatalf("features %d up to op %d, want %d up to 5", fs, end, want)
	}
	if again, _ := c.addParts(parts, 6, nil); len(again) != 0 {
		t.Errorf("%d are new once more", again)
	}
	if got, want := c.appendParts(nil, parts, 4), []feature{c.partFeature(3)}; !slices.Equal(got, want) {
		t.Errorf("4 ops cover %d, want %d", got, want)
	}
	merged := newCover(10)
	for _, f := range fs {
		if !merged.add(f) || merged.add(f) {
			t.Errorf("feature %d is not new exactly once", f)
		}
	}
	if left, _ := merged.addParts(parts, 255, nil); !slices.Equal(left, []feature{c.partFeature(4095)}) {
		t.Errorf("after the merge %d are left", left)
	}
	if merged.numEdges != 0 {
		t.Errorf("%d edges", merged.numEdges)
	}
}

// How rare an edge is does not depend on how often a run takes it; no edge
// shares its count with another one or with a part.
func TestRarity(t *testing.T) {
	c := newCover(10)
	if a, b := c.rarity(edgeFeature(9, 1)), c.rarity(edgeFeature(9, 128)); a != b {
		t.Errorf("edge 9 counts as %d and as %d", a, b)
	}
	if a, b := c.rarity(edgeFeature(9, 1)), c.rarity(edgeFeature(8, 128)); a == b {
		t.Error("edges 8 and 9 count as one")
	}
	if f := c.partFeature(1); c.rarity(f) != f {
		t.Errorf("part 1 counts as %d", c.rarity(f))
	}
}
