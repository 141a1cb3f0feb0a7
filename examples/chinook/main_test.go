package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/weft-orm/weft/examples/internal/trace"
	"github.com/weft-orm/weft/orm"
)

// chinook returns the path of the database file, or skips the test.
func chinook(t *testing.T) string {
	t.Helper()
	path := os.Getenv("WEFT_CHINOOK")
	if path == "" {
		path = filepath.Join("..", "..", "..", "shared", "data", "chinook", "Chinook_Sqlite.sqlite")
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no Chinook database (set WEFT_CHINOOK to the path of Chinook_Sqlite.sqlite): %v", err)
	}
	return path
}

// setup opens a copy of the file through weft and beside it.
func setup(t *testing.T) (*orm.DB, *trace.Log, *sql.DB) {
	t.Helper()
	file, err := duplicate(chinook(t))
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(filepath.Dir(file)) })
	var log trace.Log
	db, err := open(t.Context(), file, &log)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	raw, err := sql.Open("sqlite3", file)
	must(t, err)
	t.Cleanup(func() { must(t, raw.Close()) })
	return db, &log, raw
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestAnswers compares each answer with that of a statement written by hand.
func TestAnswers(t *testing.T) {
	db, _, raw := setup(t)
	ctx := t.Context()
	tests := []struct {
		name string
		ask  func() ([][]string, error)
		sql  string
		rows int
	}{
		{
			"tracks of a playlist by an artist",
			func() ([][]string, error) { return tracksOf(ctx, db.Fork(), "Grunge", "Pearl Jam") },
			`select t.Name, a.Title, g.Name from Track t join Album a using (AlbumId) join Artist r using (ArtistId)
			 left join Genre g using (GenreId) join PlaylistTrack pt using (TrackId) join Playlist p using (PlaylistId)
			 where p.Name = 'Grunge' and r.Name = 'Pearl Jam' order by t.TrackId`, 4,
		},
		{
			"customers under a manager",
			func() ([][]string, error) { return customersUnder(ctx, db.Fork(), "Edwards", "Brazil") },
			`select c.FirstName || ' ' || c.LastName, c.Company, e.LastName from Customer c
			 join Employee e on e.EmployeeId = c.SupportRepId join Employee m on m.EmployeeId = e.ReportsTo
			 where m.LastName = 'Edwards' and c.Country = 'Brazil' order by c.CustomerId`, 5,
		},
		{
			"artists without an album",
			func() ([][]string, error) { return artistsWithoutAlbum(ctx, db.Fork()) },
			`select Name from Artist where ArtistId not in (select ArtistId from Album) order by ArtistId`, 71,
		},
		{
			"invoices over an amount with a genre",
			func() ([][]string, error) { return invoicesWith(ctx, db.Fork(), "10", "Jazz") },
			`select distinct i.InvoiceId, date(i.InvoiceDate), printf('%.2f', i.Total), c.FirstName || ' ' || c.LastName
			 from Invoice i join Customer c using (CustomerId) join InvoiceLine l using (InvoiceId)
			 join Track t using (TrackId) join Genre g using (GenreId)
			 where i.Total > 10 and g.Name = 'Jazz' order by i.InvoiceId`, 17,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.ask()
			must(t, err)
			want := query(t, raw, tt.sql)
			if len(want) != tt.rows {
				t.Fatalf("the statement written by hand gives %d rows, not %d", len(want), tt.rows)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

// TestChange moves a track and renames an artist, and looks at the tables.
func TestChange(t *testing.T) {
	db, log, raw := setup(t)
	const lists = `select p.Name, count(*), sum(r.Name = 'Renamed') from Playlist p join PlaylistTrack using (PlaylistId)
		join Track t using (TrackId) join Album using (AlbumId) join Artist r using (ArtistId)
		where p.PlaylistId in (16, 18) group by 1 order by 1`
	if got, want := query(t, raw, lists), [][]string{{"Grunge", "15", "0"}, {"On-The-Go 1", "1", "0"}}; !reflect.DeepEqual(got, want) {
		t.Fatalf("before: %v, want %v", got, want)
	}

	em := db.Fork()
	_, err := moveAndRename(t.Context(), em, "Grunge", "On-The-Go 1", "Temple of the Dog", "Renamed")
	must(t, err)
	log.Take()
	must(t, em.Flush(t.Context()))

	if got, want := query(t, raw, lists), [][]string{{"Grunge", "14", "0"}, {"On-The-Go 1", "2", "1"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("after: %v, want %v", got, want)
	}
	if sent := log.Take(); len(sent) != 3 {
		t.Errorf("%d statements, want one update, one delete and one insert: %v", len(sent), sent)
	}
	must(t, em.Flush(t.Context()))
	if sent := log.Take(); len(sent) != 0 {
		t.Errorf("the second flush sent %v", sent)
	}
}

// TestRun sees the whole program through.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	must(t, run(t.Context(), &out, chinook(t)))
	for _, text := range []string{"Hunger Strike", "Luís Gonçalves", "Milton Nascimento & Bebeto"} {
		if !strings.Contains(out.String(), text) {
			t.Errorf("%q is missing in\n%s", text, &out)
		}
	}
}

// query returns all rows as text, NULL as "".
func query(t *testing.T, db *sql.DB, text string) (out [][]string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), text)
	must(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	must(t, err)
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		must(t, rows.Scan(targets...))
		row := make([]string, len(columns))
		for i, v := range values {
			if v != nil {
				row[i] = fmt.Sprint(v)
			}
		}
		out = append(out, row)
	}
	must(t, rows.Err())
	return out
}
