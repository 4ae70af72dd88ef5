package player

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// TallyVar names the folder in which the processes of one campaign count what
// they do, each in a file of its own: the workers of Go's engine can tell
// nobody anything.
const TallyVar = "LASTWAKE_TALLY"

// tallyEvery is after how many programs a process writes its file, findings
// aside: the last few programs of a worker are not counted.
const tallyEvery = 1 << 12

// TallyDue reports whether it is time to write the file again.
func (p *Player) TallyDue() bool { return p.programs%tallyEvery == 0 }

// WriteTally writes p's counts to its file in dir, a line "count name" each.
func (p *Player) WriteTally(dir string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d programs\n%d ops\n", p.programs, p.ops)
	for _, c := range p.all {
		if n := p.excused[c]; n > 0 {
			fmt.Fprintf(&b, "%d %s\n", n, c.Signature)
		}
	}
	return os.WriteFile(filepath.Join(dir, fmt.Sprint(os.Getpid())), []byte(b.String()), 0o666)
}

// PrintTally adds up the files in dir and prints what was played and each
// excused signature with its count.
func PrintTally(w io.Writer, dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	sum := map[string]uint64{}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			count, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			n, err := strconv.ParseUint(count, 10, 64)
			if err != nil {
				return fmt.Errorf("%s: %w", f.Name(), err)
			}
			sum[name] += n
		}
	}
	if n := sum["programs"]; n > 0 {
		fmt.Fprintf(w, "played: %d programs, %d ops\n", n, sum["ops"])
	}
	for _, name := range slices.Sorted(maps.Keys(sum)) {
		if strings.Contains(name, " | ") {
			fmt.Fprintf(w, "excused: %d x %s\n", sum[name], name)
		}
	}
	return nil
}
