package migrate_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	gomysql "github.com/go-sql-driver/mysql"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/migrate"
)

// TestGap loses a file from the middle.
func TestGap(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		e := s.open(t)
		_, err := migrator(t, e, three().set(t), migrate.To(2)).Up(t.Context())
		must(t, err)
		f := three()
		delete(f.MapFS, "1_first.sql")
		m := migrator(t, e, f.set(t))
		for what, err := range map[string]error{"verify": m.Verify(t.Context()), "up": second2(m.Up(t.Context()))} {
			told(t, err, migrate.ErrAhead, "1_first.sql", "get the files of these versions, or weft migrate unlog them")
			if t.Failed() {
				t.Log(what)
			}
		}
		if got := conditions(t, m); got != "1:missing 2:applied 3:pending" {
			t.Errorf("got %s", got)
		}
		_, err = m.Down(t.Context(), 2)
		told(t, err, migrate.ErrAhead, "1_first.sql", "its file is needed for the way back")
		if got := count(t, e, "select count(b) + count(*) from a"); got != 1 {
			t.Errorf("something was taken back: %d", got)
		}
	})
}

func second2(_ []string, err error) error { return err }

// told sees that an error is of a class and has texts.
func told(t *testing.T, err, class error, texts ...string) {
	t.Helper()
	if !errors.Is(err, class) {
		t.Errorf("got %v, want %v", err, class)
		return
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the error does not say %q: %v", text, err)
		}
	}
}

// slow is a file that stops in the middle for some seconds.
func slow(kind string, seconds int) *folder {
	wait := map[string]string{
		"postgres": "select pg_sleep(" + strconv.Itoa(seconds) + ")", "mysql": "do sleep(" + strconv.Itoa(seconds) + ")",
		"sqlite": "with recursive n (i) as (select 1 union all select i + 1 from n where i < " + strconv.Itoa(seconds) + "*5000000) insert into s select count(*) from n",
	}[kind]
	f := newFolder()
	f.add("1_first.sql", first)
	f.add("2_slow.sql", "-- +goose Up\ncreate table s (i bigint);\n"+wait+";\ninsert into s values (-1);\n-- +goose Down\ndrop table s;\n")
	return f
}

// waiting tells how many statements of a slow file are on their way.
var waiting = map[string]string{
	"postgres": "select count(*) from pg_stat_activity where query like 'select pg_sleep(%' and datname = current_database()",
	"mysql":    "select count(*) from information_schema.processlist where info like 'do sleep(%' and db = database()",
}

// TestKilled kills a process that migrates, and with it the one that holds the lock:
// the next one does the rest.
func TestKilled(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		address := s.address(t)
		e := connect(t, s.at(address))
		c := exec.CommandContext(t.Context(), os.Args[0])
		c.Env = append(os.Environ(), child+"="+s.name, child+"_ADDRESS="+address, child+"_SLOW=2")
		c.Stderr = &bytes.Buffer{}
		out, err := c.StdoutPipe()
		must(t, err)
		must(t, c.Start())
		var begun [1]byte // it tells when the slow file begins
		if _, err := out.Read(begun[:]); err != nil {
			t.Fatal(err, c.Wait(), c.Stderr)
		}
		for query := waiting[s.name]; query != "" && count(t, e, query) == 0; {
			time.Sleep(5 * time.Millisecond)
		}
		must(t, c.Process.Kill())
		_ = c.Wait()
		f := slow(s.name, 0)
		m := migrator(t, e, f.set(t))
		if s.name == "mysql" { // which of its statements were run is not lost
			_, err := migrator(t, e, slow(s.name, 2).set(t)).Up(t.Context())
			told(t, err, migrate.ErrHalfway, "2_slow.sql", "weft migrate log 2 --statements 2 when it was, or 1 when not")
			must(t, m.Log(t.Context(), 2, 1))
		}
		_, err = m.Up(t.Context())
		must(t, err)
		if got := conditions(t, m); got != "1:applied 2:applied" {
			t.Errorf("got %s", got)
		}
		if got := count(t, e, "select count(*) from s where i = -1"); got != 1 {
			t.Errorf("%d rows", got)
		}
	})
}

