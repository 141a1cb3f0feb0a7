package plan_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/cmd/internal/compile"
	"github.com/weft-orm/weft/cmd/internal/plan"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/corpus"
	. "github.com/weft-orm/weft/tests/model"
)

var engines = []struct {
	name string
	open func(t *testing.T) driver.Connector
}{
	{"sqlite", func(*testing.T) driver.Connector { return sqlite.Memory() }},
	{"postgres", func(t *testing.T) driver.Connector { return postgres.URL(testdb.Postgres(t)) }},
	{"mysql", func(t *testing.T) driver.Connector { return mysql.DSN(testdb.MySQL(t)) }},
	{"mongo", func(t *testing.T) driver.Connector { return mongo.URI(testdb.Mongo(t)) }},
}

// recorder is a connector that keeps the reads that are sent.
type recorder struct {
	driver.Connector
	sent []read
}

type read struct {
	program string
	args    []any
}

func (r *recorder) Unwrap() driver.Connector { return r.Connector }

func (r *recorder) Connect(ctx context.Context) (driver.Engine, error) {
	e, err := r.Connector.Connect(ctx)
	return &recordingEngine{e, r}, err
}

type recordingEngine struct {
	driver.Engine
	to *recorder
}

func (e *recordingEngine) Unwrap() driver.Engine { return e.Engine }

func (e *recordingEngine) Session(ctx context.Context, o driver.SessionOptions) (driver.Session, error) {
	s, err := e.Engine.Session(ctx, o)
	return &recordingSession{s, e.to}, err
}

type recordingSession struct {
	driver.Session
	to *recorder
}

func (s *recordingSession) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	s.to.sent = append(s.to.sent, read{p.String(), slices.Clone(args)})
	return s.Session.Query(ctx, p, args)
}

// bench is a database with the tables of the whole model.
type bench struct {
	t   *testing.T
	rec *recorder
	db  *orm.DB
}

func eachEngine(t *testing.T, fn func(b *bench)) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			b := &bench{t: t, rec: &recorder{Connector: e.open(t)}}
			var err error
			b.db, err = orm.Open(t.Context(), b.rec, orm.Entities(All()...))
			b.ok(err)
			t.Cleanup(func() { _ = b.db.Close() })
			b.ok(schema.Create(t.Context(), b.db))
			fn(b)
		})
	}
}

func (b *bench) inner() driver.Engine { return b.db.Engine().(*recordingEngine).Engine }

