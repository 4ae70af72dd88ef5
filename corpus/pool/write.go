package pool

import (
	"archive/zip"
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/lastwake/lastwake/corpus"
)

// Write writes inputs to path in a layout; those that are there already are
// left alone, and nothing is removed. A name follows from the content, as the
// engine itself names it, so that the same input is one file however often it
// is written. Whoever stops the write in the middle finds whole files.
func Write(path string, l Layout, inputs []Input) error {
	if l == Zip {
		return writeZip(path, inputs)
	}
	dir := path
	if l == GoFuzz {
		dir = filepath.Join(path, "corpus")
		if err := os.MkdirAll(filepath.Join(path, "crashers"), 0o777); err != nil {
			return &corpus.WriteError{Path: filepath.Join(path, "crashers"), Err: err}
		}
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return &corpus.WriteError{Path: dir, Err: err}
	}
	b := corpus.NewBatch(dir)
	for i := range inputs {
		name, content := file(l, &inputs[i])
		if err := b.Add(name, content); err != nil {
			return err
		}
	}
	return b.Commit()
}

// file returns the name and the content of an input's file.
func file(l Layout, in *Input) (name string, content []byte) {
	switch l {
	case Native:
		return corpus.InputName(in.Data), corpus.FormatInput(in.Data)
	case Text:
		p := in.Program()
		h := p.Hash()
		return fmt.Sprintf("%016x.prog", h[0]), []byte(p.String())
	case GoFuzz:
		return digest(in.Data) + "-0", in.Data
	}
	return digest(in.Data), in.Data
}

// digest is what libFuzzer and go-fuzz call an input.
func digest(data []byte) string {
	sum := sha1.Sum(data)
	return hex.EncodeToString(sum[:])
}

// writeZip writes a zip that depends on the inputs and on nothing else: no
// times, a name once, in the order of the inputs.
func writeZip(path string, inputs []Input) error {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	have := map[string]bool{}
	for i := range inputs {
		name, content := file(Zip, &inputs[i])
		if have[name] {
			continue
		}
		have[name] = true
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		if _, err := w.Write(content); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return corpus.WriteFile(path, buf.Bytes())
}

// Merge returns the inputs of all pools, those that decode to the same program
// once, the shortest bytes of them first seen.
func Merge(pools ...[]Input) []Input {
	var all []Input
	at := map[[2]uint64]int{}
	for _, p := range pools {
		for _, in := range p {
			h := in.Program().Hash()
			i, ok := at[h]
			switch {
			case !ok:
				at[h] = len(all)
				all = append(all, in)
			case len(in.Data) < len(all[i].Data):
				all[i] = in
			}
		}
	}
	return all
}
