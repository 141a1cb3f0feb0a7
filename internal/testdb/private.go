//go:build unix

package testdb

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Server is a server of a test's own, in a temporary folder, which may be stopped,
// killed and started again. It ends with the test, and with the test binary
// whatever happens to that. Its methods are for one goroutine.
type Server struct {
	t    testing.TB
	dir  string // of everything, removed when the test ends
	port int
	user *account
	// args is the command that runs the server in the foreground.
	args []string
	// end asks the server to stop in order without waiting for its clients.
	end syscall.Signal
	// ready tries to use the server.
	ready func(ctx context.Context) error

	cmd   *exec.Cmd // nil while it does not run
	stdin io.Closer // the server is killed when it is closed
	pid   int
}

// startTime is how long a server may take to start, after a crash for instance.
const startTime = 60 * time.Second

// newServer makes the folder and chooses a port.
func newServer(t testing.TB, name string) *Server {
	t.Helper()
	if testing.Short() {
		t.Skip("a private server takes seconds to start")
	}
	user, err := serverUser(name)
	if err != nil {
		t.Skipf("a private server needs an account that is not root's: %v", err)
	}
	s := &Server{t: t, user: user}
	if s.dir, err = os.MkdirTemp("", "weft-"+name+"-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Kill()
		if err := os.RemoveAll(s.dir); err != nil {
			t.Error(err)
		}
	})
	if err := user.own(s.dir); err != nil {
		t.Fatal(err)
	}
	s.port = freePort(t)
	return s
}

func freePort(t testing.TB) int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// Address returns host and port.
func (s *Server) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

func (s *Server) log() string { return filepath.Join(s.dir, "log") }

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// tool runs a program of the server to its end.
func (s *Server) tool(name string, args ...string) {
	s.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, s.user.attributes()
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// guardian runs a server and kills it when its own standard input ends, as it does
// when the test binary dies. Its exit is the server's.
const guardian = `exec 3<&0
"$@" </dev/null >>"$0" 2>&1 3<&- &
pid=$!
echo $pid
{ cat <&3 >/dev/null; kill -KILL $pid; } >/dev/null 2>&1 &
exec 3<&-
wait $pid`

// Start starts the server and waits until it answers.
func (s *Server) Start() {
	s.t.Helper()
	var err error
	for end := time.Now().Add(startTime); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if s.cmd == nil {
			s.run()
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		err = s.ready(ctx)
		cancel()
		if err == nil {
			return
		}
		if !s.alive() { // what is left of the one before may still hold its files
			s.wait()
		}
	}
	out, _ := os.ReadFile(s.log())
	s.t.Fatalf("the private server does not start: %v\n%s", err, tail(string(out)))
}

func (s *Server) run() {
	s.t.Helper()
	cmd := exec.Command("sh", append([]string{"-c", guardian, s.log()}, s.args...)...)
	cmd.Dir, cmd.SysProcAttr = s.dir, s.user.attributes()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err == nil {
		s.pid, err = strconv.Atoi(strings.TrimSpace(line))
	}
	if err != nil {
		s.t.Fatalf("the private server did not start: %v", err)
	}
	s.cmd, s.stdin = cmd, stdin
}

// alive reports whether the server process is there.
func (s *Server) alive() bool { return syscall.Kill(s.pid, 0) == nil }

// Stop ends the server in order: it closes its connections and writes everything out.
func (s *Server) Stop() { s.signal(s.end) }

// Kill ends the server as a crash of the machine does, the processes that serve its
// connections included: left alone they would still send what they were asked for.
func (s *Server) Kill() {
	serving := children(s.pid)
	s.signal(syscall.SIGKILL)
	for _, pid := range serving {
		_ = syscall.Kill(pid, syscall.SIGKILL) // some have gone with the server
	}
}

// children returns the processes that a process has started, where the system tells.
func children(pid int) []int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var list []int
	for _, field := range strings.Fields(string(text)) {
		if child, err := strconv.Atoi(field); err == nil {
			list = append(list, child)
		}
	}
	return list
}

func (s *Server) signal(sig syscall.Signal) {
	if s.cmd == nil {
		return
	}
	if err := syscall.Kill(s.pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		s.t.Errorf("signal %v to the private server: %v", sig, err)
	}
	s.wait()
}

// wait returns when the server has ended. One that does not end in time is killed.
func (s *Server) wait() {
	impatient := time.AfterFunc(startTime, func() { _ = s.stdin.Close() })
	defer impatient.Stop()
	_ = s.cmd.Wait() // its exit says how it was ended
	_ = s.stdin.Close()
	s.cmd = nil
}

// binary returns the path of a server program: from PATH, where it may be a link,
// or the last of those that match the patterns.
func binary(name string, patterns ...string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return filepath.EvalSymlinks(path)
	}
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err == nil && len(found) > 0 {
			return found[len(found)-1], nil
		}
	}
	return "", fmt.Errorf("%s is not installed", name)
}

// uninstalled ends a test that needs a server of its own. Where tests use a server
// elsewhere, its programs need not be here; where they use one on this machine,
// they should.
func uninstalled(t testing.TB, server, variable string, err error) {
	t.Helper()
	const format = "a private %s server cannot be started: %v"
	if os.Getenv("CI") != "" && os.Getenv(variable) == "" {
		t.Fatalf(format, server, err)
	}
	t.Skipf(format, server, err)
}

func tail(s string) string {
	const limit = 3000
	return s[max(len(s)-limit, 0):]
}