func (b *bench) ok(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// find runs a request through package orm.
func (b *bench) find(r *plan.Request) error {
	opts := []orm.FindOption{orm.PopulateHint(r.Populate...), orm.Fields(r.Fields...), orm.Strategy(r.Strategy), orm.PopulateWhere(r.PopulateWhere)}
	for _, entry := range r.Order {
		opts = append(opts, orm.OrderBy(entry))
	}
	if r.Limit >= 0 {
		opts = append(opts, orm.Limit(r.Limit))
	}
	if r.Offset >= 0 {
		opts = append(opts, orm.Offset(r.Offset))
	}
	b.rec.sent = nil
	ctx, em := b.t.Context(), b.db.Fork()
	run, ok := map[string]func() error{
		"Author": of[Author](ctx, em, r, opts), "Book": of[Book](ctx, em, r, opts), "Tag": of[Tag](ctx, em, r, opts),
		"Employee": of[Employee](ctx, em, r, opts), "Customer": of[Customer](ctx, em, r, opts), "Product": of[Product](ctx, em, r, opts),
		"Order": of[Order](ctx, em, r, opts), "OrderLine": of[OrderLine](ctx, em, r, opts), "Shipment": of[Shipment](ctx, em, r, opts),
		"Animal": of[Animal](ctx, em, r, opts), "Dog": of[Dog](ctx, em, r, opts), "Publisher": of[Publisher](ctx, em, r, opts),
	}[r.Entity.Name]
	if !ok {
		b.t.Fatalf("no find for %s", r.Entity.Name)
	}
	return run()
}

func of[T any](ctx context.Context, em *orm.EntityManager, r *plan.Request, opts []orm.FindOption) func() error {
	return func() error {
		if r.Count {
			_, err := orm.Count[T](ctx, em, r.Where, opts...)
			return err
		}
		_, err := orm.Find[T](ctx, em, r.Where, opts...)
		return err
	}
}

func (b *bench) request(entity string) *plan.Request {
	reg := b.db.Registry()
	return &plan.Request{
		Registry: reg, Entity: reg.Entity(entity), Limit: -1, Offset: -1, JoinToOneOnly: !b.inner().Caps().JoinsToMany,
	}
}

// compare holds what was sent against the planned steps, in order. all says that
// every step must have been sent; else those of relations without rows may be missing.
func (b *bench) compare(name string, r *plan.Request, all bool) {
	b.t.Helper()
	steps, err := plan.Make(r)
	b.ok(err)
	sent := b.rec.sent
	for _, step := range steps {
		program, err := b.inner().Compile(step.Query)
		b.ok(err)
		if text := compile.Step(step, b.inner().Caps().Name); b.inner().Caps().Name != compile.Mongo && text.Text != program.String() {
			b.t.Errorf("%s, %s: qbdebug prints\n%s\nthe engine compiles\n%s", name, step.Name, text.Text, program)
		}
		if len(sent) == 0 || sent[0].program != program.String() {
			if all || step.Name == "main" {
				b.t.Fatalf("%s, %s: planned\n%s\nsent\n%v", name, step.Name, program, sent)
			}
			continue
		}
		if got, want := arguments(step, sent[0].args), arguments(step, step.Args); got != want {
			b.t.Errorf("%s, %s: arguments %s, planned %s", name, step.Name, got, want)
		}
		sent = sent[1:]
	}
	if len(sent) > 0 {
		b.t.Errorf("%s: not planned: %v", name, sent)
	}
}

// arguments prints values, keys that only rows tell left out.
func arguments(step *plan.Step, args []any) string {
	args = slices.Clone(args)
	if step.Keys >= 0 {
		args[step.Keys] = step.KeysName
	}
	return fmt.Sprint(args)
}

// TestCorpusIsSentAsPrinted runs every find of the corpus and compares the
// statements of package orm with the plan that qbdebug prints.
func TestCorpusIsSentAsPrinted(t *testing.T) {
	cases, err := corpus.Load()
	if err != nil {
		t.Fatal(err)
	}
	eachEngine(t, func(b *bench) {
		compared := 0
		for _, c := range cases {
			r := b.request(c.Entity)
			r.Where, r.Order, r.Populate, r.Strategy = c.Where, c.Order, populate.Paths(c.Populate...), c.Strategy
			r.Limit, r.Offset = c.Limit, c.Offset
			err := b.find(r)
			if len(b.rec.sent) == 0 {
				continue // refused, or a limit of 0
			}
			if err != nil && !errors.Is(err, driver.ErrUnsupported) && b.inner().Caps().Name == "sqlite" {
				b.t.Errorf("%s: %v", c, err)
			}
			compared++
			b.compare(c.String(), r, false)
		}
		if compared < 300 {
			b.t.Errorf("only %d finds were compared", compared)
		}
	})
}

// TestFindsAreSentAsPrinted does the same for finds whose every relation has rows.
func TestFindsAreSentAsPrinted(t *testing.T) {
	eachEngine(t, func(b *bench) {
		b.seed()
		where := orm.M{"books.title:like": "W%", "books.tags.name": "snow", "name": "Jon"}
		hint := func(h populate.Hint) []populate.Hint { return []populate.Hint{h} }
		for _, c := range []struct {
			name   string
			change func(r *plan.Request)
		}{
			{"all of a level", func(r *plan.Request) {
				r.Entity, r.Populate = r.Registry.Entity("Book"), populate.Paths("*")
			}},
			{"what the condition walks", func(r *plan.Request) { r.Where, r.Populate = where, populate.Paths("$infer") }},
			{"inferred", func(r *plan.Request) {
				r.Where, r.Populate, r.PopulateWhere = where, populate.Paths("books.tags"), populate.Infer
			}},
			{"inferred and limited", func(r *plan.Request) {
				r.Where, r.Populate, r.PopulateWhere, r.Limit = where, populate.Paths("books.tags"), populate.Infer, 3
			}},
			{"by a condition about the roots", func(r *plan.Request) {
				r.Where, r.Limit, r.Populate, r.PopulateWhere = orm.M{"name": "Jon"}, 2, populate.Paths("books.tags"), orm.M{"books.tags.name": "snow"}
			}},
			{"by a condition of the hint", func(r *plan.Request) {
				r.Populate = hint(populate.Hint{Path: "books", Where: orm.M{"pages >=": 0}, OrderBy: []string{"-title"}})
			}},
			{"a limit for each parent", func(r *plan.Request) { r.Populate = hint(populate.Hint{Path: "books", Limit: 1, Offset: 0}) }},
			{"fields", func(r *plan.Request) {
				r.Populate, r.Fields = populate.Paths("books.publisher"), []string{"name", "books.title"}
			}},
			{"count", func(r *plan.Request) { r.Where, r.Count = where, true }},
			{"pages", func(r *plan.Request) { r.Order, r.Limit, r.Offset = []string{"-name"}, 1, 0 }},
		} {
			for _, strategy := range []string{"", "select-in", "joined", "balanced"} {
				r := b.request("Author")
				r.Strategy = strategy
				c.change(r)
				b.ok(b.find(r))
				b.compare(strings.TrimSpace(strategy+" "+c.name), r, true)
			}
		}
	})
}

// seed writes one author with all that the finds above look for.
func (b *bench) seed() {
	em := b.db.Fork()
	jon := &Author{Name: "Jon", Email: "jon"}
	book := &Book{Title: "Winter", Author: orm.To(jon), Publisher: orm.To(&Publisher{Code: "p", Name: "Penguin"})}
	book.Tags.Add(&Tag{Name: "snow"})
	em.Persist(book)
	b.ok(em.Flush(b.t.Context()))
}
