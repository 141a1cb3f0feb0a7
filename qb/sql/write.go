package sql

import (
	"fmt"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// writeForm is how an engine writes many rows of the same shape.
type writeForm uint8

// The forms of writes.
const (
	// eachRow is one statement for each row, prepared once.
	eachRow writeForm = iota
	// manyRows is one statement with the values of all rows in it: VALUES lists,
	// CASE for updates, key IN for deletes.
	manyRows
	// unnested is one statement with one array parameter for each column.
	unnested
	// joinedRows is one statement that joins a JSON document of all rows; for updates.
	joinedRows
)

// writeForms are the facts that decide how rows are written.
type writeForms struct {
	insert, update, delete writeForm
	// returning reports INSERT ... RETURNING (and, where updates are written by eachRow or
	// unnested, UPDATE ... RETURNING).
	returning bool
	// updateReturning and deleteReturning report RETURNING of a bulk update, or delete, of
	// one table.
	updateReturning, deleteReturning bool
	// onConflict reports ON CONFLICT, otherwise ON DUPLICATE KEY UPDATE.
	onConflict bool
	// newRow names the row an insert could not write, after VALUES; "" where VALUES(column) does.
	newRow string
	// emptyRow is the rest of an insert without columns.
	emptyRow string
	// copies reports COPY ... FROM STDIN.
	copies bool
	// maxParams is the greatest number of parameters of a statement.
	maxParams int
	// maxListed is the greatest number of values in the list that finds the rows of
	// an update or delete; 0 is no limit.
	maxListed int
	// longList is how many whole numbers make the list of a bulk write long, so that it has a
	// placeholder for each; 0 for none.
	longList int
	// pieceOfList is how many values stand in one list of a delete, which has several where there
	// are more; 0 for any number.
	pieceOfList int
	// maxTuples is the greatest number of rows of a delete that finds them by more
	// than one column; 0 is no limit.
	maxTuples int
}

// maxRows bounds a chunk where nothing else does.
const maxRows = 1000

// WriteStatement is a compiled row-form write. It is immutable and safe for
// concurrent use.
//
// Rows are sent in chunks of at most MaxRows: for each chunk of n rows run
// Chunk(n).Text with the parameters of Bind. Form may know a better statement for
// some of the rows.
type WriteStatement struct {
	// MaxRows is the greatest number of rows of one statement; 1 means one
	// statement per row, best prepared once.
	MaxRows int
	// Copy is the same insert in the engine's loading protocol, nil where it has none
	// or rows must come back.
	Copy *Copy

	one    Chunk
	many   func(n int) Chunk // nil when MaxRows is 1
	kept   chunks            // what many has made
	bind   rowBinder         // parameters of a single row
	binds  rowBinder         // parameters of several rows
	values int               // values in a row
	alike  *WriteStatement   // see Form
	// pads is how many rows fill a statement for more of them by repeating the last, as a list may; 0 is none.
	pads      int
	uncounted *WriteStatement // see Uncounted
}

// Uncounted returns the same write for callers who do not ask how many rows were matched,
// which may take more rows at once or return less; w itself where there is no such form.
func (w *WriteStatement) Uncounted() *WriteStatement {
	if w.uncounted != nil {
		return w.uncounted
	}
	return w
}

// Lot tells how many of n rows go into one statement, and for how many rows that is, where
// few texts are to stay prepared: as many as a power of two, or all of them where one that has little
// room left takes them. The last parameter is then bound once more for each row that is missing.
func (w *WriteStatement) Lot(n int) (rows, places int) {
	places = 1 << (bits.Len(uint(n)) - 1)
	if next := 2 * places; w.pads > 0 && n >= w.pads && 8*(next-n) <= next {
		return n, next
	}
	return places, places
}

// rowBinder appends the parameters of rows.
type rowBinder func(dst []any, rows [][]any) ([]any, error)

// Chunk is the statement for a number of rows, and how its result reads.
type Chunk struct {
	// Text is the SQL.
	Text string
	// Steady reports a text for any number of rows, which is worth to be kept prepared.
	Steady bool
	// Returns reports that the statement has result rows: the number of the
	// argument row (int64, from 1) when Numbered, then the Returning columns of
	// qb.Write. Rows of an insert without Numbered come in argument order.
	Returns bool
	// Numbered reports that each result row begins with the number of its argument row;
	// an update or delete then yields one result row for each row it matched.
	Numbered bool
	// LastInsertID reports that the single Returning column is the generated key
	// and is to be taken from the driver's last insert id.
	LastInsertID bool
	// ReadBack is a query for the Returning columns of one row (MaxRows is 1 then), by key, where the
	// engine cannot return them; "" otherwise. Its parameters are the row's encoded values at the
	// indexes ReadBackKey of the row, or the last insert id when ReadBackKey is empty.
	ReadBack    string
	ReadBackKey []int
}

// Chunk returns the statement for n rows, 1 <= n <= MaxRows.
func (w *WriteStatement) Chunk(n int) Chunk {
	switch {
	case n <= 1 || w.many == nil:
		return w.one
	default:
		return w.kept.of(n, w.many)
	}
}

// chunks are statements for several rows: those for powers of two, into which engines with
// prepared statements cut their rows, and the last one for another number.
type chunks struct {
	powers [17]atomic.Pointer[Chunk]
	last   atomic.Pointer[sized]
}

// sized is the statement for a number of rows.
type sized struct {
	rows  int
	chunk Chunk
}

// of returns the statement for n rows, making it when it is not there.
func (c *chunks) of(n int, write func(int) Chunk) Chunk {
	if at := bits.Len(uint(n)) - 1; n == 1<<at && at < len(c.powers) {
		if kept := c.powers[at].Load(); kept != nil {
			return *kept
		}
		made := write(n)
		c.powers[at].Store(&made)
		return made
	}
	if kept := c.last.Load(); kept != nil && kept.rows == n {
		return kept.chunk
	}
	made := &sized{n, write(n)}
	c.last.Store(made)
	return made.chunk
}

// Text returns Chunk(n).Text.
func (w *WriteStatement) Text(n int) string { return w.Chunk(n).Text }

// String returns the text for one row.
func (w *WriteStatement) String() string { return w.one.Text }

// Bind appends the parameters for a chunk of rows to dst. A row holds the
// canonical values of Set, then of Match; rows are not changed.
func (w *WriteStatement) Bind(dst []any, rows [][]any) ([]any, error) {
	for i, r := range rows {
		if len(r) != w.values {
			return dst, fmt.Errorf("sql: row %d: %w: %d values where %d are expected", i, ErrArgument, len(r), w.values)
		}
	}
	if len(rows) == 1 || w.many == nil {
		return w.bind(dst, rows)
	}
	return w.binds(dst, rows)
}

// CompileWrite translates a *qb.Write in row form.
func (d *Dialect) CompileWrite(w *qb.Write) (*WriteStatement, error) {
	wr, err := newWriter(d, w)
	if err != nil {
		return nil, err
	}
	var ws *WriteStatement
	switch w.Kind {
	case qb.Insert:
		ws, err = wr.insert()
	case qb.Update:
		ws, err = wr.update()
	case qb.Delete:
		ws, err = wr.delete()
	default:
		return nil, fmt.Errorf("%w: kind %d has no row form", ErrQuery, w.Kind)
	}
	if err != nil {
		return nil, err
	}
	if wr.err != nil {
		return nil, wr.err
	}
	for _, form := range []*WriteStatement{ws, ws.alike, ws.uncounted} {
		if form != nil {
			form.finish(w)
		}
	}
	if ws.uncounted != nil && ws.uncounted.alike != nil {
		ws.uncounted.alike.finish(w)
	}
	return ws, nil
}

// finish sets what all forms share.
func (w *WriteStatement) finish(of *qb.Write) {
	w.values = len(of.Set) + len(of.Match)
	if w.MaxRows <= 1 {
		w.MaxRows, w.many = 1, nil
	}
}

// writer writes the texts of one write.
type writer struct {
	d     *Dialect
	w     *qb.Write
	table string
	cols  []*mapper.Column // Set, then Match
	encs  []Encoding
	// where is the condition of an upsert, nil without one.
	where *mergeCondition
	err   error
}

func newWriter(d *Dialect, w *qb.Write) (*writer, error) {
	if w.Table == nil {
		return nil, fmt.Errorf("%w: a write without a table", ErrQuery)
	}
	if w.Where != nil || w.All {
		return nil, fmt.Errorf("%w: a write in condition form is compiled by Compile", ErrQuery)
	}
	wr := &writer{d: d, w: w}
	wr.cols = append(append(wr.cols, w.Set...), w.Match...)
	for _, c := range wr.cols {
		if c.Table != nil && *c.Table != *w.Table && w.Entity != nil {
			return nil, fmt.Errorf("%w: a row of %s stands in the tables %s and %s, which one statement cannot write; persist entities instead",
				ErrUnsupported, w.Entity.Name, c.Table.Name, w.Table.Name)
		}
		wr.encs = append(wr.encs, d.encode(c.Type))
	}
	schema := w.Table.Schema
	if schema == "*" {
		schema = w.Schema
	}
	if schema != "" {
		wr.table = wr.quote(schema) + "."
	}
	wr.table += wr.quote(w.Table.Name)
	return wr, wr.err
}

// quote checks and quotes a name; the first error sticks.
func (wr *writer) quote(name string) string {
	if err := checkIdentifier(name); err != nil && wr.err == nil {
		wr.err = err
	}
	return wr.d.Quote(name)
}

// rowMajor binds the values of each row in turn.
func (wr *writer) rowMajor(dst []any, rows [][]any) ([]any, error) {
	dst = slices.Grow(dst, len(rows)*len(wr.cols))
	for i, row := range rows {
		for k, v := range row {
			p, err := encodeCell(wr.encs[k], v)
			if err != nil {
				return dst, cellError(i, wr.cols[k], err)
			}
			dst = append(dst, p)
		}
	}
	return dst, nil
}

func encodeCell(enc Encoding, v any) (any, error) {
	if v == nil || enc == nil {
		return v, nil
	}
	return enc(v)
}

func cellError(row int, c *mapper.Column, err error) error {
	return fmt.Errorf("sql: row %d, column %s: %w", row, c.Name, err)
}

// chunkRows is how many rows of params parameters fit into one statement.
func (wr *writer) chunkRows(params int) int {
	if params == 0 {
		return 1
	}
	return max(1, min(maxRows, wr.d.writes.maxParams/params))
}

// listedRows is chunkRows where each row takes a number of values in a list.
func (wr *writer) listedRows(params, listed int) int {
	n := wr.chunkRows(params)
	if most := wr.d.writes.maxListed; most > 0 {
		n = max(1, min(n, most/listed))
	}
	return n
}

// anyNumber is a statement whose text does not depend on the number of rows: it is made once.
func anyNumber(write func() Chunk) func(int) Chunk {
	once := sync.OnceValue(write)
	return func(int) Chunk { return once() }
}
