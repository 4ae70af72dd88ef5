// Package judge puts the sanitizer of package shadow before the judges that
// people believe: gcc's AddressSanitizer and Valgrind's memcheck.
//
// It owns the verdict as a tuple that all of them can be asked for, the table
// of what each mistake has to be called, the list of intended differences with
// a reason for each, and the ways to put one and the same program before
// several judges. It refuses to know what a model is about and how a check
// works; when two judges differ it says so and takes no side.
//
//	theirs := judge.ParseASan(stderr)               // what AddressSanitizer printed
//	ours, err := judge.Play(world.Arena(), run)     // what the shadow says
//	fmt.Println(theirs.Verdict, ours.Verdict)       // heap-use-after-free, READ of 4, 4 inside 48
//
// # The judges
//
//	asan      C, compiled with gcc -fsanitize=address
//	memcheck  the same C without it, under valgrind
//	goasan    plain Go, compiled with go build -asan, its objects from C's heap
//	twin      the checked twin of the same Go
//
// # Plain Go under AddressSanitizer
//
// In a build with -asan the compiler asks AddressSanitizer before every load
// and store. Objects of an arena lie in memory that it knows nothing about, so
// shadow's file arena_asan.go takes them from C.malloc instead. Overlay has the
// arena ask that file; nothing of it is in any other build.
//
// AddressSanitizer prints one frame of a Go stack, the program counter of the
// access, because it cannot walk the rest; and ends the process, which costs
// 100 ms to start again. So it runs with halt_on_error=0, and its callback for
// reports locks the page of the address: the access that was judged faults, Go
// panics there with the whole stack, and whoever recovers unlocks the page and
// goes on. One process plays thousands of programs, each up to its first
// report. The stacks of allocation and free are kept by arena_asan.go.
//
// A load whose value nobody wants is asked about and then not made. A run that
// such a report did not stop is played again with the code locked to which the
// question returns, which is precise to the function and not to the
// instruction. That is why it is not done always.
//
// # Random programs
//
// The machine of package cases plays memory operations, in Go and in C. The
// one in C plays them all in one process, too: a write that was refused is put
// back, and a child process takes the signals, which AddressSanitizer does not
// survive. Compare says what is the same verdict; testdata/rules.txt has the
// reasons. A program on which the judges disagree is shrunk and written to
// reports/out/judge; mended, it belongs in testdata/differential.
//
// The mux model has as many ways to use freed memory as it has faults. So that
// more of its accesses are judged, some of its programs are sabotaged: an
// object is freed behind the model's back, in both builds.
//
// # Mutants
//
// Mutate writes a copy of package shadow and of two twins in which every mutant
// is an if: a statement that is made unless an environment variable names it.
// So one build of the killers does for all. A killer is what the judges have
// said, on a Record that the command onmutant plays, and then the tests of
// packages shadow and instrument. testdata/equivalent.txt has those that do what
// the sanitizer does, each with a proof.
//
// # To install the judges
//
//	apt-get install -y gcc valgrind
//
// Without them the tests of this package skip and say so; with LASTWAKE_JUDGE=1
// in the environment, as make judge sets it, they fail.
package judge
