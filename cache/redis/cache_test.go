package redis_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	client "github.com/redis/go-redis/v9"

	"github.com/weft-orm/weft/cache/redis"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// Note is what the processes share.
type Note struct {
	ID   int64
	Text string
}

// server is a client of the Redis for tests.
func server(t *testing.T) *client.Client {
	t.Helper()
	addr := os.Getenv("WEFT_REDIS")
	named := addr != ""
	if !named {
		addr = "127.0.0.1:6379"
	}
	c := client.NewClient(&client.Options{Addr: addr})
	t.Cleanup(func() { _ = c.Close() })
	if err := c.Ping(t.Context()).Err(); err != nil {
		if named || os.Getenv("CI") != "" {
			t.Fatalf("Redis cannot be reached: %v", err)
		}
		t.Skip("Redis cannot be reached at 127.0.0.1:6379; set WEFT_REDIS")
	}
	return c
}

// open opens the notes in a file with a cache in Redis.
func open(t *testing.T, file string, c client.UniversalClient, namespace string) *orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), sqlite.File(file), orm.Entities(Note{}), orm.ResultCache(redis.New(c, namespace)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// texts reads the notes, as the cache has them.
func texts(ctx context.Context, db *orm.DB) (string, int64, error) {
	ctx, stats := orm.WithStats(ctx)
	list, err := orm.Find[Note](ctx, db.Fork(), nil, orm.OrderBy("id"), orm.Cached(time.Hour))
	var out []string
	for _, n := range list {
		out = append(out, n.Text)
	}
	return strings.Join(out, " "), stats.Queries(), err
}

// expect reads the notes and says how many queries that took.
func expect(t *testing.T, db *orm.DB, want string, queries int64) {
	t.Helper()
	if got, n, err := texts(t.Context(), db); got != want || n != queries || err != nil {
		t.Errorf("%q by %d queries, %v; want %q by %d", got, n, err, want, queries)
	}
}

// TestTwoProcesses sees in this process what another one flushed, and the other way.
func TestTwoProcesses(t *testing.T) {
	if os.Getenv("WEFT_CACHE_FILE") != "" {
		other(t)
		return
	}
	c := server(t)
	namespace, file := "test-"+filepath.Base(t.TempDir())+fmt.Sprint(time.Now().UnixNano()), filepath.Join(t.TempDir(), "notes.db")
	db := open(t, file, c, namespace)
	if err := schema.Create(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	em := db.Fork()
	n := &Note{Text: "one"}
	em.Persist(n)
	if err := em.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, db, "one", 1)
	expect(t, db, "one", 0)

	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestTwoProcesses$")
	cmd.Env = append(os.Environ(), "WEFT_CACHE_FILE="+file, "WEFT_CACHE_SPACE="+namespace)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the other process: %v\n%s", err, out)
	}
	expect(t, db, "one two", 0) // the other process has read it already
	n.Text = "first"
	if err := em.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, db, "first two", 1)
}

// other is the other process: it takes the answer of the first, and writes.
func other(t *testing.T) {
	db := open(t, os.Getenv("WEFT_CACHE_FILE"), server(t), os.Getenv("WEFT_CACHE_SPACE"))
	expect(t, db, "one", 0)
	em := db.Fork()
	em.Persist(&Note{Text: "two"})
	if err := em.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, db, "one two", 1)
}

// TestLostRedis answers from the database, in time, and sees no old answer when Redis is back.
func TestLostRedis(t *testing.T) {
	c := server(t)
	p := newProxy(t, c.Options().Addr)
	through := client.NewClient(&client.Options{Addr: p.addr, MaxRetries: -1})
	t.Cleanup(func() { _ = through.Close() })
	db, err := orm.Open(t.Context(), sqlite.Memory(), orm.Entities(Note{}), orm.ResultCache(func() orm.Cache {
		cache := redis.New(through, fmt.Sprint("lost-", time.Now().UnixNano()))
		cache.Pause = 20 * time.Millisecond
		return cache
	}()))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := schema.Create(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	em := db.Fork()
	n := &Note{Text: "a"}
	em.Persist(n)
	if err := em.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, db, "a", 1)
	expect(t, db, "a", 0)
	p.cut(true)
	expect(t, db, "a", 1)
	n.Text = "b"
	if err := em.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for range 50 {
		expect(t, db, "b", 1)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("50 finds without Redis took %v", took)
	}
	p.cut(false)
	time.Sleep(50 * time.Millisecond)
	expect(t, db, "b", 1)
	expect(t, db, "b", 0)
}

// TestManyGoroutines writes and reads at once: nobody sees less than was there when it began.
func TestManyGoroutines(t *testing.T) {
	c := server(t)
	db := open(t, filepath.Join(t.TempDir(), "notes.db"), c, fmt.Sprint("many-", time.Now().UnixNano()))
	if err := schema.Create(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	stored := 0
	for i := range 64 {
		wg.Go(func() {
			if i%8 == 0 {
				em := db.Fork()
				em.Persist(&Note{Text: "x"})
				if err := em.Flush(t.Context()); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				stored++
				mu.Unlock()
				return
			}
			mu.Lock()
			least := stored
			mu.Unlock()
			got, _, err := texts(t.Context(), db)
			if n := len(strings.Fields(got)); err != nil || n < least {
				t.Errorf("%d of %d notes, %v", n, least, err)
			}
		})
	}
	wg.Wait()
	if got, _, err := texts(t.Context(), db); len(strings.Fields(got)) != 8 || err != nil {
		t.Error(got, err)
	}
}

// proxy stands between a client and Redis, and can be cut.
type proxy struct {
	addr, to string
	mu       sync.Mutex
	off      bool
	open     []net.Conn
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{addr: l.Addr().String(), to: to}
	t.Cleanup(func() { _ = l.Close(); p.cut(true) })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(in)
		}
	}()
	return p
}

func (p *proxy) serve(in net.Conn) {
	p.mu.Lock()
	off := p.off
	p.mu.Unlock()
	out, err := net.Dial("tcp", p.to)
	if off || err != nil {
		_ = in.Close()
		return
	}
	p.mu.Lock()
	p.open = append(p.open, in, out)
	p.mu.Unlock()
	pipe := func(from, to net.Conn) {
		buffer := make([]byte, 4096)
		for {
			n, err := from.Read(buffer)
			if n > 0 {
				_, _ = to.Write(buffer[:n])
			}
			if err != nil {
				_ = to.Close()
				return
			}
		}
	}
	go pipe(in, out)
	pipe(out, in)
}

// cut ends all connections and refuses others, or takes them again.
func (p *proxy) cut(off bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.off = off
	for _, c := range p.open {
		_ = c.Close()
	}
	p.open = nil
}
