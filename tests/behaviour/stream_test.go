package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// flowLine is a row of a long list, flowTag what it leads to.
type flowLine struct {
	ID    int64  `orm:",assigned"`
	Text  string `orm:",length=1000"`
	Rank  *int
	Tag   orm.Ref[flowTag]
	Parts orm.Collection[flowPart] `orm:",mappedBy=Line"`
}

type flowTag struct {
	ID   int64  `orm:",assigned"`
	Name string `orm:",length=20"`
}

type flowPart struct {
	ID   int64 `orm:",assigned"`
	Line orm.Ref[flowLine]
}

func flowing() []any { return []any{flowLine{}, flowTag{}, flowPart{}} }

// storeFlow stores n lines of half a kilobyte, each with a part, and seven tags.
func storeFlow(t *testing.T, e engine, n int) {
	t.Helper()
	ctx, em := t.Context(), e.db.Fork()
	var tags []*flowTag
	for i := range 7 {
		tags = append(tags, &flowTag{ID: int64(i), Name: fmt.Sprint("tag", i)})
	}
	ok(t, orm.BulkInsert(ctx, em, tags))
	var lines []*flowLine
	var parts []*flowPart
	for i := range n {
		l := &flowLine{ID: int64(i), Text: strings.Repeat("x", 900), Tag: orm.ToKey[flowTag](i % 7)}
		if i%3 > 0 {
			l.Rank = &[]int{i % 10}[0]
		}
		lines = append(lines, l)
		parts = append(parts, &flowPart{ID: int64(i), Line: orm.ToKey[flowLine](i)})
	}
	ok(t, orm.BulkInsert(ctx, em, lines))
	ok(t, orm.BulkInsert(ctx, em, parts))
}

func live() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestStreamIsFlat: a stream holds a page or two, whether its entities are managed or
// not, with what is populated along, outside and inside of a transaction.
func TestStreamIsFlat(t *testing.T) {
	const n = 3_000
	engines(t, flowing(), func(t *testing.T, e engine) {
		storeFlow(t, e, n)
		for name, opts := range map[string][]orm.FindOption{
			"managed": nil, "read-only": {orm.ReadOnly()}, "populated": {orm.Populate("tag", "parts")},
			"populated, read-only": {orm.Populate("tag", "parts"), orm.ReadOnly()}, "by an order with NULLs": {orm.OrderBy("rank", "-id")},
			"joined": {orm.Populate("tag", "parts.line"), orm.Strategy("joined")},
		} {
			for _, inside := range []bool{false, true} {
				run := func(ctx context.Context, em *orm.EntityManager) error {
					before, seen := live(), 0
					for line, err := range orm.Stream[flowLine](ctx, em, nil, opts...) {
						if err != nil {
							return err
						}
						if strings.HasPrefix(name, "populated") && (line.Parts.Len() != 1 || line.Tag.Get().Name == "") {
							t.Fatalf("%s: line %d is not populated", name, line.ID)
						}
						if seen++; seen == n-1 {
							if grown := int64(live()) - int64(before); grown > 2<<20 {
								t.Errorf("%s: %d KB live", name, grown>>10)
							}
						}
					}
					if seen != n {
						t.Errorf("%s: %d of %d lines", name, seen, n)
					}
					return nil
				}
				em := e.db.Fork()
				if inside && !e.caps.Transactions {
					continue
				}
				if inside {
					ok(t, em.Transactional(t.Context(), run))
				} else {
					ok(t, run(t.Context(), em))
				}
			}
		}
	})
}

// TestStreamsNeedNoConnectionOfTheirOwn: as many streams as the pool has connections, and
// a statement between each two yields, finish; so does one on one connection, and one
// inside a transaction.
func TestStreamsNeedNoConnectionOfTheirOwn(t *testing.T) {
	pools := map[string]func(t testing.TB) driver.Connector{
		"sqlite": func(t testing.TB) driver.Connector {
			return sqlite.File(filepath.Join(t.TempDir(), "x.db"), sqlite.Readers(1))
		},
		"postgres": func(t testing.TB) driver.Connector { return postgres.URL(testdb.Postgres(t), postgres.MaxConns(1)) },
		"mysql":    func(t testing.TB) driver.Connector { return mysql.DSN(testdb.MySQL(t), mysql.MaxConns(1)) },
		"mongo": func(t testing.TB) driver.Connector {
			uri, db := testdb.Mongo(t)
			return mongo.URI(uri, db, mongo.MaxConns(1))
		},
	}
	for name, connector := range pools {
		t.Run(name, func(t *testing.T) { streamsOnOneConnection(t, testengine.Engine{Name: name, Connector: connector}) })
	}
	for name, connector := range pools {
		t.Run(name+"/rows", func(t *testing.T) {
			loopsOnOneConnection(t, testengine.Engine{Name: name, Connector: connector, Server: name != "sqlite"})
		})
	}
}

