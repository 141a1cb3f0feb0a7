// Command library shows weft at work on a database it makes itself: five
// conditions of growing depth with what they compile to, a flush that writes
// only what changed, and a flush that has nothing to write.
//
//	go run ./examples/library [-file library.db]
//	go run ./examples/library -engine mongo [-uri 'mongodb://127.0.0.1:27017/?replicaSet=rs0']
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/examples/internal/console"
	"github.com/weft-orm/weft/examples/internal/trace"
	"github.com/weft-orm/weft/examples/library/entities"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

func main() {
	engine := flag.String("engine", "sqlite", "sqlite or mongo")
	file := flag.String("file", filepath.Join(os.TempDir(), "weft-library.db"), "the SQLite file to create; an existing one is replaced")
	uri := flag.String("uri", "mongodb://127.0.0.1:27017/?replicaSet=rs0", "the MongoDB server; the library in its database weft_library is replaced")
	flag.Parse()
	p := place{"A library in SQLite", "file", *file, sqlite.File(*file)}
	if *engine == "mongo" {
		p = place{"A library in MongoDB", "server", *uri, mongo.URI(*uri, "weft_library")}
	}
	if err := run(context.Background(), os.Stdout, p, time.Now); err != nil {
		fmt.Fprintln(os.Stderr, "library:", err)
		os.Exit(1)
	}
}

// A place is where the library is kept: all that differs between engines.
type place struct {
	title, kind, address string
	connector            driver.Connector
}

// A show is one run of the example.
type show struct {
	*console.Console
	db  *orm.DB
	log trace.Log
	now func() time.Time
}

func run(ctx context.Context, out io.Writer, p place, now func() time.Time) (err error) {
	if p.kind == "file" {
		if err := remove(p.address); err != nil {
			return err
		}
	}
	s := &show{Console: console.New(out), now: now}
	s.db, err = orm.Open(ctx, s.log.Connector(p.connector),
		orm.Entities(entities.Author{}, entities.Book{}, entities.Publisher{}, entities.Tag{}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.db.Close()) }()
	if err := s.fill(ctx, p); err != nil {
		return err
	}
	for _, q := range questions() {
		if err := s.answer(ctx, q); err != nil {
			return fmt.Errorf("%s: %w", q.title, err)
		}
	}
	return s.change(ctx)
}

// remove deletes a database file with the files SQLite keeps beside it.
func remove(file string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(file + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// fill creates the tables and writes the whole library in one flush.
func (s *show) fill(ctx context.Context, p place) error {
	s.Title(p.title)
	s.Label(p.kind, p.address)
	if err := schema.Drop(ctx, s.db); err != nil {
		return err
	}
	if err := schema.Create(ctx, s.db); err != nil {
		return err
	}
	em := s.db.Fork()
	seed(em)
	start := s.now()
	if err := em.Flush(ctx); err != nil {
		return err
	}
	took := s.now().Sub(start)
	rows := 0
	statements := s.log.Take()
	for _, st := range statements {
		rows += len(st.Rows)
	}
	s.Label("flush", fmt.Sprintf("%d rows by %d operations in %s", rows, len(statements), round(took)))
	for _, st := range statements {
		s.Note("%5d × %s", len(st.Rows), console.Shorten(strings.Join(strings.Fields(st.SQL), " "), 90))
	}
	return nil
}

// answer asks one question in a fresh unit of work, as a request would.
func (s *show) answer(ctx context.Context, q *question) error {
	s.Title(q.title)
	s.Label("condition", format(q.where))
	if q.populate != nil {
		s.Label("populate", strings.Join(q.populate, ", "))
	}
	start := s.now()
	a, err := q.ask(ctx, s.db.Fork(), q)
	if err != nil {
		return err
	}
	took := s.now().Sub(start)
	s.Statements(s.log.Take())
	s.Label("answer", fmt.Sprintf("%d in %s", a.total, round(took)))
	s.Table(a.header, a.rows)
	return nil
}

// change edits a few entities, flushes, and flushes again.
func (s *show) change(ctx context.Context) error {
	s.Title("Change a few entities and flush")
	em := s.db.Fork()
	author, err := orm.FindOneOrFail[entities.Author](ctx, em, orm.M{"books.tags.name": "maps", "country": "Japan"},
		orm.Populate("books.tags"), orm.OrderBy("id"))
	if err != nil {
		return err
	}
	s.log.Take()

	book := author.Books.Items()[0]
	author.Name += " the Elder"
	book.Pages++
	book.Tags.Add(&entities.Tag{Name: "reprints"})
	em.Persist(&entities.Book{Title: "Collected Letters", ISBN: "9790000000001", Year: 2026, Pages: 412, Author: orm.To(author)})
	s.Label("changed", "a name, a number of pages; a new tag on that book, and a new book")
	if err := em.Flush(ctx); err != nil {
		return err
	}
	s.Statements(s.log.Take())

	s.Title("Flush again")
	if err := em.Flush(ctx); err != nil {
		return err
	}
	s.Label("sent", fmt.Sprintf("%d statements", len(s.log.Take())))
	return nil
}

// format prints a condition as JSON, which has the same shape.
func format(where orm.M) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(where); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}

func round(d time.Duration) time.Duration {
	if d < time.Millisecond {
		return d.Round(time.Microsecond)
	}
	return d.Round(100 * time.Microsecond)
}
