//go:build unix

package replica_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/replica"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/schema"
)

// letter has a version, so that a decision made on stale rows shows.
type letter struct {
	ID      int64 `orm:",pk,assigned"`
	Text    string
	Version int `orm:",version"`
}

// cluster is a primary with two streaming replicas.
type cluster struct {
	primary      *testdb.Server
	north, south *testdb.Server
	db           *orm.DB
	// first is the replica to ask first.
	first int
}

const (
	backoff = 300 * time.Millisecond
	sticky  = 500 * time.Millisecond
	// many rows have more bytes than the sockets between two processes hold.
	many = 6000
)

// TestStreamingReplicas runs against a real primary and its standbys.
func TestStreamingReplicas(t *testing.T) {
	leaks := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, leaks) })
	c := &cluster{primary: testdb.PrivatePostgres(t)}
	// A statement in the way of the replay is ended at once.
	c.north, c.south = c.primary.Standby("max_standby_streaming_delay=0"), c.primary.Standby()
	connector := replica.New(postgres.URL(c.primary.PostgresURL()), []driver.Connector{
		replica.Named("north", postgres.URL(c.north.PostgresURL())),
		replica.Named("south", postgres.URL(c.south.PostgresURL())),
	}, replica.Options{
		Choose:  func(context.Context, int) int { return c.first },
		Backoff: backoff, Sticky: sticky, Timeout: 5 * time.Second,
	})
	db, err := orm.Open(t.Context(), connector, orm.Entities(letter{}))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	must(t, schema.Create(replica.OnPrimary(t.Context()), db))
	c.db = db
	em := db.Fork()
	em.Persist(&letter{ID: 1, Text: "first"})
	must(t, em.Flush(t.Context()))
	c.arrived(t, "first")
	t.Run("routing", c.routing)
	t.Run("lag", c.lag)
	t.Run("conflict with the replay", c.conflict)
	t.Run("loss", c.loss)
	t.Run("loss in a result", c.lossInResult)
	t.Run("loss between pages", c.lossBetweenPages)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// text reads the letter with a manager of its own.
func (c *cluster) text(t *testing.T, ctx context.Context) string {
	t.Helper()
	l, err := orm.FindOneOrFail[letter](ctx, c.db.Fork(), 1)
	must(t, err)
	return l.Text
}

// arrived waits until both replicas have replayed a text.
func (c *cluster) arrived(t *testing.T, text string) {
	t.Helper()
	for _, server := range []*testdb.Server{c.north, c.south} {
		db, err := orm.Open(t.Context(), postgres.URL(server.PostgresURL()), orm.Entities(letter{}))
		must(t, err)
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
			l, err := orm.FindOne[letter](t.Context(), db.Fork(), 1)
			if err == nil && l != nil && l.Text == text {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("%q never arrived: %v, %v", text, l, err)
			}
		}
		must(t, db.Close())
	}
}

func (c *cluster) server(t *testing.T, ctx context.Context, opts driver.SessionOptions) string {
	t.Helper()
	return answeredBy(t, ctx, c.db, qb.New(c.db.Registry(), "letter", "").Select("text"), opts)
}

func (c *cluster) routing(t *testing.T) {
	ctx := t.Context()
	for i, name := range []string{"north", "south"} {
		c.first = i
		want(t, "plain", c.server(t, ctx, driver.SessionOptions{}), name)
	}
	want(t, "override", c.server(t, replica.OnPrimary(ctx), driver.SessionOptions{}), "primary")
	want(t, "transaction", c.server(t, ctx, driver.SessionOptions{Transaction: true}), "primary")
	// A write in a transaction, and a read of it there, would fail on a standby.
	must(t, c.db.Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		l, err := orm.FindOneOrFail[letter](ctx, em, 1)
		if err != nil {
			return err
		}
		l.Text = "second"
		if err := em.Flush(ctx); err != nil {
			return err
		}
		n, err := orm.Count[letter](ctx, em, orm.M{"text": "second"})
		if err == nil && n != 1 {
			err = fmt.Errorf("the transaction counts %d", n)
		}
		return err
	}))
	c.arrived(t, "second")
	n, err := orm.NativeUpdate[letter](ctx, c.db.Fork(), orm.M{"id": 1}, orm.M{"text": "third"})
	if err != nil || n != 1 {
		t.Errorf("a bulk update changed %d, error %v", n, err)
	}
	c.arrived(t, "third")
}

