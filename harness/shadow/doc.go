// Package shadow is the memory in which the models live, and the sanitizer
// that watches it: AddressSanitizer's idea, for Go source that is rewritten so
// that every access asks first.
//
// It owns the address space (an Arena), who lives where in it (Alloc, Free,
// Static, Push, Pop), one shadow byte for each byte (the checks Ld1 to St8),
// and what can be said of a refused access: its class, address, object and
// field. It refuses to know what the objects mean, which program runs, who
// rewrites the source and what counts as a finding. It has no goroutine, clock
// or file, and nothing that it puts into words depends on where an arena lies.
//
//	a, err := shadow.New(types, shadow.Options{}) // types[tasklet] = shadow.TypeOf[Tasklet]("tasklet")
//	t := (*Tasklet)(a.Alloc(tasklet))
//	shadow.St4(&t.TID, -1)           // t.TID = -1
//	a.Free(tasklet, unsafe.Pointer(t))
//	shadow.Ld4(&t.TID)               // panics: heap-use-after-free
//
// # The check
//
// A check is a bounds check. The shadow word of the accessed bytes is used as
// an index into an array of length 1: word 0 passes, anything else panics with
// the runtime's own error, whose index is the word. That compiles to a compare
// and a branch, inlines everywhere and adds no edge to fuzz coverage. Hence
// -gcflags=-B, which removes bounds checks, would remove the sanitizer: New
// refuses to work in such a build, and Arena.Canary asks on behalf of packages
// into which checks are inlined.
//
// A load needs all its bytes addressable and initialised. A store needs them
// addressable and initialises them. Memory that was never written is refused
// when it is loaded; Copy alone passes it on.
//
// # From a panic to an address
//
// The deferred function that recovers calls TrapOf, which knows size and kind
// of the access from the panic's frames. The address is in nobody's hands by
// then: Locate gets it by coded replay. It has the same program run again with
// poison that spells its own address, three bits of it in each round, and
// reads the address off the words of the traps. Classify and Describe turn the
// address into words, Rows into the picture that AddressSanitizer draws.
//
// # What is not seen
//
// There are 16 bytes between two objects at least, and often no more: an
// overflow that jumps further lands in a live neighbour and passes. An
// overflow from one field into the next passes. AddressSanitizer is blind to
// both as well. Nothing is reused within a run of mode Sanitize, so a pointer
// to memory that another object has taken over is no concern there; AsShipped
// exists to show what comes of it.
package shadow
