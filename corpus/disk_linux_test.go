package corpus

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Real disks that are full, read-only or cut off. The tests run the test
// binary again as a child; the variable says which part it plays.
const partVar = "LASTWAKE_TEST_CORPUS_PART"

func TestMain(m *testing.M) {
	switch os.Getenv(partVar) {
	case "mounts":
		os.Exit(onMounts())
	case "forever":
		writeForever(os.Args[1])
	}
	os.Exit(m.Run())
}

// TestFullAndReadOnlyFolders runs in a mount namespace of its own, so that
// nothing stays mounted whatever happens. Root ignores permissions; a file
// system does not.
func TestFullAndReadOnlyFolders(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], dir)
	cmd.Env = append(os.Environ(), partVar+"=mounts")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, os.ErrPermission) || strings.Contains(string(out), cannotMount) {
		t.Skipf("this machine lets us mount nothing: %v %s", err, out)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := `full: write DIR/full/x.txtar: no space left on device
hint: nothing was changed; free some space in DIR/full or name another folder
there: map[x.txtar:old]
after room was made: <nil>
there: map[x.txtar:67108]
read-only: write DIR/ro/x.txtar: read-only file system
hint: nothing was changed; DIR/ro cannot be written to, name another folder
there: map[x.txtar:old]
a file: write DIR/ro/x.txtar/y.txtar: not a directory
hint: nothing was changed; DIR/ro/x.txtar is no folder
`
	if diff := cmp.Diff(want, strings.ReplaceAll(string(out), dir, "DIR")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

const cannotMount = "cannot mount"

// onMounts writes to a folder that is full and to one that is read-only.
func onMounts() int {
	dir := os.Args[1]
	full, ro := filepath.Join(dir, "full"), filepath.Join(dir, "ro")
	// Keep what is mounted here from the namespace outside.
	err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
	for _, d := range []string{full, ro} {
		err = errors.Join(err, os.Mkdir(d, 0o777), syscall.Mount("none", d, "tmpfs", 0, "size=128k"),
			os.WriteFile(filepath.Join(d, "x.txtar"), []byte("old"), 0o644))
	}
	err = errors.Join(err, os.WriteFile(filepath.Join(full, "filler"), make([]byte, 100<<10), 0o644),
		syscall.Mount("none", ro, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=128k"))
	if err != nil {
		fmt.Println(cannotMount, err)
		return 1
	}
	tell := func(what string, err error, dir string) {
		fmt.Printf("%s: %v\n", what, err)
		if err != nil {
			fmt.Println("hint:", hint(err))
		}
		if dir != "" {
			fmt.Println("there:", sizes(dir))
		}
	}
	big := make([]byte, 67108)
	path := filepath.Join(full, "x.txtar")
	tell("full", WriteFile(path, big), full)
	if err := os.Remove(filepath.Join(full, "filler")); err != nil {
		fmt.Println(err)
	}
	tell("after room was made", WriteFile(path, big), full)
	tell("read-only", WriteFile(filepath.Join(ro, "x.txtar"), big), ro)
	_, err = Save(filepath.Join(ro, "x.txtar"), &Crash{Signature: "y | - | - | -"})
	tell("a file", err, "")
	return 0
}

// sizes returns what dir holds: a short file's text, a long one's length.
func sizes(dir string) map[string]string {
	files := map[string]string{}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		text, _ := os.ReadFile(filepath.Join(dir, e.Name()))
		if e.Name() == "filler" {
			continue
		}
		files[e.Name()] = string(text)
		if len(text) > 8 {
			files[e.Name()] = fmt.Sprint(len(text))
		}
	}
	return files
}

// A process that is killed while it writes leaves one of the whole files.
func TestKilledWriter(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.txtar")
	if err := WriteFile(path, whole('a')); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 8 {
		cmd := exec.Command(os.Args[0], path)
		cmd.Env = append(os.Environ(), partVar+"=forever")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20*time.Millisecond + time.Duration(random.IntN(10_000))*time.Microsecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		got, err := os.ReadFile(path)
		if err != nil || string(got) != string(whole('a')) && string(got) != string(whole('b')) {
			t.Fatalf("%d bytes of a torn file, %v", len(got), err)
		}
	}
	for name := range contents(t, dir) {
		if name != "x.txtar" && !strings.HasPrefix(name, ".") {
			t.Errorf("a reader of the folder would see %s", name)
		}
	}
}

func whole(c byte) []byte { return []byte(strings.Repeat(string(rune(c)), 200_000)) }

func writeForever(path string) {
	for {
		for _, c := range []byte{'b', 'a'} {
			if err := WriteFile(path, whole(c)); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
		}
	}
}
