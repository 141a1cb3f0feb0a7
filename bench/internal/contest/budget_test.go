package contest

import (
	"os"
	"testing"

	"github.com/weft-orm/weft/bench/internal/raced"
)

var tiny = Sizes{Read: 300, Stream: 500, Write: 100, Changed: 10, Keys: 20, Flushes: 10, Authors: 20, Books: 5, Tags: 3, Graph: 10}

// counts runs workloads unmeasured; an engine that is not there is skipped, and
// missing when CI is set.
func counts(t *testing.T, engine string, s Sizes, rounds int, entrants []string, workloads ...string) *Result {
	t.Helper()
	if testing.Short() && engine != "sqlite" {
		t.Skip("a server takes its time")
	}
	o := Options{Engines: []string{engine}, Workloads: workloads, Entrants: entrants, Rounds: rounds, Sizes: s, Seed: 1, Log: t.Logf}
	r, err := Run(t.Context(), o)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no ", engine, ": ", err)
	}
	for _, c := range r.Cells {
		if c.Failed != "" {
			t.Errorf("%s: %s: %s: %s", engine, c.Workload, c.Entrant, c.Failed)
		}
	}
	return r
}

// TestGate lets everybody do everything on small tables: nobody may be disqualified.
func TestGate(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres", "mariadb"} {
		t.Run(engine, func(t *testing.T) { counts(t, engine, tiny, 1, nil, Workloads...) })
	}
}

// cell finds what an entrant needed.
func (r *Result) cell(workload, entrant string) *Cell {
	for _, c := range r.Cells {
		if c.Workload == workload && c.Entrant == entrant {
			return c
		}
	}
	return &Cell{}
}

// TestReadBudget holds the allocations of reading to a number for each row, and
// the number to the same for ten and a hundred times the rows. Entities, keys, entries and
// snapshots come in pieces; what is left are the boxes of the engines with a Go driver of
// database/sql.
func TestReadBudget(t *testing.T) {
	raced.Skip(t)
	budget := map[string]struct{ allocs, bytes float64 }{"sqlite": {12.4, 665}, "postgres": {0.2, 510}, "mariadb": {7.7, 645}}
	for engine, most := range budget {
		t.Run(engine, func(t *testing.T) {
			per := map[int]float64{}
			for _, n := range []int{1000, 10_000, 100_000} {
				s := tiny
				s.Read = n
				c := counts(t, engine, s, 0, []string{"weft"}, ReadAll).cell(ReadAll, "weft")
				if c.Statements != 1 {
					t.Errorf("%d statements for %d rows", c.Statements, n)
				}
				per[n] = float64(c.Allocs) / float64(n)
				bytes := float64(c.Bytes) / float64(n)
				if per[n] > most.allocs || bytes > most.bytes {
					t.Errorf("%.2f allocations and %.0f bytes for each of %d rows, want %.2f and %.0f at most", per[n], bytes, n, most.allocs, most.bytes)
				}
				t.Logf("%.2f allocations and %.0f bytes for each of %d rows", per[n], bytes, n)
			}
			if per[10_000] > 1.1*per[1000] || per[100_000] > 1.1*per[1000] {
				t.Errorf("%.2f allocations for a row of 1,000, %.2f for one of 10,000, %.2f for one of 100,000", per[1000], per[10_000], per[100_000])
			}
		})
	}
}

// TestStreamBudget holds what a stream allocates for each row: a page is compiled twice, its
// entities come in pieces, and there are no places for them.
func TestStreamBudget(t *testing.T) {
	raced.Skip(t)
	for engine, most := range map[string]struct{ allocs, bytes float64 }{"sqlite": {13.5, 400}, "postgres": {0.25, 235}, "mariadb": {8.8, 380}} {
		t.Run(engine, func(t *testing.T) {
			s := tiny
			s.Stream = 10_000
			c := counts(t, engine, s, 0, []string{"weft read-only"}, Stream).cell(Stream, "weft read-only")
			allocs, bytes := float64(c.Allocs)/float64(s.Stream), float64(c.Bytes)/float64(s.Stream)
			if allocs > most.allocs || bytes > most.bytes {
				t.Errorf("%.2f allocations and %.0f bytes for a row, want %.2f and %.0f at most", allocs, bytes, most.allocs, most.bytes)
			}
			t.Logf("%.2f allocations and %.0f bytes for a row", allocs, bytes)
		})
	}
}

