package triage

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzTriage starts from one file of each form that is read.
func FuzzTriage(f *testing.F) {
	files, err := filepath.Glob("../../harness/triage/trace/testdata/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatalf("%d seeds, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(_ *testing.T, data []byte) { Fuzz(data) })
}