// loopsOnOneConnection loops over rows, which hold the one connection there is: of results,
// of raw SQL, of entities with joins, each asking something in its body, by its own manager
// and by another one, alone and with others at the same time.
func loopsOnOneConnection(t *testing.T, one testengine.Engine) {
	db := one.Open(t, orm.Entities(flowing()...))
	e := engine{db: db, caps: db.Engine().Caps()}
	storeFlow(t, e, 1200)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ask := func(em *orm.EntityManager, seen int) error {
		if seen%300 != 1 {
			return nil
		}
		n, err := orm.Count[flowLine](ctx, em, orm.M{"id <": seen})
		if err == nil && n != int64(seen) {
			t.Errorf("%d lines below %d", n, seen)
		}
		if err == nil && !one.Server { // a writer beside readers
			_, err = orm.NativeUpdate[flowTag](ctx, em, orm.M{"id": 1}, orm.M{"name": fmt.Sprint(seen)})
		}
		if err == nil {
			_, err = orm.Find[flowTag](ctx, em, orm.M{"name": "tag3"}, orm.ReadOnly())
		}
		return err
	}
	joined := func(em *orm.EntityManager) *orm.Query[flowLine] {
		return orm.QB[flowLine](em, "l").Join("parts", "p").OrderBy("l.text", "l.id")
	}
	type wide struct {
		ID   int64
		Rank *int
		Text string
	}
	type narrow struct {
		ID   int64
		Text string
	}
	loops := map[string]func(em *orm.EntityManager) (seen int, err error){
		"result": func(em *orm.EntityManager) (seen int, err error) {
			for row, err := range orm.StreamResult[wide](ctx, em, joined(em).Select("id", "rank", "text")) {
				if err == nil && (row.ID != int64(seen) || len(row.Text) != 900 || (row.Rank != nil) != (seen%3 > 0)) {
					err = fmt.Errorf("row %d is %d", seen, row.ID)
				}
				if seen++; err == nil {
					err = ask(em, seen)
				}
				if err != nil {
					return seen, err
				}
			}
			return seen, nil
		},
		"entities": func(em *orm.EntityManager) (seen int, err error) {
			for line, err := range joined(em).Stream(ctx) {
				if err == nil && (line.ID != int64(seen) || len(line.Text) != 900) {
					err = fmt.Errorf("line %d is %d", seen, line.ID)
				}
				if seen++; err == nil {
					err = ask(em, seen)
				}
				if err != nil {
					return seen, err
				}
			}
			return seen, nil
		},
		"raw": func(em *orm.EntityManager) (seen int, err error) {
			if e.caps.Language == nil {
				return 1200, nil
			}
			for row, err := range orm.StreamRows[narrow](ctx, em, "select id, text from flow_lines order by id") {
				if err == nil && (row.ID != int64(seen) || len(row.Text) != 900) {
					err = fmt.Errorf("row %d is %d", seen, row.ID)
				}
				other := em
				if seen%2 > 0 && !em.InTransaction() {
					other = db.Fork()
				}
				if seen++; err == nil {
					err = ask(other, seen)
				}
				if err != nil {
					return seen, err
				}
			}
			return seen, nil
		},
	}
	var all sync.WaitGroup
	for range 3 {
		for name, loop := range loops {
			all.Go(func() {
				if seen, err := loop(db.Fork()); err != nil || seen != 1200 {
					t.Errorf("%s: %d rows, %v", name, seen, err)
				}
			})
		}
		all.Wait()
		for name, loop := range loops { // all inside of a transaction, which has one connection
			if !e.caps.Transactions {
				continue
			}
			ok(t, db.Fork().Transactional(ctx, func(_ context.Context, em *orm.EntityManager) error {
				seen, err := loop(em)
				if err == nil && seen != 1200 {
					err = fmt.Errorf("%s in a transaction: %d rows", name, seen)
				}
				return err
			}))
		}
		for name, loop := range loops { // and side by side
			all.Go(func() {
				if seen, err := loop(db.Fork()); err != nil || seen != 1200 {
					t.Errorf("%s beside others: %d rows, %v", name, seen, err)
				}
			})
			all.Go(func() {
				for range orm.StreamResult[wide](ctx, db.Fork(), joined(db.Fork()).Select("id", "rank", "text")) {
					break // an early end gives the connection back
				}
			})
		}
		all.Wait()
	}
}

