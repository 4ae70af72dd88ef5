//go:build !linux

package corpus

import (
	"errors"
	"os"
)

// syncFiles brings the files to the disk, one by one.
func syncFiles(_ string, files []waitingFile) error {
	for _, w := range files {
		f, err := os.Open(w.temp)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}
