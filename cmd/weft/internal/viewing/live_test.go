package viewing_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/cmd/weft/internal/cli"
	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/weftweb"
)

// TestMain lets the test binary stand for the program.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "weft" {
		os.Exit(cli.Main(os.Args[1:], env.Standard()))
	}
	os.Exit(m.Run())
}

// Note is an entity of the application.
type Note struct {
	ID   int64
	Text string
}

// application serves notes, and streams what its requests do. It returns its address and
// that of the stream.
func application(t *testing.T) (address, stream string) {
	t.Helper()
	debug := weftweb.NewDebug(weftweb.DebugOptions{})
	db, err := orm.Open(t.Context(), memory.New(), append(debug.Options(), orm.Entities(Note{}))...)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /notes", weftweb.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		orm.From(r.Context()).Persist(&Note{Text: "first"})
		return nil
	}))
	root := http.NewServeMux()
	root.Handle("GET /debug/weft", debug)
	root.Handle("/", debug.Middleware(weftweb.Middleware(db)(mux)))
	server := httptest.NewServer(root)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL, server.URL + "/debug/weft?token=" + debug.Token()
}

// module makes a folder with a module of the same entity, and the program weft in the path.
func module(t *testing.T) (program, dir string) {
	t.Helper()
	weft, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, program = t.TempDir(), filepath.Join(t.TempDir(), "weft")
	if err := os.Symlink(self, program); err != nil {
		t.Skipf("SKIPPED: no symbolic links: %v", err)
	}
	sums, err := os.ReadFile(filepath.Join(weft, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"go.mod":  "module example.org/notes\n\ngo 1.26\n\nrequire github.com/weft-orm/weft v0.0.0\n\nreplace github.com/weft-orm/weft => " + weft + "\n",
		"go.sum":  string(sums),
		"note.go": "package notes\n\ntype Note struct {\n\tID   int64\n\tText string\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return program, dir
}

// TestLive watches an application by the program itself: what its requests send reaches the
// page of weft studio --live, and an interrupt ends it.
func TestLive(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: builds a program")
	}
	address, stream := application(t)
	program, dir := module(t)
	run := func(args ...string) *exec.Cmd {
		c := exec.CommandContext(t.Context(), program, append([]string{"studio", "--models", ".", "--listen", "127.0.0.1:0", "--live"}, args...)...)
		c.Dir, c.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod -ldflags=-s", "GOWORK=off", "WEFT_DATABASE=", "DATABASE_URL=")
		return c
	}
	if out, err := run("127.0.0.1:1").CombinedOutput(); err == nil || !strings.Contains(string(out), "--live") && !strings.Contains(string(out), "address") {
		t.Errorf("no address of a stream: %v, %s", err, out)
	}
	c := run(stream)
	told, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	page := ""
	lines := bufio.NewScanner(told)
	var said bytes.Buffer
	for page == "" && lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "http://127.0.0.1:") {
			page = lines.Text()
		}
	}
	if page == "" {
		t.Fatalf("no address: %s, %v", &said, c.Wait())
	}
	rest := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(told)
		rest <- string(text)
	}()
	watch(t, address, page)
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	text := <-rest
	if err := c.Wait(); err != nil || text != "" {
		t.Errorf("it ended with %v: %s", err, text)
	}
}

// watch opens the page, has the application do something, and reads of it.
func watch(t *testing.T, address, page string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	root, _, _ := strings.Cut(page, "?")
	get := func(client *http.Client, address string) *http.Response {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	stranger := get(&http.Client{}, root+"api/live")
	stranger.Body.Close()
	if stranger.StatusCode == http.StatusOK {
		t.Error("who has no token may watch")
	}
	client := &http.Client{Jar: jar}
	get(client, page).Body.Close()
	events := get(client, root+"api/live")
	defer events.Body.Close()
	if events.StatusCode != http.StatusOK {
		t.Fatalf("the stream answers %s", events.Status)
	}
	asked := false
	lines := bufio.NewScanner(events.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		switch text := lines.Text(); {
		case strings.Contains(text, "listening to the application") && !asked:
			asked = true
			res, err := http.Post(address+"/notes", "", nil)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
		case strings.Contains(text, `"path":"/notes"`):
			if !strings.Contains(text, "insert Note") || strings.Contains(text, "first") {
				t.Errorf("the request is told as %s", text)
			}
			return
		}
	}
	t.Fatalf("nothing of the request: asked %v, %v", asked, lines.Err())
}
