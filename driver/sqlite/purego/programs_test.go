//go:build cgo

package purego_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/driver/sqlite/purego"
)

// TestTwoPrograms has a file open in this program and, by SQLite in C, in another one: they hold each
// other's locks, and see what the other has written.
func TestTwoPrograms(t *testing.T) {
	if path := os.Getenv("WEFT_SQLITE_FILE"); path != "" {
		other(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "shared.db")
	e, err := purego.File(path, purego.BusyTimeout(100*time.Millisecond)).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	db := e.(driver.SQLHandle).DB()
	count := func(want int) {
		t.Helper()
		var n int
		if err := db.QueryRow("select count(*) from t").Scan(&n); err != nil || n != want {
			t.Errorf("%d rows, want %d: %v", n, want, err)
		}
	}
	if _, err := db.Exec("create table t (writer text)"); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestTwoPrograms$")
	cmd.Env = append(os.Environ(), "WEFT_SQLITE_FILE="+path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	said := func(want string) {
		t.Helper()
		for lines.Scan() {
			if lines.Text() == want {
				return
			}
		}
		t.Fatalf("the other program did not say %q", want)
	}
	said("it holds the lock")
	count(0)
	if _, err := db.Exec("insert into t values ('go')"); !errors.Is(e.(driver.Classifier).Classify(err), driver.ErrLockTimeout) {
		t.Errorf("a write while the other program holds the lock: %v", err)
	}
	fmt.Fprintln(in)
	said("it has committed")
	count(1)
	if _, err := db.Exec("insert into t values ('go')"); err != nil {
		t.Error(err)
	}
	fmt.Fprintln(in)
	said("it sees 2 rows, ok")
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// other is the other program.
func other(t *testing.T, path string) {
	e, err := sqlite.File(path).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	in := bufio.NewScanner(os.Stdin)
	s, err := e.Session(t.Context(), driver.SessionOptions{Transaction: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.(driver.TextExecer).ExecText(t.Context(), "insert into t values ('c')"); err != nil {
		t.Fatal(err)
	}
	fmt.Println("it holds the lock")
	in.Scan()
	if err := s.End(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	fmt.Println("it has committed")
	in.Scan()
	var n int
	var check string
	err = e.(driver.SQLHandle).DB().QueryRow("select (select count(*) from t), integrity_check from pragma_integrity_check").Scan(&n, &check)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("it sees %d rows, %s\n", n, check)
}