func streamsOnOneConnection(t *testing.T, one testengine.Engine) {
	db, refused := one.Try(t, orm.Entities(flowing()...))
	func(e engine) {
		ok(t, refused)
		storeFlow(t, e, 1200)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var walk func(em *orm.EntityManager, depth int) error
		walk = func(em *orm.EntityManager, depth int) error {
			if depth == 0 {
				_, err := orm.Count[flowLine](ctx, em, nil)
				return err
			}
			seen := 0
			for _, err := range orm.Stream[flowLine](ctx, em, nil, orm.OrderBy("-id")) {
				if err != nil {
					return err
				}
				if seen++; seen%400 == 1 {
					if err := walk(em, depth-1); err != nil {
						return err
					}
				}
			}
			if seen != 1200 {
				t.Errorf("%d lines", seen)
			}
			return nil
		}
		ok(t, walk(e.db.Fork(), 3))
		ok(t, e.db.Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error { return walk(em, 2) }))
		em, seen := e.db.Fork(), 0
		for line, err := range orm.QB[flowLine](em, "l").Where(orm.M{"l.id <": 1100}).OrderBy("-l.id").Stream(ctx) {
			ok(t, err)
			if seen++; line.ID != int64(1100-seen) {
				t.Fatalf("the query has line %d at %d", line.ID, seen)
			}
			if seen%400 == 1 {
				ok(t, walk(em, 1))
			}
		}
		if seen != 1100 {
			t.Errorf("the query has %d lines", seen)
		}
	}(engine{db, db.Engine().Caps(), refused})
}

// TestStreamKeepsWhatMatters: what was changed in a managed stream is written, what was
// persisted or met by others stays managed, and a change made to what was released is told.
func TestStreamKeepsWhatMatters(t *testing.T) {
	engines(t, flowing(), func(t *testing.T, e engine) {
		storeFlow(t, e, 1600)
		ctx, em := t.Context(), e.db.Fork()
		known, err := orm.FindOneOrFail[flowLine](ctx, em, 3)
		ok(t, err)
		var kept, met, lost *flowLine
		i := 0
		for line, err := range orm.Stream[flowLine](ctx, em, nil, orm.Populate("tag", "parts")) {
			ok(t, err)
			if line.ID != int64(i) {
				t.Fatalf("line %d comes at %d", line.ID, i)
			}
			switch i++; {
			case line.ID == 3 && line != known:
				t.Error("a managed line has two pointers")
			case line.ID == 4:
				em.Persist(line)
				kept = line
			case line.ID == 5:
				met, err = orm.FindOneOrFail[flowLine](ctx, em, 5)
				ok(t, err)
			case line.ID == 6:
				lost = line
			case line.ID%100 == 0:
				line.Text = "changed"
			}
		}
		for name, line := range map[string]*flowLine{"known": known, "kept": kept, "met": met} {
			if found, err := orm.FindOne[flowLine](ctx, em, line.ID); err != nil || found != line {
				t.Errorf("%s: another pointer, %v", name, err)
			}
			line.Text = name
		}
		ok(t, em.Flush(ctx))
		idle(t, em)
		for text, want := range map[string]int64{"changed": 16, "known": 1, "kept": 1, "met": 1} {
			if n, err := orm.Count[flowLine](ctx, e.db.Fork(), orm.M{"text": text}); err != nil || n != want {
				t.Errorf("%d lines are %s, %v", n, text, err)
			}
		}
		lost.Text = "lost"
		if err := em.Flush(ctx); !errors.Is(err, orm.ErrDetached) || !strings.Contains(err.Error(), "flowLine 6: ") {
			t.Errorf("a change after the release gives %v", err)
		}
		runtime.KeepAlive(lost)
	})
}

