package trace

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A Version is a release of HAProxy as "haproxy -vv" tells it. The zero
// Version is none.
type Version struct {
	// Major.Minor is the branch, Patch the release of it; Dev is the number of
	// the development tag, -1 for a release of a branch.
	Major, Minor, Patch, Dev int
	// Ahead is how many commits were built behind that tag or release.
	Ahead int
	// Date is the day of the build's last commit, YYYY-MM-DD, if it is told.
	Date string
	// Known is false for the zero Version.
	Known bool
}

// String returns v as people write it.
func (v Version) String() string {
	switch {
	case !v.Known:
		return "unknown"
	case v.Dev >= 0:
		return fmt.Sprintf("%d.%d-dev%d", v.Major, v.Minor, v.Dev)
	}
	return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
}

// Before reports whether v is of an earlier point of the mainline than the
// development tag w. A release of a branch stands behind all of the branch's
// development tags.
func (v Version) Before(w Version) bool {
	if v.Major != w.Major {
		return v.Major < w.Major
	}
	if v.Minor != w.Minor {
		return v.Minor < w.Minor
	}
	if (v.Dev < 0) != (w.Dev < 0) {
		return v.Dev >= 0
	}
	if v.Dev != w.Dev {
		return v.Dev < w.Dev
	}
	return v.Patch < w.Patch
}

// Mainline reports whether v is a point of the mainline: a development tag,
// what was built behind one, or the first release of a branch.
func (v Version) Mainline() bool { return v.Known && (v.Dev >= 0 || v.Patch == 0 && v.Ahead == 0) }

// Lacks reports whether v, a point of the mainline, has nothing of what came
// with the development tag w. What was built behind the tag before w may have
// some of it.
func (v Version) Lacks(w Version) bool {
	if !v.Mainline() || !v.Before(w) {
		return false
	}
	next := v.Major == w.Major && v.Minor == w.Minor && (w.Dev < 0 || w.Dev == v.Dev+1)
	return v.Ahead == 0 || !next
}

var (
	banner    = regexp.MustCompile(`\b(?:HA-?Proxy version|haproxy version is) ([0-9][0-9A-Za-z.+~-]*)(?:[ ,-]+(\d{4})/(\d\d)/(\d\d))?`)
	versionOf = regexp.MustCompile(`^v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,4}))?(?:-dev(\d{1,3}))?(?:-[0-9a-f]{6,40}-(\d{1,6})\b)?`)
)

// ParseVersion reads a version or a tag such as "2.9.6-9eafce5" or "v3.0-dev6".
func ParseVersion(s string) (Version, bool) {
	m := versionOf.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return Version{}, false
	}
	v := Version{Major: number(m[1]), Minor: number(m[2]), Patch: number(m[3]), Dev: -1, Known: true}
	if m[4] != "" {
		v.Dev = number(m[4])
	}
	v.Ahead = number(m[5])
	return v, true
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // the pattern lets digits through, and few of them
	return n
}

// version reads the first line of "haproxy -v".
func version(line string) (Version, bool) {
	m := banner.FindStringSubmatch(line)
	if m == nil {
		return Version{}, false
	}
	v, ok := ParseVersion(m[1])
	if ok && m[2] != "" {
		v.Date = m[2] + "-" + m[3] + "-" + m[4]
	}
	return v, ok
}
