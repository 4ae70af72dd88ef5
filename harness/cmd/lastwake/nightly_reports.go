package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/nightly"
	"github.com/lastwake/lastwake/reports"
	"github.com/lastwake/lastwake/reports/formats"
)

// reports writes everything about a night that has ended.
func (j *nightJob) reports(n *nightly.Night, night *reports.Night) error {
	dir := n.Folder()
	records := j.records(night)
	files := map[string][]byte{}
	var err error
	put := func(name string, write func(*bytes.Buffer) error) {
		var b bytes.Buffer
		if e := write(&b); e != nil && err == nil {
			err = fmt.Errorf("%s: %w", name, e)
		}
		files[filepath.Join(dir, name)] = b.Bytes()
	}
	for i := range night.Findings {
		f := &night.Findings[i]
		rec := recordOf(records, f)
		if rec == nil {
			continue
		}
		f.Page = pageName(f, i)
		put(f.Page, func(b *bytes.Buffer) error { return formats.HTML(b, rec, "night.html") })
	}
	for _, causes := range newCauses(night) {
		first := causes[0]
		name := "issue-" + strings.TrimSuffix(corpus.FileName(first.Signature), ".txtar") + ".md"
		put(name, func(b *bytes.Buffer) error {
			return formats.Issue(b, night, causes, recordOf(records, first))
		})
		for _, f := range causes {
			f.Issue = name
		}
	}
	put("lastwake.sarif", func(b *bytes.Buffer) error { return formats.SARIF(b, records) })
	put("records.jsonl", func(b *bytes.Buffer) error {
		for _, r := range records {
			if err := formats.JSON(b, r, ""); err != nil {
				return err
			}
		}
		return nil
	})
	put("junit.xml", func(b *bytes.Buffer) error { return formats.NightJUnit(b, night, records) })
	put("night.html", func(b *bytes.Buffer) error { return formats.NightHTML(b, night) })
	put("summary.json", func(b *bytes.Buffer) error { return json.NewEncoder(b).Encode(night) })
	var markdown bytes.Buffer
	put("summary.md", func(b *bytes.Buffer) error { return formats.NightMarkdown(b, night) })
	markdown.Write(files[filepath.Join(dir, "summary.md")])
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := corpus.WriteFile(name, files[name]); err != nil {
			return err
		}
	}
	return j.summary(j.cmd.OutOrStdout(), night, markdown.Bytes())
}

// pageName is the page of finding i of a night.
func pageName(f *reports.NightFinding, i int) string {
	return fmt.Sprintf("finding-%d-%s.html", i+1, strings.TrimSuffix(corpus.FileName(f.Signature), ".txtar"))
}

// newCauses are the new findings, those of one cause together.
func newCauses(night *reports.Night) [][]*reports.NightFinding {
	var all [][]*reports.NightFinding
	at := map[string]int{}
	for i := range night.Findings {
		f := &night.Findings[i]
		if f.Standing != reports.StandingNew {
			continue
		}
		key := f.Target + " " + f.Cause
		if _, ok := at[key]; !ok {
			at[key] = len(all)
			all = append(all, nil)
		}
		all[at[key]] = append(all[at[key]], f)
	}
	return all
}

// maxRecords bounds the findings that get a report of their own: a night that
// finds more has one cause.
const maxRecords = 50

// recordTime is how long a finding may take to be shown again.
const recordTime = time.Minute

// records runs each finding that nobody has excused once more, in a process of
// its own, for its record. One that cannot be shown has what is known of it.
func (j *nightJob) records(night *reports.Night) []*reports.Record {
	var all []*reports.Record
	for i := range night.Findings {
		f := &night.Findings[i]
		if f.Standing == reports.StandingExcused || len(all) >= maxRecords {
			continue
		}
		rec, err := j.record(f)
		if err != nil {
			rec = &reports.Record{Version: reports.Version, Target: f.Target, Class: f.Class, Signature: f.Signature, Faults: []string{},
				Title: "a " + f.Class, Detail: "no report could be made: " + err.Error()}
		}
		rec.File, rec.Reproduce = f.File, []string{f.Reproduce}
		rec.Known = f.Standing != reports.StandingNew
		all = append(all, rec)
	}
	return all
}

// record shows f once more.
func (j *nightJob) record(f *reports.NightFinding) (*reports.Record, error) {
	args := []string{"run", "--format", "json"}
	if w := j.workers[f.Job]; w != "" {
		args = append(args, "--quicgo", w)
	}
	ctx, cancel := context.WithTimeout(context.Background(), recordTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, j.self, append(args, f.File)...)
	cmd.Env = os.Environ()
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == exitFinding {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	rec := &reports.Record{}
	if len(bytes.TrimSpace(out)) == 0 {
		return nil, errors.New("its program shows nothing when it runs again")
	}
	if err := json.Unmarshal(out, rec); err != nil {
		return nil, err
	}
	if rec.Signature != f.Signature {
		return nil, fmt.Errorf("its program shows %q when it runs again", rec.Signature)
	}
	return rec, nil
}

func recordOf(records []*reports.Record, f *reports.NightFinding) *reports.Record {
	for _, r := range records {
		if r.Target == f.Target && r.Signature == f.Signature {
			return r
		}
	}
	return nil
}
