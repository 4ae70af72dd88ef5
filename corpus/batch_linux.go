package corpus

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// syncFiles brings the files to the disk: the whole file system at once.
func syncFiles(dir string, _ []waitingFile) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(unix.Syncfs(int(d.Fd())), d.Close())
}
