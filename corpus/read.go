package corpus

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"unicode"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"github.com/lastwake/lastwake/harness/program"
)

// A Kind is a kind of file that holds a program.
type Kind uint8

// The kinds of file.
const (
	Text    Kind = iota // a program's text: "lastwake/1 mux"
	Archive             // a crash
	Native              // a "go test fuzz v1" file
	Raw                 // bytes, as a fuzzing engine keeps them
)

// String names k.
func (k Kind) String() string {
	return [...]string{"program text", "crash archive", "go test fuzz v1", "raw bytes"}[k]
}

// A File is a file that holds a program.
type File struct {
	Name    string
	Kind    Kind
	Program *program.Program
	// Data are the bytes that the program was decoded from, nil for text. They
	// stand for a program of the mux target unless an archive says otherwise.
	Data []byte
	// Crash is the whole of an archive, nil for the other kinds.
	Crash *Crash
}

// ReadFile reads the file at path. What is wrong with its content is a
// *program.ParseError.
func ReadFile(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, err
	}
	return Read(path, data)
}

// Read reads a file of any kind, which it recognises by its content. Anything
// that begins like one of the kinds has to be one, and what a person could
// have typed is taken for text: a slip of the pen must not become a random
// program.
func Read(name string, data []byte) (*File, error) {
	f := &File{Name: name, Kind: kindOf(data)}
	var err *program.ParseError
	switch {
	case len(data) == 0:
		err = flaw(1, 1, "the file is empty", "a program starts with a header such as lastwake/1 mux")
	case len(data) > MaxFile:
		err = flaw(1, 1, fmt.Sprintf("the file is longer than %d bytes", MaxFile), "")
	case f.Kind == Text:
		f.Program, err = parseProgram(data)
	case f.Kind == Archive:
		if f.Crash, err = parseCrash(name, data); err == nil {
			f.Program, f.Data = f.Crash.Program, f.Crash.Data
		}
	case f.Kind == Native:
		if f.Data, err = parseInput(data); err == nil {
			f.Program = program.Decode(f.Data)
		}
	default:
		f.Data, f.Program = data, program.Decode(data)
	}
	if err != nil {
		err.File = name
		return nil, err
	}
	return f, nil
}

func kindOf(data []byte) Kind {
	switch {
	case bytes.HasPrefix(data, []byte("lastwake/")):
		return Text
	case bytes.HasPrefix(data, []byte(inputMagic)):
		return Native
	case looksLikeArchive(data):
		return Archive
	case looksTyped(data):
		return Text
	}
	return Raw
}

// looksLikeArchive reports whether data has one of an archive's parts, or
// begins with a line of its header.
func looksLikeArchive(data []byte) bool {
	for _, f := range txtar.Parse(data).Files {
		for _, part := range parts {
			if f.Name == part {
				return true
			}
		}
	}
	for _, k := range headerKeys {
		if bytes.HasPrefix(data, []byte(k.name+":")) {
			return true
		}
	}
	return false
}

// typedMin is how long a text must be to be taken for one: engines start from
// a few letters.
const typedMin = 8

// looksTyped reports whether a person could have typed data. Bytes of format 1
// begin with 0x01, which nobody types.
func looksTyped(data []byte) bool {
	if len(data) < typedMin || !utf8.Valid(data) {
		return false
	}
	for _, r := range string(data) {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
	}
	return true
}
