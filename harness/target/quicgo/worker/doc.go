// Package worker is the process that plays programs on quic-go for another one.
//
// It owns the hosting of a bubble in a binary that need not be a test binary:
// testing/synctest wants a testing.T, and the testing package wants the flags
// and the exit of its process. It refuses to know why a program is played.
//
//	func main() {
//		if os.Getenv(wire.WorkerVar) != "" {
//			worker.Main()
//		}
//	}
package worker