// ends find the connection that runs a slow file, and end it.
var ends = map[string]struct{ find, end string }{
	"postgres": {strings.Replace(waiting["postgres"], "count(*)", "coalesce(max(pid), 0)", 1), "select pg_terminate_backend(%d)"},
	"mysql":    {strings.Replace(waiting["mysql"], "count(*)", "coalesce(max(id), 0)", 1), "kill connection %d"},
}

// TestTerminated has its connection ended by the server in the middle of a statement.
func TestTerminated(t *testing.T) {
	t.Parallel()
	for _, s := range servers[1:] {
		t.Run(s.name, func(t *testing.T) {
			address := s.address(t)
			e, other := connect(t, s.at(address)), connect(t, s.at(address))
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			go func() {
				for ctx.Err() == nil {
					var id int64
					if handle(other).QueryRow(ends[s.name].find).Scan(&id) == nil && id > 0 {
						handle(other).Exec(fmt.Sprintf(ends[s.name].end, id))
						return
					}
				}
			}()
			_, err := migrator(t, e, slow(s.name, 30).set(t)).Up(t.Context())
			var failed *migrate.StatementError
			if !errors.As(err, &failed) || failed.Name != "2_slow.sql" || failed.Number != 2 {
				t.Fatalf("got %v", err)
			}
			m := migrator(t, connect(t, s.at(address)), slow(s.name, 0).set(t))
			if s.name == "mysql" {
				told(t, err, driver.ErrConnection, "it is not known whether it was run", "--statements 1 or 2")
				if got := conditions(t, m); got != "1:applied 2:halfway" {
					t.Errorf("got %s", got)
				}
				must(t, m.Log(t.Context(), 2, 1))
			} else {
				told(t, err, driver.ErrConnection, "nothing of the file was kept", "the connection was lost: run it again")
				if got := conditions(t, m); got != "1:applied 2:pending" {
					t.Errorf("got %s", got)
				}
			}
			_, err = m.Up(t.Context())
			must(t, err)
			if got := conditions(t, m); got != "1:applied 2:applied" {
				t.Errorf("got %s", got)
			}
		})
	}
}

// user makes a user of the server with rights on one database.
func (s server) user(t *testing.T, address string, e driver.Engine, rights string) driver.Connector {
	t.Helper()
	name := testdb.Name()
	if s.name == "postgres" {
		run(t, e, "create role "+name+" login")
		t.Cleanup(func() {
			handle(e).Exec("drop owned by " + name)
			handle(e).Exec("drop role " + name)
		})
		if rights != "" {
			run(t, e, "grant "+rights+" on all tables in schema public to "+name)
		}
		u, err := url.Parse(address)
		must(t, err)
		u.User = url.User(name)
		return postgres.URL(u.String())
	}
	c, err := gomysql.ParseDSN(address)
	must(t, err)
	run(t, e, "create user "+name+" identified by 'x'")
	t.Cleanup(func() { handle(e).Exec("drop user " + name) })
	if rights == "" {
		rights = "select"
	}
	run(t, e, "grant "+rights+" on "+c.DBName+".* to "+name)
	c.User, c.Passwd = name, "x"
	return mysql.DSN(c.FormatDSN())
}

// TestReader lets a user look who has no right but to read, and tells that it cannot do more.
func TestReader(t *testing.T) {
	t.Parallel()
	for _, s := range servers[1:] {
		t.Run(s.name, func(t *testing.T) {
			address := s.address(t)
			e := connect(t, s.at(address))
			_, err := migrator(t, e, three().set(t), migrate.To(2)).Up(t.Context())
			must(t, err)
			m := migrator(t, connect(t, s.user(t, address, e, "select")), three().set(t))
			if got := conditions(t, m); got != "1:applied 2:applied 3:pending" {
				t.Errorf("got %s", got)
			}
			must(t, m.Verify(t.Context()))
			_, err = m.Up(t.Context())
			told(t, err, driver.ErrReadOnly, "3_third.sql", "nothing of the file was", "the user has not the right")
			_, err = m.Down(t.Context(), 1)
			told(t, err, driver.ErrReadOnly, "2_second.sql")
			err = m.Log(t.Context(), 3, -1)
			told(t, err, driver.ErrReadOnly)
			if got := conditions(t, m); got != "1:applied 2:applied 3:pending" {
				t.Errorf("got %s", got)
			}
		})
	}
}

