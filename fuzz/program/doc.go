// Package program fuzzes lastwake's own program codecs and minimiser: the code
// that every other fuzz target trusts.
//
// It owns the three properties that harness/program promises for any input,
// and says nothing about targets:
//
//	go test ./fuzz/program -fuzz=FuzzDecode      # bytes: total, bounded, lossless
//	go test ./fuzz/program -fuzz=FuzzParse       # text: a clear error or a round trip
//	go test ./fuzz/program -fuzz=FuzzMinimize    # what is proved minimal is
//
// [Fuzz] is the same for go-fuzz and other engines that call one function.
package program