// lag pauses the replay on the replica that is asked.
func (c *cluster) lag(t *testing.T) {
	c.first = 0
	c.north.Exec("select pg_wal_replay_pause()")
	defer c.north.Exec("select pg_wal_replay_resume()")
	ctx := replica.Track(t.Context())
	stale, err := orm.FindOneOrFail[letter](ctx, c.db.Fork(), 1)
	must(t, err)
	em := c.db.Fork()
	l, err := orm.FindOneOrFail[letter](ctx, em, 1)
	must(t, err)
	l.Text = "late"
	must(t, em.Flush(ctx))
	want(t, "another request", c.text(t, t.Context()), stale.Text)
	want(t, "override", c.text(t, replica.OnPrimary(t.Context())), "late")
	want(t, "sticky", c.text(t, ctx), "late")
	time.Sleep(sticky)
	want(t, "no longer sticky", c.text(t, ctx), stale.Text)
	again, err := orm.Find[letter](ctx, em, orm.M{"id": 1})
	must(t, err)
	if again[0] != l || l.Text != "late" || l.Version != 3 {
		t.Errorf("a stale row was read over a newer one: %+v", l)
	}
	late := c.db.Fork()
	old, err := orm.FindOneOrFail[letter](t.Context(), late, 1)
	must(t, err)
	old.Text = "lost update"
	if err := late.Flush(t.Context()); !errors.Is(err, orm.ErrOptimisticLock) {
		t.Errorf("a change made on a stale row: %v", err)
	}
	c.north.Exec("select pg_wal_replay_resume()")
	c.arrived(t, "late")
	want(t, "after the lag", c.text(t, t.Context()), "late")
}

// conflict lets the first replica end a read that is in the way of what it replays. Another one answers, whether
// the read is a transaction of its own, for its variables, or not; and the first stays in use.
func (c *cluster) conflict(t *testing.T) {
	c.first = 0
	slow := qb.New(c.db.Registry(), "letter", "").Select("text").Where(conditions.Raw("pg_sleep(0.5) is not null"))
	conn, err := pgx.Connect(t.Context(), c.primary.PostgresURL())
	must(t, err)
	defer conn.Close(t.Context())
	for _, options := range []driver.SessionOptions{{}, {Variables: []driver.Variable{{Name: "app.tenant", Value: "7"}}}} {
		altered := make(chan error, 1)
		go func() {
			time.Sleep(200 * time.Millisecond)
			_, err := conn.Exec(t.Context(), "alter table letters alter column text set default ''")
			altered <- err
		}()
		want(t, "in the way of the replay", answeredBy(t, t.Context(), c.db, slow, options), "south")
		must(t, <-altered)
		want(t, "after the conflict", c.server(t, t.Context(), driver.SessionOptions{}), "north")
	}
}

// loss kills the replicas one after the other, and brings the first one back.
func (c *cluster) loss(t *testing.T) {
	c.first = 0
	want(t, "before", c.server(t, t.Context(), driver.SessionOptions{}), "north")
	c.north.Kill()
	c.answers(t, "south")
	want(t, "text", c.text(t, t.Context()), "late")
	c.south.Kill()
	c.answers(t, "primary")
	c.north.Start()
	c.answers(t, "north")
	c.south.Start()
	c.first = 1
	c.answers(t, "south")
}

// answers waits until reads go to a server, without any of them failing. (The
// processes of a killed server may answer once more.)
func (c *cluster) answers(t *testing.T, name string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); c.server(t, t.Context(), driver.SessionOptions{}) != name; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("reads do not go to %s", name)
		}
	}
}

// lossInResult kills a replica after the first rows of a result: they cannot be
// taken back, so that the caller learns of it.
func (c *cluster) lossInResult(t *testing.T) {
	c.first = 0
	c.answers(t, "north") // which has been killed before
	em := c.db.Fork()
	for i := range many {
		em.Persist(&letter{ID: int64(i) + 2, Text: fmt.Sprintf("%-4000d", i)})
	}
	must(t, em.Flush(t.Context()))
	c.settled(t, many+1)
	c.answers(t, "north")
	seen := 0
	var failed error
	texts := qb.New(c.db.Registry(), "letter", "").Select("text")
	for _, err := range orm.StreamResult[string](t.Context(), c.db.Fork(), texts) {
		if failed = err; err != nil {
			break
		}
		if seen++; seen == 1 {
			c.north.Kill()
		}
	}
	if !errors.Is(failed, driver.ErrConnection) || seen == 0 || seen > many {
		t.Errorf("after %d rows the result ended with %v", seen, failed)
	}
	c.counted(t)
}

// lossBetweenPages kills a replica after the first page of a stream: the pages
// that follow are results of their own, which another server gives.
func (c *cluster) lossBetweenPages(t *testing.T) {
	c.north.Start()
	c.first = 0
	c.answers(t, "north")
	c.settled(t, many+1)
	c.answers(t, "north")
	seen := int64(0)
	for l, err := range orm.Stream[letter](t.Context(), c.db.Fork(), nil, orm.OrderBy("id"), orm.ReadOnly()) {
		must(t, err)
		if seen++; l.ID != seen {
			t.Fatalf("letter %d has the id %d", seen, l.ID)
		}
		if seen == 1 {
			c.north.Kill()
		}
	}
	if seen != many+1 {
		t.Errorf("the stream ended after %d letters", seen)
	}
	c.counted(t)
}

// counted sees that the next read has all rows.
func (c *cluster) counted(t *testing.T) {
	t.Helper()
	n, err := orm.Count[letter](t.Context(), c.db.Fork(), nil)
	if err != nil || n != many+1 {
		t.Errorf("the next read counts %d, error %v", n, err)
	}
}

// settled waits until the replica that is asked first has some number of rows.
func (c *cluster) settled(t *testing.T, rows int64) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		n, err := orm.Count[letter](t.Context(), c.db.Fork(), nil)
		must(t, err)
		if n == rows {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the replica has %d of %d rows", n, rows)
		}
	}
}