// TestFixedBudget holds what small reads allocate beside their rows, a list of keys for each
// key, and a join to a single row for each row.
func TestFixedBudget(t *testing.T) {
	raced.Skip(t)
	s := tiny
	s.Keys, s.Write, s.Authors, s.Books = 500, 1000, 200, 20
	for _, c := range []struct {
		workload, entrant string
		n                 int
		allocs, bytes     float64
	}{
		{ByKey, "weft", s.Keys, 40, 3860},
		{ByKey, "weft read-only", s.Keys, 36.5, 4560},
		{DeleteKeys, "weft", s.Write, 0.1, 105}, // 56 bytes of which are the parameters, as database/sql wants them
		{Up, "weft", s.Authors * s.Books, 3.2, 325},
		{Up, "weft joined", s.Authors * s.Books, 5.1, 355},
		{Down, "weft", s.Authors * s.Books, 12.6, 685},
	} {
		got := counts(t, "sqlite", s, 0, []string{c.entrant}, c.workload).cell(c.workload, c.entrant)
		if allocs, bytes := float64(got.Allocs)/float64(c.n), float64(got.Bytes)/float64(c.n); allocs > c.allocs || bytes > c.bytes {
			t.Errorf("%s, %s: %.2f allocations and %.0f bytes each, want %.2f and %.0f at most", c.workload, c.entrant, allocs, bytes, c.allocs, c.bytes)
		} else {
			t.Logf("%s, %s: %.2f allocations and %.0f bytes each", c.workload, c.entrant, allocs, bytes)
		}
	}
}

// TestWriteGrowth writes one and ten thousand rows: statements and allocations for
// each row must stay the same.
func TestWriteGrowth(t *testing.T) {
	raced.Skip(t)
	const most = 1.1
	budget := map[string]map[string]float64{ // allocations for a row, the making of the entity included
		"sqlite":   {InsertFlush: 17.5, InsertMany: 18.4, Update: 2.1, DeleteRows: 0.1},
		"postgres": {InsertFlush: 16.5, InsertMany: 16.5, Update: 2.1, DeleteRows: 0.2},
		"mariadb":  {InsertFlush: 17.5, InsertMany: 18.4, Update: 2.1, DeleteRows: 0.2},
	}
	memory := map[string]map[string]float64{ // kilobytes for a row
		"sqlite":   {InsertFlush: 1.6, InsertMany: 0.7, DeleteRows: 0.39},
		"postgres": {InsertFlush: 2.5, InsertMany: 1.2, DeleteRows: 0.45},
		"mariadb":  {InsertFlush: 2.5, InsertMany: 1.8, DeleteRows: 0.5},
	}
	for engine, of := range budget {
		t.Run(engine, func(t *testing.T) {
			per := map[string]float64{}
			for _, n := range []int{1000, 10_000} {
				s := tiny
				s.Write = n
				r := counts(t, engine, s, 0, []string{"weft"}, InsertFlush, InsertMany, Update, DeleteRows)
				for w, allocs := range of {
					c := r.cell(w, "weft")
					got := float64(c.Allocs) / float64(n)
					if got > allocs {
						t.Errorf("%s: %.2f allocations for each of %d rows, want %.2f at most", w, got, n, allocs)
					}
					if kB := float64(c.Bytes) / 1024 / float64(n); memory[engine][w] > 0 && kB > memory[engine][w] {
						t.Errorf("%s: %.2f kB for each of %d rows, want %.2f at most", w, kB, n, memory[engine][w])
					}
					if before := per[w]; before > 0 && got > most*before {
						t.Errorf("%s: %.2f allocations for a row of 1,000, %.2f for one of 10,000", w, before, got)
					}
					if sent := c.Statements; sent > int64(n/50)+8 || engine == "postgres" && sent > int64(n/100)+2 {
						t.Errorf("%s: %d statements for %d rows", w, sent, n)
					}
					per[w] = got
				}
			}
		})
	}
}

// TestGraphGrowth loads and persists graphs of one and five times the size: allocations
// for each row stay the same, and so do the statements of populate.
func TestGraphGrowth(t *testing.T) {
	raced.Skip(t)
	const most = 1.3                         // keys below 256 have no box
	budget := map[string]map[string]float64{ // allocations for an author: with five books that are read, or ten that are made
		"sqlite":   {Down: 75, Up: 24, Graph: 150},
		"postgres": {Down: 8, Up: 1.6, Graph: 168},
	}
	for engine, of := range budget {
		t.Run(engine, func(t *testing.T) {
			per, statements := map[string]float64{}, map[string]int64{}
			for _, n := range []int{60, 300} {
				s := tiny
				s.Authors, s.Graph = 5*n, n
				r := counts(t, engine, s, 0, []string{"weft"}, Down, Up, Graph)
				for w, allocs := range of {
					c, authors := r.cell(w, "weft"), 5*n
					if w == Graph {
						authors = n
					}
					got := float64(c.Allocs) / float64(authors)
					if got > allocs {
						t.Errorf("%s: %.1f allocations for each of %d authors, want %.1f at most", w, got, authors, allocs)
					}
					if before := per[w]; before > 0 && got > most*before {
						t.Errorf("%s: %.1f allocations for an author, %.1f with five times as many", w, before, got)
					}
					if before := statements[w]; w != Graph && before > 0 && c.Statements != before {
						t.Errorf("%s: %d statements, %d for five times as many authors", w, before, c.Statements)
					}
					per[w], statements[w] = got, c.Statements
				}
			}
		})
	}
}