// TestStreamPages: limits, offsets, orders and early ends are those of Find.
func TestStreamPages(t *testing.T) {
	engines(t, flowing(), func(t *testing.T, e engine) {
		storeFlow(t, e, 1100)
		for name, opts := range map[string][]orm.FindOption{
			"limit": {orm.Limit(700), orm.OrderBy("-rank", "id")}, "offset": {orm.Offset(450), orm.OrderBy("rank nulls first", "id")}, "both": {orm.Limit(520), orm.Offset(30), orm.OrderBy("id")},
			"page size": {orm.Limit(500), orm.OrderBy("id")}, "none": {orm.Limit(0)}, "past the end": {orm.Offset(5000), orm.OrderBy("id")},
			"fields": {orm.Fields("rank"), orm.OrderBy("tag.name desc", "id")}, "by a collection": {orm.OrderBy("-parts.id"), orm.Limit(600)},
		} {
			cond := orm.M{"id >=": 10, "parts": orm.M{"id <": 1090}}
			want, err := orm.Find[flowLine](t.Context(), e.db.Fork(), cond, opts...)
			ok(t, err)
			i := 0
			for line, err := range orm.Stream[flowLine](t.Context(), e.db.Fork(), cond, opts...) {
				ok(t, err)
				if i >= len(want) || line.ID != want[i].ID || line.Text != want[i].Text {
					t.Fatalf("%s: at %d is line %d of %d", name, i, line.ID, len(want))
				}
				i++
			}
			if i != len(want) {
				t.Errorf("%s: %d of %d lines", name, i, len(want))
			}
		}
	})
}

// TestQueryStreamPages: a query made by hand streams what it reads at once, whether it is
// read by pages or as one statement.
func TestQueryStreamPages(t *testing.T) {
	engines(t, flowing(), func(t *testing.T, e engine) {
		storeFlow(t, e, 1100)
		for name, steps := range map[string]func(q *orm.Query[flowLine]) *orm.Query[flowLine]{
			"no order": func(q *orm.Query[flowLine]) *orm.Query[flowLine] { return q.Where(orm.M{"id >=": 10}) },
			"key": func(q *orm.Query[flowLine]) *orm.Query[flowLine] {
				return q.Where(orm.M{"l.rank": nil}).OrderBy("-l.id")
			},
			"no index":       func(q *orm.Query[flowLine]) *orm.Query[flowLine] { return q.OrderBy("rank nulls last", "-id") },
			"a collection":   func(q *orm.Query[flowLine]) *orm.Query[flowLine] { return q.Where(orm.M{"parts": orm.M{"id <": 1050}}) },
			"limit":          func(q *orm.Query[flowLine]) *orm.Query[flowLine] { return q.OrderBy("id").Limit(700).Offset(20) },
			"a page exactly": func(q *orm.Query[flowLine]) *orm.Query[flowLine] { return q.Where(orm.M{"id <": 500}) },
			"nothing":        func(q *orm.Query[flowLine]) *orm.Query[flowLine] { return q.Where(orm.M{"id <": 0}) },
		} {
			want, err := steps(orm.QB[flowLine](e.db.Fork(), "l")).All(t.Context())
			ok(t, err)
			ids := map[int64]bool{}
			for _, line := range want {
				ids[line.ID] = true
			}
			ordered, i := name == "key" || name == "no index" || name == "limit", 0
			for line, err := range steps(orm.QB[flowLine](e.db.Fork(), "l")).Stream(t.Context()) {
				ok(t, err)
				if !ids[line.ID] || ordered && line.ID != want[i].ID || len(line.Text) != 900 {
					t.Fatalf("%s: line %d at %d of %d", name, line.ID, i, len(want))
				}
				delete(ids, line.ID)
				i++
			}
			if i != len(want) {
				t.Errorf("%s: %d of %d lines", name, i, len(want))
			}
		}
	})
}

