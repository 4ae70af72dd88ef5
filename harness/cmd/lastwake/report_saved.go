package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/lastwake/lastwake/reports"
)

// savedRecord is the file that a record is kept in beside what cannot be had
// by running a program again: a real server's death.
const savedRecord = "record.json"

// saved reads the record that a file belongs to: the file itself, or the one
// of the folder of a finding that it lies in. It returns no record for a file
// that has none, and mine is false for the other files of such a folder.
func saved(name string) (rec *reports.Record, mine bool, err error) {
	if filepath.Base(name) != savedRecord {
		_, err := os.Stat(filepath.Join(filepath.Dir(name), savedRecord))
		return nil, err != nil, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, false, err
	}
	rec = &reports.Record{}
	if err := json.Unmarshal(data, rec); err != nil {
		return nil, false, fmt.Errorf("%s: %w", name, err)
	}
	if rec.Version != reports.Version || rec.Signature == "" {
		return nil, false, fmt.Errorf("%s: no record of version %d", name, reports.Version)
	}
	return rec, true, nil
}
