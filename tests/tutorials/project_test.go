package tutorials_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// program builds the program weft once for all tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "weft-bin-")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "weft"), root+"/cmd/weft").CombinedOutput()
	if err != nil {
		return "", &buildError{string(out)}
	}
	return dir, nil
})

type buildError struct{ output string }

func (e *buildError) Error() string { return "weft does not build: " + e.output }

// follower follows pages in a folder of its own: files are written, commands are run,
// and what they print is what the page shows.
type follower struct {
	t      *testing.T
	dir    string
	env    []string
	behind []*exec.Cmd
}

func newFollower(t *testing.T) *follower {
	t.Helper()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	f := &follower{t: t, dir: t.TempDir(), env: append(os.Environ(),
		"PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "GOFLAGS=", "GOWORK=off")}
	t.Cleanup(func() {
		for _, cmd := range f.behind {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
			_ = cmd.Wait()
		}
	})
	return f
}

// follow goes through one page.
func (f *follower) follow(page string) {
	f.t.Helper()
	for _, b := range blocks(f.t, page) {
		switch {
		case b.file != "":
			path := filepath.Join(f.dir, filepath.FromSlash(b.file))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				f.t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(b.text), 0o600); err != nil {
				f.t.Fatal(err)
			}
		case b.kind == "console":
			for _, step := range strings.Split("\n"+b.text, "\n$ ")[1:] {
				command, output, _ := strings.Cut(step, "\n")
				f.step(b, command, output)
			}
		}
		if f.t.Failed() {
			return
		}
	}
}

var export = regexp.MustCompile(`^export (\w+=.*)$`)

// step runs one command of a console.
func (f *follower) step(b block, command, want string) {
	f.t.Helper()
	switch {
	case command == "mkdir shelf && cd shelf":
		return // the folder is there
	case strings.HasPrefix(command, "go install github.com/weft-orm/weft/"):
		return // what is tested is this tree
	case strings.HasPrefix(command, "go get github.com/weft-orm/weft@"):
		command = "go mod edit -require=github.com/weft-orm/weft@v0.0.0" // all that a module without a root package brings
	case export.MatchString(command):
		f.env = append(f.env, export.FindStringSubmatch(command)[1])
		return
	}
	background, isBackground := strings.CutSuffix(command, " &")
	cmd := exec.CommandContext(context.WithoutCancel(f.t.Context()), "bash", "-c", background)
	cmd.Dir, cmd.Env = f.dir, f.env
	if isBackground {
		cmd.Env = f.env
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		if err := cmd.Start(); err != nil {
			f.t.Fatal(err)
		}
		f.behind = append(f.behind, cmd)
		f.await(b, background)
		return
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if strings.HasPrefix(command, "go mod init ") && err == nil {
		f.replace()
	}
	if got, want := steady(out.String()), steady(want); err != nil || want != "" && got != want {
		f.t.Errorf("%s:%d: %s: %v\ngot\n%s\nwant\n%s", b.page, b.line, command, err, got, want)
	}
}

var address = regexp.MustCompile(`-addr (\S+)`)

// await waits until a program in the background listens.
func (f *follower) await(b block, command string) {
	f.t.Helper()
	m := address.FindStringSubmatch(command)
	if m == nil {
		return
	}
	for range 1200 {
		if exec.Command("bash", "-c", "exec 3<>/dev/tcp/"+strings.Replace(m[1], ":", "/", 1)).Run() == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	f.t.Fatalf("%s:%d: nothing listens on %s", b.page, b.line, m[1])
}

// replace lets the module take weft from the tree that is tested, and brings nothing else along:
// what users need besides, the page's commands have to fetch.
func (f *follower) replace() {
	f.t.Helper()
	tree, err := filepath.Abs(root)
	if err != nil {
		f.t.Fatal(err)
	}
	cmd := exec.CommandContext(f.t.Context(), "go", "mod", "edit", "-replace=github.com/weft-orm/weft="+tree)
	cmd.Dir, cmd.Env = f.dir, f.env
	if out, err := cmd.CombinedOutput(); err != nil {
		f.t.Fatalf("%v\n%s", err, out)
	}
}

var (
	versions  = regexp.MustCompile(`\b20\d{12}`)
	durations = regexp.MustCompile(`\b\d+(\.\d+)?(µs|ms|s)\b`)
	cached    = regexp.MustCompile(`\t\(cached\)|\s+$`)
)

// steady takes out of an output what differs from run to run.
func steady(s string) string {
	s = versions.ReplaceAllString(s, "VERSION")
	s = durations.ReplaceAllString(s, "TIME")
	return strings.TrimSpace(cached.ReplaceAllString(s, ""))
}

// TestTutorial goes from an empty folder to the last chapter.
func TestTutorial(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	f := newFollower(t)
	for _, page := range pages(t) {
		if strings.HasPrefix(page, "docs/tutorial/") {
			f.follow(page)
		}
	}
}

// TestReadme runs the code of the first screen as it stands.
func TestReadme(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	newFollower(t).follow("README.md")
}

// TestWeftGen generates what its page shows, and builds what uses it.
func TestWeftGen(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	newFollower(t).follow("docs/weft-gen.md")
}
