package pool

import (
	"archive/zip"
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/program"
)

var many = flag.Int("programs", 500, "how many programs take the way through all layouts")

// programs returns n random programs as bytes.
func programs(n int) []Input {
	r, p := program.NewRand(1), program.New(program.Mux)
	var ins []Input
	for range n {
		program.Generate(r, p, program.Limits{})
		ins = append(ins, Input{Data: program.Encode(p), Target: program.Mux})
	}
	return Merge(ins)
}

// The way through every layout and back loses no byte, and brings none.
func TestLayoutsRoundTrip(t *testing.T) {
	ins := programs(*many)
	want := set(ins)
	for _, l := range Layouts {
		at := filepath.Join(t.TempDir(), string(l)+".d")
		if err := Write(at, l, ins); err != nil {
			t.Fatal(err)
		}
		var err error
		if ins, err = Read(at, program.Mux); err != nil {
			t.Fatal(err)
		}
		got := set(ins)
		for data := range want {
			if !got[data] {
				t.Fatalf("%s lost % x", l, data)
			}
		}
		if len(got) != len(want) || len(ins) != len(want) {
			t.Errorf("%s: %d inputs, %d different, want %d", l, len(ins), len(got), len(want))
		}
	}
}

func set(ins []Input) map[string]bool {
	s := map[string]bool{}
	for _, in := range ins {
		s[string(in.Data)] = true
	}
	return s
}

// What an engine made of noise stays what it was, and the empty input too.
func TestBytesOfAnEngineStayAsTheyAre(t *testing.T) {
	r := program.NewRand(2)
	ins := []Input{{Target: program.Mux}}
	for range 200 {
		b := make([]byte, r.Intn(100))
		for i := range b {
			b[i] = byte(r.Uint64()) | 0x80 // nothing that a person could have typed
		}
		ins = append(ins, Input{Data: b, Target: program.Mux})
	}
	want := set(ins)
	for _, l := range []Layout{Raw, Native, Zip, GoFuzz} {
		at := filepath.Join(t.TempDir(), "p")
		if err := Write(at, l, ins); err != nil {
			t.Fatal(err)
		}
		got, err := Read(at, program.Mux)
		if err != nil {
			t.Fatal(err)
		}
		for data := range set(got) {
			if !want[data] {
				t.Errorf("%s made % x", l, data)
			}
		}
		if len(set(got)) != len(want) {
			t.Errorf("%s: %d inputs, want %d", l, len(set(got)), len(want))
		}
	}
}

// Go's engine, libFuzzer and go-fuzz find their files under the names that
// they give them: the digests are those of the command lines behind them.
func TestNamesAreTheEngines(t *testing.T) {
	in := Input{Data: []byte("\x01\x01"), Target: program.Mux}
	for l, want := range map[Layout]string{
		Native: "5b70f15f3c7d127f",                         // printf 'go test fuzz v1\n[]byte("\\x01\\x01")\n' | sha256sum | cut -c1-16
		Raw:    "9159cb8bcee7fcb95582f140960cdae72788d326", // printf '\x01\x01' | sha1sum
		GoFuzz: "9159cb8bcee7fcb95582f140960cdae72788d326-0",
	} {
		if name, _ := file(l, &in); name != want {
			t.Errorf("%s: %s, want %s", l, name, want)
		}
	}
}

// A zip depends on what is in it and on nothing else.
func TestZipIsTheSameEveryTime(t *testing.T) {
	ins := programs(50)
	var zips [2][]byte
	for i := range zips {
		at := filepath.Join(t.TempDir(), "seeds.zip")
		if err := Write(at, Zip, append(ins, ins[0])); err != nil {
			t.Fatal(err)
		}
		zips[i], _ = os.ReadFile(at)
		if got, err := Read(at, program.Mux); err != nil || len(got) != len(ins) {
			t.Errorf("%d inputs of %d, one of them given twice: %v", len(got), len(ins), err)
		}
	}
	if !bytes.Equal(zips[0], zips[1]) {
		t.Error("two zips of the same inputs differ")
	}
}

// The same program twice is one input, by its shortest bytes.
func TestMerge(t *testing.T) {
	p := program.New(program.Mux)
	short := program.Encode(p)
	long := append(bytes.Clone(short), 1, 2, 3) // half a record is none
	a, b := []Input{{Name: "a", Data: long, Target: program.Mux}}, []Input{{Name: "b", Data: short, Target: program.Mux}}
	if got := Merge(a, b); len(got) != 1 || got[0].Name != "b" {
		t.Errorf("%+v", got)
	}
}

func TestReadSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var z bytes.Buffer
	w := zip.NewWriter(&z)
	if _, err := w.Create("x/typo.prog"); err != nil {
		t.Fatal(err)
	}
	f, _ := w.Create("y")
	if _, err := f.Write([]byte("lastwake/1 mux\npeer.strem c0/s0\n")); err != nil {
		t.Fatal(err)
	}
	w.Close()
	for want, path := range map[string]string{
		"no such file or folder": filepath.Join(dir, "none"),
		"zip":                    write("broken.zip", "PK\x03\x04 and no more"),
		"y:2:1: unknown verb":    write("typo.zip", z.String()),
		"a program for quicgo":   filepath.Dir(write("two/a.prog", "lastwake/1 quicgo\n")),
		"native/x:1:1: unknown":  filepath.Dir(write("native/x", "go test fuzz v2\n")),
	} {
		if _, err := Read(path, program.Mux); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

// A folder that is full or cannot be written to is said to be so, and holds
// whole files only.
func TestWriteNamesTheFolder(t *testing.T) {
	at := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(at, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, l := range []Layout{Native, Raw, GoFuzz, Text} {
		err := Write(at, l, programs(1))
		if err == nil || !strings.Contains(err.Error(), "not a directory") {
			t.Errorf("%s: %v", l, err)
		}
		if _, ok := err.(*corpus.WriteError); !ok {
			t.Errorf("%s: %T", l, err)
		}
	}
}
