package contest

import (
	"os"
	"testing"
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
// the number to the same for ten times the rows. Of a row of ten columns the entity,
// its key, its entry and, on the engines with a Go driver of database/sql, the
// driver's boxes are made by themselves.
func TestReadBudget(t *testing.T) {
	budget := map[string]float64{"sqlite": 16.5, "postgres": 4, "mariadb": 11.5}
	for engine, most := range budget {
		t.Run(engine, func(t *testing.T) {
			per := map[int]float64{}
			for _, n := range []int{1000, 10_000} {
				s := tiny
				s.Read = n
				c := counts(t, engine, s, 0, []string{"weft"}, ReadAll).cell(ReadAll, "weft")
				if c.Statements != 1 {
					t.Errorf("%d statements for %d rows", c.Statements, n)
				}
				per[n] = float64(c.Allocs) / float64(n)
				if per[n] > most {
					t.Errorf("%.2f allocations for each of %d rows, want %.2f at most", per[n], n, most)
				}
			}
			if per[10_000] > 1.1*per[1000] {
				t.Errorf("%.2f allocations for a row of 1,000, %.2f for one of 10,000", per[1000], per[10_000])
			}
		})
	}
}

// TestWriteGrowth writes one and ten thousand rows: statements and allocations for
// each row must stay the same.
func TestWriteGrowth(t *testing.T) {
	const most = 1.1
	budget := map[string]map[string]float64{ // allocations for a row, the making of the entity included
		"sqlite":   {InsertFlush: 23, InsertMany: 22, Update: 11},
		"postgres": {InsertFlush: 27, InsertMany: 18, Update: 14},
	}
	for engine, of := range budget {
		t.Run(engine, func(t *testing.T) {
			per := map[string]float64{}
			for _, n := range []int{1000, 10_000} {
				s := tiny
				s.Write = n
				r := counts(t, engine, s, 0, []string{"weft"}, InsertFlush, InsertMany, Update)
				for w, allocs := range of {
					c := r.cell(w, "weft")
					got := float64(c.Allocs) / float64(n)
					if got > allocs {
						t.Errorf("%s: %.2f allocations for each of %d rows, want %.2f at most", w, got, n, allocs)
					}
					if before := per[w]; before > 0 && got > most*before {
						t.Errorf("%s: %.2f allocations for a row of 1,000, %.2f for one of 10,000", w, before, got)
					}
					if sent := c.Statements; sent > int64(n)+2 || engine == "postgres" && sent > int64(n/100)+2 {
						t.Errorf("%s: %d statements for %d rows", w, sent, n)
					}
					per[w] = got
				}
			}
		})
	}
}
