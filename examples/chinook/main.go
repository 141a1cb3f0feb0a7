// Command chinook maps the Chinook sample database as it is, with plain structs,
// and asks it four questions; then it moves a track between playlists and
// renames an artist in one flush. It works on a copy of the file.
//
//	go run ./examples/chinook Chinook_Sqlite.sqlite
//
// The file is in the releases of https://github.com/lerocha/chinook-database.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/examples/chinook/entities"
	"github.com/weft-orm/weft/examples/internal/console"
	"github.com/weft-orm/weft/examples/internal/trace"
	"github.com/weft-orm/weft/orm"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: chinook PATH   (Chinook_Sqlite.sqlite of https://github.com/lerocha/chinook-database/releases)")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Stdout, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "chinook:", err)
		os.Exit(1)
	}
}

// A show is one run of the example.
type show struct {
	*console.Console
	db  *orm.DB
	log trace.Log
}

func run(ctx context.Context, out io.Writer, path string) (err error) {
	file, err := duplicate(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(filepath.Dir(file))) }()
	s := &show{Console: console.New(out)}
	s.db, err = open(ctx, file, &s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.db.Close()) }()
	if err := s.questions(ctx); err != nil {
		return err
	}
	return s.change(ctx)
}

// open maps the entities onto the file; nothing in it is created or changed.
func open(ctx context.Context, file string, log *trace.Log) (*orm.DB, error) {
	return orm.Open(ctx, log.Connector(sqlite.File(file)), orm.Entities(entities.All()...), orm.Naming(pascal{}))
}

// duplicate copies a file into a folder of its own.
func duplicate(path string) (string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "weft-chinook-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "chinook.sqlite")
	return file, os.WriteFile(file, content, 0o600)
}

func (s *show) questions(ctx context.Context) error {
	s.Title("Tracks by Pearl Jam in the playlist Grunge")
	tracks, err := tracksOf(ctx, s.db.Fork(), "Grunge", "Pearl Jam")
	if err := s.shown(err, []string{"track", "album", "genre"}, tracks); err != nil {
		return err
	}
	s.Title("Customers in Brazil whose support rep reports to Edwards")
	customers, err := customersUnder(ctx, s.db.Fork(), "Edwards", "Brazil")
	if err := s.shown(err, []string{"customer", "company", "support rep"}, customers); err != nil {
		return err
	}
	s.Title("Artists without an album, the first five")
	artists, err := artistsWithoutAlbum(ctx, s.db.Fork(), orm.Limit(5))
	if err := s.shown(err, []string{"artist"}, artists); err != nil {
		return err
	}
	s.Title("Invoices over 15 with a TV show on them")
	invoices, err := invoicesWith(ctx, s.db.Fork(), "15", "TV Shows")
	return s.shown(err, []string{"invoice", "date", "total", "customer"}, invoices)
}

// shown prints the statements of a question and its answer.
func (s *show) shown(err error, header []string, rows [][]string) error {
	if err != nil {
		return err
	}
	s.Statements(s.log.Take())
	s.Table(header, rows)
	return nil
}

// change moves a track and renames an artist, in one flush.
func (s *show) change(ctx context.Context) error {
	s.Title("Move a track from Grunge to On-The-Go 1 and rename its artist")
	em := s.db.Fork()
	track, err := moveAndRename(ctx, em, "Grunge", "On-The-Go 1", "Temple of the Dog", "Temple Of The Dog (1991)")
	if err != nil {
		return err
	}
	s.Label("track", track.Name)
	s.log.Take()
	if err := em.Flush(ctx); err != nil {
		return err
	}
	s.Statements(s.log.Take())
	return nil
}
