package corpus

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// batchSize is how many files a Batch lets wait for the disk at once.
const batchSize = 4096

// A Batch writes many files to a folder. Each is the old one or the new one,
// whole, whenever the machine stops, as with WriteFile; but the disk is waited
// for once a few thousand files and not once a file.
type Batch struct {
	dir     string
	waiting []waitingFile
}

// A waitingFile has its content on the way to the disk and not yet its name.
type waitingFile struct{ temp, path string }

// NewBatch returns a Batch for the folder dir, which exists.
func NewBatch(dir string) *Batch { return &Batch{dir: dir} }

// Add writes a file unless there is one of that name. It has its name after
// Commit, or after some later Add.
func (b *Batch) Add(name string, data []byte) error {
	path := filepath.Join(b.dir, name)
	if _, err := os.Lstat(path); err == nil {
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return &WriteError{Path: path, Err: err}
	}
	f, err := os.CreateTemp(b.dir, "."+name+".*")
	if err != nil {
		return b.undo(&WriteError{Path: path, Err: err})
	}
	b.waiting = append(b.waiting, waitingFile{f.Name(), path})
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return b.undo(&WriteError{Path: path, Err: err})
	}
	if len(b.waiting) < batchSize {
		return nil
	}
	return b.Commit()
}

// Commit waits for the disk and gives the files that wait their names.
func (b *Batch) Commit() error {
	if len(b.waiting) == 0 {
		return nil
	}
	if err := syncFiles(b.dir, b.waiting); err != nil {
		return b.undo(&WriteError{Path: b.waiting[0].path, Err: err})
	}
	for i, w := range b.waiting {
		if err := os.Rename(w.temp, w.path); err != nil {
			b.waiting = b.waiting[i:]
			return b.undo(&WriteError{Path: w.path, Err: err})
		}
	}
	b.waiting = b.waiting[:0]
	return syncDir(b.dir)
}

// undo removes the files that have no name yet and returns err.
func (b *Batch) undo(err error) error {
	for _, w := range b.waiting {
		_ = os.Remove(w.temp) // it may be gone already, and err says what went wrong
	}
	b.waiting = nil
	return err
}