// TestLoopsAreFlat: rows that a loop must give up its connection for do not fill the memory,
// be they those of raw SQL or of a query, inside a transaction or on the one connection there is.
func TestLoopsAreFlat(t *testing.T) {
	const rows, width = 40_000, 900 // 36 MB
	pools := map[string]func(t testing.TB) driver.Connector{
		"sqlite": func(t testing.TB) driver.Connector {
			return sqlite.File(filepath.Join(t.TempDir(), "x.db"), sqlite.Readers(1))
		},
		"sqlite memory": func(testing.TB) driver.Connector { return sqlite.Memory() },
		"postgres":      func(t testing.TB) driver.Connector { return postgres.URL(testdb.Postgres(t), postgres.MaxConns(1)) },
		"mysql":         func(t testing.TB) driver.Connector { return mysql.DSN(testdb.MySQL(t), mysql.MaxConns(1)) },
	}
	type narrow struct {
		ID   int64
		Text string
	}
	for name, connector := range pools {
		t.Run(name, func(t *testing.T) {
			db := testengine.Engine{Name: name, Connector: connector}.Open(t, orm.Entities(flowing()...))
			storeFlow(t, engine{db: db, caps: db.Engine().Caps()}, 200)
			loop := func(ctx context.Context, em *orm.EntityManager, list iter.Seq2[narrow, error]) error {
				before, seen := live(), 0
				for row, err := range list {
					if err != nil {
						return err
					}
					if len(row.Text) != width || row.ID != int64(seen/200) {
						return fmt.Errorf("row %d is %d", seen, row.ID)
					}
					if seen++; seen%(rows/4) == 1 {
						if _, err := orm.Count[flowLine](ctx, em, nil); err != nil {
							return err
						}
						if grown := int64(live()) - int64(before); grown > 9<<20 {
							t.Errorf("%d KB live after %d rows", grown>>10, seen)
						}
					}
				}
				if seen != rows {
					return fmt.Errorf("%d rows", seen)
				}
				return nil
			}
			const text = "select a.id, a.text from flow_lines a cross join flow_lines b order by a.id"
			query := func(em *orm.EntityManager) qb.Source {
				return orm.QB[flowLine](em, "a").JoinEntity("flowLine", "b").Select("id", "text").OrderBy("a.id")
			}
			for _, kind := range []string{"raw", "query"} {
				run := func(ctx context.Context, em *orm.EntityManager) error {
					if kind == "raw" {
						return loop(ctx, em, orm.StreamRows[narrow](ctx, em, text))
					}
					return loop(ctx, em, orm.StreamResult[narrow](ctx, em, query(em)))
				}
				if err := run(t.Context(), db.Fork()); err != nil {
					t.Errorf("%s: %v", kind, err)
				}
				if err := db.Fork().Transactional(t.Context(), run); err != nil {
					t.Errorf("%s in a transaction: %v", kind, err)
				}
			}
		})
	}
}

// TestStreamPagesGrow: pages of roots alone grow while the roots read so far are small;
// pages with relations, and those of a size that was asked for, do not.
func TestStreamPagesGrow(t *testing.T) {
	engines(t, flowing(), func(t *testing.T, e engine) {
		storeFlow(t, e, 3200)
		stream := func(opts ...orm.FindOption) (pages int64) {
			ctx, stats := orm.WithStats(t.Context())
			n := 0
			for _, err := range orm.Stream[flowLine](ctx, e.db.Fork(), nil, append(opts, orm.OrderBy("id"))...) {
				ok(t, err)
				n++
			}
			if n != 3200 {
				t.Errorf("%d lines", n)
			}
			return stats.Statements()
		}
		query := func() int64 {
			ctx, stats := orm.WithStats(t.Context())
			for _, err := range orm.QB[flowLine](e.db.Fork(), "l").OrderBy("id").Stream(ctx) {
				ok(t, err)
			}
			return stats.Statements()
		}
		for _, c := range []struct {
			name      string
			got, want int64
		}{
			{"500, 1,000 and the rest", stream(orm.Fields("rank")), 3},
			{"a megabyte at most", stream(), 4},
			{"read-only", stream(orm.ReadOnly()), 4},
			{"with a relation", stream(orm.Fields("rank", "tag"), orm.Populate("tag")), 7 + 7},
			{"as asked for", stream(orm.Fields("rank"), orm.StreamPage(500)), 7},
			{"a query", query(), 4},
		} {
			if c.got != c.want {
				t.Errorf("%s: %d statements, want %d", c.name, c.got, c.want)
			}
		}
	})
}