// TestNoRights has a user who cannot make the tables of the history.
func TestNoRights(t *testing.T) {
	t.Parallel()
	for _, s := range servers[1:] {
		t.Run(s.name, func(t *testing.T) {
			address := s.address(t)
			e := connect(t, s.at(address))
			m := migrator(t, connect(t, s.user(t, address, e, "")), three().set(t))
			if got := conditions(t, m); got != "1:pending 2:pending 3:pending" {
				t.Errorf("got %s", got)
			}
			for range 2 {
				_, err := m.Up(t.Context())
				told(t, err, driver.ErrReadOnly, "nothing was run", "the user has not the right")
			}
			_, err := migrator(t, e, three().set(t)).Up(t.Context())
			must(t, err)
		})
	}
}

// TestFullDisk stops where the database may not grow.
func TestFullDisk(t *testing.T) {
	full := map[string]string{
		"sqlite":   "pragma max_page_count = 20;\ncreate table much (t text);\ninsert into much select hex(zeroblob(100000)) from a;\n",
		"postgres": "select 1;\ncreate table much (t text);\ncopy a to '/dev/full';\n",
		"mysql":    "set max_heap_table_size = 16384;\ncreate table much (t char(200)) engine = memory;\ninsert into much select repeat('x', 200) from information_schema.columns;\n",
	}
	everywhere(t, func(t *testing.T, s server) {
		f := three()
		f.add("4_much.sql", "-- +goose Up\n"+full[s.name])
		e := s.open(t)
		_, err := migrator(t, e, f.set(t)).Up(t.Context())
		var failed *migrate.StatementError
		if !errors.As(err, &failed) || failed.Number != 3 || failed.Kept != (s.name == "mysql") {
			t.Fatalf("got %v", err)
		}
		told(t, err, driver.ErrDiskFull, "4_much.sql:4", "make room on the disk")
		want := "1:applied 2:applied 3:applied 4:pending"
		if s.name == "mysql" {
			want = "1:applied 2:applied 3:applied 4:halfway"
		}
		if got := conditions(t, migrator(t, e, f.set(t))); got != want {
			t.Errorf("got %s", got)
		}
	})
}

// TestDownHalfway keeps what stands below a file that was run in part: that file may need it. On
// SQLite no file is run in part.
func TestDownHalfway(t *testing.T) {
	t.Parallel()
	for _, s := range servers[1:] {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			e := s.open(t)
			f := newFolder()
			f.add("1_a.sql", "-- +goose Up\ncreate table a (id int);\n-- +goose Down\ndrop table a;\n")
			f.add("2_b.sql", "-- +goose NO TRANSACTION\n-- +goose Up\ncreate table b (id int);\ninsert into nowhere values (1);\n-- +goose Down\ndrop table b;\n")
			m := migrator(t, e, f.set(t))
			if _, err := m.Up(t.Context()); err == nil {
				t.Fatal("nowhere was found")
			}
			told(t, second2(m.Down(t.Context(), 1)), migrate.ErrHalfway, "2_b.sql", "weft migrate up", "weft migrate unlog 2")
			if got := conditions(t, m); got != "1:applied 2:halfway" {
				t.Errorf("got %s", got)
			}
			must(t, m.Unlog(t.Context(), 2))
			_, err := m.Down(t.Context(), 1)
			must(t, err)
			if got := conditions(t, m); got != "1:pending 2:pending" {
				t.Errorf("got %s", got)
			}
		})
	}
}
