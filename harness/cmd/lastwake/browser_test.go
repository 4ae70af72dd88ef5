package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestBrowser clicks through the pages in a real browser, on a desk and on a
// phone, light and dark: from the index to a crash, to an op, into what is
// folded, and back. Nothing is asked of any host, and nothing is wider than
// the screen. LASTWAKE_BROWSER switches it on; pictures go to reports/out.
func TestBrowser(t *testing.T) {
	if os.Getenv("LASTWAKE_BROWSER") == "" {
		t.Skip("LASTWAKE_BROWSER is not set: make browser")
	}
	dir := t.TempDir()
	var out, messages bytes.Buffer
	if n := execute([]string{"report", "--out", dir, "../../../corpus/crash"}, strings.NewReader(""), &out, &messages); n != exitClean {
		t.Fatalf("report: status %d\n%s", n, messages.String())
	}
	pictures, err := filepath.Abs("../../../reports/out/browser")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(pictures, 0o777); err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t)
	for _, screen := range []struct {
		name          string
		width, height int
		dark          bool
	}{{"desk-light", 1200, 900, false}, {"desk-dark", 1200, 900, true}, {"phone-light", 390, 844, false}, {"phone-dark", 390, 844, true}} {
		t.Run(screen.name, func(t *testing.T) {
			b.t = t
			b.screen(screen.width, screen.height, screen.dark)
			b.open("file://" + filepath.Join(dir, "index.html"))
			b.narrow(screen.width)
			b.picture(filepath.Join(pictures, "index-"+screen.name+".png"))
			b.click(`document.querySelector('#crashes a[href$="heap-use-after-free-qc_stream_buf_free.html"]')`)
			b.until(`location.pathname.endsWith("qc_stream_buf_free.html") && document.readyState == "complete"`)
			b.narrow(screen.width)
			b.picture(filepath.Join(pictures, "crash-"+screen.name+".png"))
			b.until(`document.querySelectorAll("svg .use").length == 1 && document.querySelectorAll("svg .life").length > 5`)
			b.click(`document.querySelector('dl a[href^="#op"]')`)
			b.until(`location.hash.startsWith("#op") && document.querySelector(location.hash).getBoundingClientRect().top < innerHeight`)
			b.click(`[...document.querySelectorAll("#stacks ~ details:not([open]) > summary")][0]`)
			b.until(`[...document.querySelectorAll("#stacks ~ details")][0].open`)
			b.click(`document.querySelector('a[href="../index.html"]')`)
			b.until(`location.pathname.endsWith("index.html") && document.readyState == "complete"`)
			ink, paper := b.eval(`getComputedStyle(document.body).color`), b.eval(`getComputedStyle(document.body).backgroundColor`)
			if ink == paper || screen.dark != (paper == "rgb(21, 23, 26)") {
				t.Errorf("ink %v on %v", ink, paper)
			}
		})
	}
	for _, url := range b.asked {
		if !strings.HasPrefix(url, "file://") {
			t.Errorf("%s was asked for", url)
		}
	}
}

// A browser is Chromium, spoken to through a pipe.
type browser struct {
	t       *testing.T
	in      io.Writer
	out     *bufio.Reader
	session string
	id      int
	asked   []string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	name := ""
	for _, n := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if _, err := exec.LookPath(n); err == nil && name == "" {
			name = n
		}
	}
	if name == "" {
		t.Fatal("no chromium here: apt-get install chromium")
	}
	toRead, toWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	fromRead, fromWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--remote-debugging-pipe", "--user-data-dir="+t.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{toRead, fromWrite}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = toRead.Close(), fromWrite.Close()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		time.Sleep(300 * time.Millisecond) // its children write to the folder that goes away
	})
	b := &browser{t: t, in: toWrite, out: bufio.NewReaderSize(fromRead, 1<<20)}
	target := b.call("Target.createTarget", map[string]any{"url": "about:blank"})["targetId"]
	b.session = b.call("Target.attachToTarget", map[string]any{"targetId": target, "flatten": true})["sessionId"].(string)
	for _, domain := range []string{"Page", "Runtime", "Network"} {
		b.call(domain+".enable", nil)
	}
	return b
}

