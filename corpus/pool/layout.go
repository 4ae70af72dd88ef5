package pool

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/program"
)

// A Layout is how an engine keeps its inputs.
type Layout string

// The layouts.
const (
	Native Layout = "native"  // a folder of "go test fuzz v1" files
	Raw    Layout = "raw"     // a folder of raw bytes: libFuzzer, AFL, ClusterFuzz
	Zip    Layout = "zip"     // a zip of raw bytes: OSS-Fuzz's seed corpus
	GoFuzz Layout = "go-fuzz" // a go-fuzz workdir, with the folder corpus in it
	Text   Layout = "text"    // a folder of program texts
)

// Layouts are all of them.
var Layouts = []Layout{Native, Raw, Zip, GoFuzz, Text}

// LayoutOf returns the layout called name.
func LayoutOf(name string) (Layout, bool) {
	for _, l := range Layouts {
		if string(l) == name {
			return l, true
		}
	}
	return "", false
}

// An Input is one program as bytes.
type Input struct {
	// Name is the file that it was read from, for messages.
	Name string
	// Data is what an engine gives to the target.
	Data []byte
	// Target is the target that the bytes are for.
	Target string
}

// Program decodes the input.
func (in *Input) Program() *program.Program {
	p := program.New(in.Target)
	program.DecodeInto(p, in.Data)
	return p
}

// Read reads every input at path, in order of their names. What path is shows
// by itself: a file that begins like a zip, a folder with corpus and crashers
// in it, or a folder of files, each of any kind that package corpus reads.
// Bytes are taken to be for target; a text that is for another one is an
// error. Files whose name begins with "." are passed over, folders too.
func Read(path, target string) ([]Input, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: no such file or folder", path)
	case err != nil:
		return nil, err
	case !info.IsDir():
		return readFile(path, target)
	}
	if dir := filepath.Join(path, "corpus"); isDir(dir) && isDir(filepath.Join(path, "crashers")) {
		path = dir
	}
	entries, err := os.ReadDir(path) // sorted by name
	if err != nil {
		return nil, err
	}
	var ins []Input
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		in, err := readOne(filepath.Join(path, e.Name()), target)
		if err != nil {
			return nil, err
		}
		ins = append(ins, in)
	}
	return ins, nil
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// maxZip bounds what a zip unpacks to, bytes.
const maxZip = 1 << 30

// readFile reads a zip, or a file with one input.
func readFile(path, target string) ([]Input, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var magic [4]byte
	n, err := io.ReadFull(f, magic[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if !bytes.Equal(magic[:n], []byte("PK\x03\x04")) && !bytes.Equal(magic[:n], []byte("PK\x05\x06")) {
		in, err := readOne(path, target)
		return []Input{in}, err
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer z.Close()
	sort.Slice(z.File, func(i, j int) bool { return z.File[i].Name < z.File[j].Name })
	var ins []Input
	total := 0
	for _, m := range z.File {
		if m.FileInfo().IsDir() || strings.HasPrefix(filepath.Base(m.Name), ".") {
			continue
		}
		name := path + "/" + m.Name
		data, err := member(m)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if total += len(data); total > maxZip {
			return nil, fmt.Errorf("%s: holds more than %d bytes: unpack it and read the folder", path, maxZip)
		}
		in, err := input(name, data, target)
		if err != nil {
			return nil, err
		}
		ins = append(ins, in)
	}
	return ins, nil
}

// member reads one file of a zip, no longer than a file may be, whatever its
// header says.
func member(m *zip.File) ([]byte, error) {
	r, err := m.Open()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, corpus.MaxFile+1))
	return data, errors.Join(err, r.Close())
}

func readOne(path, target string) (Input, error) {
	f, err := os.Open(path)
	if err != nil {
		return Input{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, corpus.MaxFile+1))
	if err != nil {
		return Input{}, err
	}
	return input(path, data, target)
}

// input makes an input of a file's content. Engines keep the empty input too.
func input(name string, data []byte, target string) (Input, error) {
	if len(data) == 0 {
		return Input{Name: name, Data: data, Target: target}, nil
	}
	f, err := corpus.Read(name, data)
	if err != nil {
		return Input{}, err
	}
	if f.Data == nil {
		f.Data = program.Encode(f.Program)
	} else if f.Kind != corpus.Archive {
		f.Program.Header.Target = target
	}
	if got := f.Program.Header.Target; got != target {
		return Input{}, fmt.Errorf("%s: a program for %s among those for %s: give each target a folder of its own", name, got, target)
	}
	return Input{Name: name, Data: f.Data, Target: target}, nil
}
