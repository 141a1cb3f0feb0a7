package contest

import "context"

// The workloads, in the order of the table.
const (
	ReadAll     = "read 10,000 x 10 columns"
	List        = "list 100"
	ByKey       = "by key"
	InsertFlush = "1,000 new, one flush"
	InsertMany  = "insert 1,000 with keys"
	Update      = "update 1,000 different values"
	LoadChange  = "load 1,000, change 100"
	DeleteRows  = "delete 1,000 one by one"
	DeleteKeys  = "delete by a list of keys"
	Nested      = "authors by books.tags.name"
	Down        = "populate 200 x 20 x 3"
	Up          = "populate shared parents"
	Graph       = "persist a graph 100 x 10 x 3"
	Clean       = "flush with 10,000 clean"
	EachFlush   = "1,000 x one insert"
	Stream      = "stream 100,000"
	Open        = "open with 50 entities"
	Hold        = "memory of 10,000 managed"
)

// Workloads lists them.
var Workloads = []string{ReadAll, List, ByKey, InsertFlush, InsertMany, Update, LoadChange, DeleteRows, DeleteKeys,
	Nested, Down, Up, Graph, Clean, EachFlush, Stream, Open, Hold}

// goals are the most that weft wants to take on SQLite, PostgreSQL and MariaDB, as
// multiples of raw, or of the best peer where nothing is raw. By workload, or workload and entrant.
var goals = map[string][3]float64{
	ReadAll: {1.0, 1.0, 0.85}, ReadAll + ", read-only": {0.85, 0.8, 0.7}, List: {1.1, 1.0, 0.8}, ByKey: {1.2, 1.05, 1.05},
	InsertFlush: {1.3, 1.3, 1.0}, InsertMany: {1.0, 1.0, 0.8}, Update: {1.3, 1.2, 1.1}, LoadChange: {1.1, 1.2, 1.0},
	DeleteRows: {1.1, 1.1, 1.0}, DeleteKeys: {1.0, 1.0, 1.0}, Nested: {1.1, 1.0, 1.0}, Down: {1.1, 1.1, 1.1},
	Up: {1.1, 1.2, 1.2}, Down + ", joined": {1.3, 1.5, 1.4}, Up + ", joined": {1.3, 1.5, 1.4}, Graph: {1.3, 1.2, 1.1},
	Clean: {1.0, 1.0, 1.0}, EachFlush: {2.0, 2.0, 1.3}, Stream: {1.1, 1.1, 1.1}, Open: {0.5, 0.5, 0.5}, Hold: {2.0, 2.0, 2.0},
}

// writes says what a workload changes, and with it what its gate looks at.
var writes = map[string]table{
	InsertFlush: items, InsertMany: items, Update: items, LoadChange: items, DeleteRows: items, DeleteKeys: items,
	EachFlush: items, Graph: graph,
}

// given is how many rows of their own the workloads on items start with.
func (s *Sizes) given(workload string) int {
	switch workload {
	case Update, LoadChange, DeleteRows:
		return s.Write
	case DeleteKeys:
		return 2 * s.Write
	}
	return 0
}

// table is a set of tables that are put back together.
type table uint8

const (
	nothing table = iota
	items
	graph
)

// Job is how one entrant does one workload.
type Job struct {
	// Prepare is not measured; nil does nothing.
	Prepare func(ctx context.Context) error
	// Run is measured.
	Run func(ctx context.Context) error
	// Digest describes what was read, without being measured; nil where the tables tell.
	Digest func() string
	// Drop lets go of what was read.
	Drop func()
}

// Entrant is one way to do things.
type Entrant struct {
	// Name is "raw", "weft", "weft read-only", "gorm", ...
	Name string
	// Peer reports a library that weft wants to be ahead of.
	Peer bool
	// Jobs are those it enters, by workload.
	Jobs map[string]*Job
	// Count returns the statements since the last call, where the wire cannot tell; nil otherwise.
	Count func() int64
	wire  *Wire // where there is one
	// Context prepares the context of a counted run; nil does nothing.
	Context func(ctx context.Context) context.Context
	Close   func()
}

// reading makes a job of a read into a value of type T.
func reading[T any](run func(ctx context.Context) (T, error), digest func(T) string) *Job {
	var got T
	return &Job{
		Run: func(ctx context.Context) (err error) {
			got, err = run(ctx)
			return err
		},
		Digest: func() string { return digest(got) },
		Drop: func() {
			var none T
			got = none
		},
	}
}

// writing makes a job of a write.
func writing(run func(ctx context.Context) error) *Job { return &Job{Run: run} }

// preparing makes a job of a write on what prepare has loaded.
func preparing[T any](prepare func(ctx context.Context) (T, error), run func(ctx context.Context, v T) error) *Job {
	var got T
	return &Job{
		Prepare: func(ctx context.Context) (err error) {
			got, err = prepare(ctx)
			return err
		},
		Run: func(ctx context.Context) error { return run(ctx, got) },
		Drop: func() {
			var none T
			got = none
		},
	}
}

// tally is what a stream leaves behind: rows, keys and bytes of text.
type tally struct{ rows, keys, bytes int64 }

func (t *tally) add(it *Item) {
	t.rows++
	t.keys += it.ID
	t.bytes += int64(len(it.Name) + len(it.Email) + len(it.Data))
}