// call sends a command and returns the result of its answer.
func (b *browser) call(method string, params map[string]any) map[string]any {
	b.t.Helper()
	answer := b.ask(method, params)
	if answer.Error != nil {
		b.t.Fatalf("%s: %v", method, answer.Error)
	}
	return answer.Result
}

// ask sends a command and waits for its answer; requests that the page makes
// meanwhile are noted.
func (b *browser) ask(method string, params map[string]any) message {
	b.t.Helper()
	b.id++
	m := map[string]any{"id": b.id, "method": method, "params": params}
	if params == nil {
		m["params"] = map[string]any{}
	}
	if b.session != "" {
		m["sessionId"] = b.session
	}
	text, err := json.Marshal(m)
	if err == nil {
		_, err = b.in.Write(append(text, 0))
	}
	if err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	for {
		answer, err := b.read()
		if err != nil {
			b.t.Fatalf("%s: %v", method, err)
		}
		if answer.ID == b.id {
			return answer
		}
	}
}

type message struct {
	ID     int
	Method string
	Result map[string]any
	Error  map[string]any
	Params struct{ Request struct{ URL string } }
}

func (b *browser) read() (message, error) {
	text, err := b.out.ReadBytes(0)
	if err != nil {
		return message{}, err
	}
	var m message
	if err := json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &m); err != nil {
		return m, err
	}
	if m.Method == "Network.requestWillBeSent" {
		b.asked = append(b.asked, m.Params.Request.URL)
	}
	return m, nil
}

func (b *browser) screen(width, height int, dark bool) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}})
}

func (b *browser) open(url string) {
	b.t.Helper()
	b.call("Page.navigate", map[string]any{"url": url})
	b.until(fmt.Sprintf(`location.href == %q && document.readyState == "complete"`, url))
}

// left is Chromium's answer when the page goes while it is looked at.
const left = "Inspected target navigated or closed"

// eval returns the value of an expression in the page, in the next one if the
// page goes meanwhile.
func (b *browser) eval(expression string) any {
	b.t.Helper()
	for range 10 {
		answer := b.ask("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true})
		if answer.Error == nil {
			v, _ := answer.Result["result"].(map[string]any)
			return v["value"]
		}
		if answer.Error["message"] != left {
			b.t.Fatalf("%s: %v", expression, answer.Error)
		}
	}
	b.t.Fatalf("%s: the page goes and goes", expression)
	return nil
}

// until waits for an expression to be true.
func (b *browser) until(expression string) {
	b.t.Helper()
	for range 100 {
		if b.eval(expression) == true {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("never true at %v: %s", b.eval("location.href"), expression)
}

// click presses the mouse in the middle of an element.
func (b *browser) click(element string) {
	b.t.Helper()
	at := b.eval(`(e => { if (!e) return null; e.scrollIntoView({block: "center"}); const r = e.getClientRects()[0]; return {x: r.x + Math.min(r.width / 2, 40), y: r.y + r.height / 2}; })(` + element + `)`)
	p, ok := at.(map[string]any)
	if !ok {
		b.t.Fatalf("nothing to click: %s", element)
	}
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		b.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": p["x"], "y": p["y"], "button": "left", "clickCount": 1})
	}
}

// narrow checks that the page is no wider than the screen.
func (b *browser) narrow(width int) {
	b.t.Helper()
	if w, _ := b.eval("document.documentElement.scrollWidth").(float64); int(w) > width {
		wide := b.eval(`[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, pre")).slice(0, 3).map(e => e.outerHTML.slice(0, 80)).join("\n")`)
		b.t.Errorf("%v is %v pixels wide on a screen of %d:\n%v", b.eval("location.href"), w, width, wide)
	}
}

func (b *browser) picture(file string) {
	b.t.Helper()
	data, _ := b.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true})["data"].(string)
	png, err := base64.StdEncoding.DecodeString(data)
	if err == nil && len(png) == 0 {
		err = errors.New("no picture")
	}
	if err == nil {
		err = os.WriteFile(file, png, 0o644)
	}
	if err != nil {
		b.t.Error(err)
	}
}
