//go:build unix

package faults_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
)

// clerks are the goroutines that flush while the server restarts.
const clerks = 8

// restartable are the servers of the test's own.
var restartable = []struct {
	name  string
	start func(testing.TB) *testdb.Server
	at    func(*testdb.Server) driver.Connector
}{
	{"postgres", testdb.PrivatePostgres, func(s *testdb.Server) driver.Connector {
		return postgres.URL(s.PostgresURL(), postgres.MaxConns(connections))
	}},
	{"mariadb", testdb.PrivateMariaDB, func(s *testdb.Server) driver.Connector {
		return mysql.DSN(s.MariaDBDSN(), mysql.MaxConns(connections))
	}},
}

// TestServerRestartsUnderLoad stops a server in order, and kills it, while units
// flush. Each of them may fail, with an error that says whether it may be
// committed; none is half written, and all can be flushed again.
func TestServerRestartsUnderLoad(t *testing.T) {
	for _, r := range restartable {
		t.Run(r.name, func(t *testing.T) {
			leaks := goleak.IgnoreCurrent()
			t.Cleanup(func() { goleak.VerifyNone(t, leaks) })
			server := r.start(t)
			db := open(t, r.at(server))
			ok(t, create(t.Context(), db))
			w := &world{db: db, direct: db, caps: db.Engine().Caps()}
			for name, down := range map[string]func(){"stopped": server.Stop, "killed": server.Kill} {
				t.Run(name, func(t *testing.T) {
					w.restart(t, name, func() { down(); server.Start() })
					idle(t, db)
				})
			}
		})
	}
}

// restart runs clerks for a while before a restart, during it and after it.
func (w *world) restart(t *testing.T, name string, restart func()) {
	stop := make(chan struct{})
	offices := make([]*office, clerks)
	var running sync.WaitGroup
	for i := range offices {
		offices[i] = &office{db: w.db, name: fmt.Sprintf("%s-%d", name, i)}
		running.Go(func() { offices[i].work(t.Context(), stop) })
	}
	time.Sleep(300 * time.Millisecond)
	restart()
	time.Sleep(500 * time.Millisecond)
	close(stop)
	running.Wait()
	failures := map[string]int{}
	commits := 0
	for _, o := range offices {
		ok(t, o.err)
		o.check(t)
		commits += o.commits
		for class, n := range o.failed {
			failures[class] += n
		}
	}
	if commits == 0 || len(failures) == 0 {
		t.Errorf("%d commits, failures %v: the restart was not under load", commits, failures)
	}
	t.Logf("%d commits, failures %v", commits, failures)
}

// office flushes one unit after the other and keeps the books.
type office struct {
	db      *orm.DB
	name    string
	next    int
	commits int
	// written are the authors that must be there, each with two books.
	written []string
	failed  map[string]int // by class
	err     error          // what no restart explains
}

// work flushes until stop; a unit that fails is flushed again until it succeeds.
func (o *office) work(ctx context.Context, stop <-chan struct{}) {
	o.failed = map[string]int{}
	for o.err == nil {
		select {
		case <-stop:
			return
		default:
		}
		em := o.db.Fork()
		o.next++
		name := fmt.Sprintf("%s-%d.", o.name, o.next)
		a := &author{Name: name}
		a.Books.Add(&book{Title: "one"}, &book{Title: "two"})
		em.Persist(a)
		o.err = o.flush(ctx, em, name)
		o.written = append(o.written, name)
	}
}

// flush repeats a flush until it succeeds. A lost COMMIT is looked up.
func (o *office) flush(ctx context.Context, em *orm.EntityManager, name string) error {
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		err := em.Flush(ctx)
		switch {
		case err == nil:
			o.commits++
			return nil
		case errors.Is(err, driver.ErrCommitUnknown):
			o.failed["commit unknown"]++
			found, err := o.lookUp(ctx, name)
			if err != nil {
				return err
			}
			em.Resolve(found)
			if found {
				o.commits++
				return nil
			}
		case errors.Is(err, driver.ErrConnection):
			o.failed["connection"]++
		default:
			return err
		}
	}
	return errors.New("the server did not come back")
}

// lookUp asks, until the server answers, whether an author was committed.
func (o *office) lookUp(ctx context.Context, name string) (bool, error) {
	for {
		n, err := orm.Count[author](ctx, o.db.Fork(), orm.M{"name": name})
		if err == nil || !errors.Is(err, driver.ErrConnection) {
			return n > 0, err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// check compares the books with what is stored: all of each unit, once, and no more.
func (o *office) check(t *testing.T) {
	t.Helper()
	found, err := orm.Find[author](t.Context(), o.db.Fork(), orm.M{"name:startsWith": o.name + "-"}, orm.Populate("books"))
	ok(t, err)
	names := make([]string, len(found))
	for i, a := range found {
		names[i] = a.Name
		if n := a.Books.Len(); n != 2 {
			t.Errorf("%s has %d books", a.Name, n)
		}
	}
	slices.Sort(names)
	want := slices.Sorted(slices.Values(o.written))
	if !slices.Equal(names, want) {
		t.Errorf("stored are %d authors, written %d:\n%s\n%s", len(names), len(want), strings.Join(names, " "), strings.Join(want, " "))
	}
}
