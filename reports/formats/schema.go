package formats

import (
	_ "embed"
	"io"
)

// recordSchema is the published schema of a record as JSON writes it, written
// from the fields of reports.Record and their comments by
//
//	go test ./reports/formats -run Schema -update
//
//go:embed schema/record-1.json
var recordSchema []byte

// Schema writes the JSON schema of the records that JSON writes. It bears the
// version of the record in its name and its id.
func Schema(w io.Writer) error {
	_, err := w.Write(recordSchema)
	return err
}
