//go:build !linux

package guardian

import (
	"errors"
	"net/netip"
	"os"
	"syscall"
)

// Main is built for Linux only.
func Main() { os.Exit(2) }

// A Process is a server under a guardian, of which there is none here.
type Process struct{ Dir string }

// A Usage is what the processes of a server hold together.
type Usage struct {
	Processes   int   `json:"processes"`
	Memory      int64 `json:"memory"`
	Descriptors int   `json:"descriptors"`
}

// Start is built for Linux only.
func Start(Spec) (*Process, error) {
	return nil, errors.New("a server can be watched on Linux only: the guardian needs a subreaper and /proc")
}

// The rest is never called: there is no Process.

func (*Process) Ended() <-chan struct{}      { return nil }
func (*Process) Alive() bool                 { return false }
func (*Process) Status() (Status, error)     { return Status{}, errors.ErrUnsupported }
func (*Process) Signal(syscall.Signal) error { return errors.ErrUnsupported }
func (*Process) Stop()                       {}
func (*Process) Log(int64, int64) []byte     { return nil }
func (*Process) LogSize() int64              { return 0 }
func (*Process) Guardian() int               { return 0 }
func (*Process) Usage() Usage                { return Usage{} }
func (*Process) Executables() []string       { return nil }
func (*Process) Dumping() bool               { return false }
func (*Process) Listens() []netip.AddrPort   { return nil }
