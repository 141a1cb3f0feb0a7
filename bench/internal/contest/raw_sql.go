package contest

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// rawSQL is hand-written code on database/sql, for SQLite and MariaDB: prepared
// statements are kept, rows are scanned into fields, and writes take whichever
// form is fastest on the engine.
type rawSQL struct {
	e     *Engine
	db    *sql.DB
	stmts map[string]*sql.Stmt
}

func connectRawSQL(e *Engine) (*Entrant, *rawSQL, error) {
	db, wire, n, err := e.handle(false)
	if err != nil {
		return nil, nil, err
	}
	r := &rawSQL{e: e, db: db, stmts: map[string]*sql.Stmt{}}
	return counting(&Entrant{Name: "raw", Close: func() { db.Close() }}, wire, n), r, nil
}

func openRawSQL(e *Engine) (*Entrant, error) {
	x, r, err := connectRawSQL(e)
	if err != nil {
		return nil, err
	}
	s := e.Sizes
	x.Jobs = map[string]*Job{
		ReadAll: reading(func(ctx context.Context) ([]*Item, error) {
			return r.items(ctx, "WHERE id <= ?", s.Read)
		}, digestItems),
		Hold: reading(func(ctx context.Context) ([]*Item, error) {
			return r.items(ctx, "WHERE id <= ?", s.Read)
		}, digestItems),
		List: reading(func(ctx context.Context) ([]*Item, error) {
			return r.items(ctx, "WHERE id > ? AND id <= 10000 AND age < ? ORDER BY id LIMIT 100", 2000, 50)
		}, digestItems),
		ByKey:       reading(r.byKey, digestItems),
		InsertFlush: writing(func(ctx context.Context) error { return r.insert(ctx, newItems(s.Write, 0)) }),
		InsertMany:  writing(func(ctx context.Context) error { return r.insert(ctx, newItems(s.Write, s.firstNew())) }),
		Update: preparing(r.given, func(ctx context.Context, list []*Item) error {
			for _, it := range list {
				change(it, e.round)
			}
			return r.update(ctx, list)
		}),
		LoadChange: writing(r.loadChange),
		DeleteRows: preparing(r.given, func(ctx context.Context, list []*Item) error { return r.remove(ctx, keysOf(list)) }),
		DeleteKeys: writing(func(ctx context.Context) error { return r.remove(ctx, s.keys()) }),
		Nested:     reading(r.nested, digestFound),
		Down:       reading(r.down, digestDown),
		Up:         reading(r.up, digestUp),
		Graph:      writing(func(ctx context.Context) error { return r.persist(ctx, newGraph(s.Graph)) }),
		Clean:      preparing(func(ctx context.Context) ([][2]Item, error) { return pairs(r.items(ctx, "WHERE id <= ?", s.Read)) }, compare),
		EachFlush:  writing(r.each),
		Stream:     reading(r.stream, func(t tally) string { return fmt.Sprint(t) }),
	}
	return x, nil
}

// stmt returns the kept statement for a text.
func (r *rawSQL) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if st := r.stmts[text]; st != nil {
		return st, nil
	}
	st, err := r.db.PrepareContext(ctx, text)
	if err == nil {
		r.stmts[text] = st
	}
	return st, err
}

func (r *rawSQL) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	st, err := r.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

// rows calls row for each row of a query whose parameter is $1.
func (r *rawSQL) rows(ctx context.Context, text string, arg any, row func(scanner) error) error {
	rows, err := r.query(ctx, strings.Replace(text, "$1", "?", 1), arg)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (r *rawSQL) items(ctx context.Context, where string, args ...any) ([]*Item, error) {
	rows, err := r.query(ctx, "SELECT "+itemColumns+" FROM items "+where, args...)
	if err != nil {
		return nil, err
	}
	return scanItems(rows)
}

// scanItems reads rows to the end, with one slice of destinations for all.
func scanItems(rows *sql.Rows) ([]*Item, error) {
	defer rows.Close()
	var list []*Item
	dest := make([]any, 10)
	for rows.Next() {
		it := &Item{}
		itemTargets(it, dest)
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		list = append(list, it)
	}
	return list, rows.Err()
}

func itemTargets(it *Item, dest []any) {
	dest[0], dest[1], dest[2], dest[3], dest[4] = &it.ID, &it.Name, &it.Email, &it.City, &it.Age
	dest[5], dest[6], dest[7], dest[8], dest[9] = &it.Points, &it.Score, &it.Active, &it.Data, &it.CreatedAt
}

func (r *rawSQL) byKey(ctx context.Context) ([]*Item, error) {
	st, err := r.stmt(ctx, "SELECT "+itemColumns+" FROM items WHERE id = ?")
	if err != nil {
		return nil, err
	}
	list := make([]*Item, r.e.Sizes.Keys)
	dest := make([]any, 10)
	for i := range list {
		it := &Item{}
		itemTargets(it, dest)
		if err := st.QueryRowContext(ctx, r.e.Sizes.keyAt(i)).Scan(dest...); err != nil {
			return nil, err
		}
		list[i] = it
	}
	return list, nil
}

// given are the rows a workload on items starts with.
func (r *rawSQL) given(ctx context.Context) ([]*Item, error) {
	return r.items(ctx, "WHERE id >= ?", r.e.Sizes.firstNew())
}

func (r *rawSQL) loadChange(ctx context.Context) error {
	list, err := r.given(ctx)
	if err != nil {
		return err
	}
	changed := some(list, r.e.Sizes.Changed)
	for _, it := range changed {
		change(it, r.e.round)
	}
	return r.update(ctx, changed)
}

// stmtTx prepares outside of the transaction when the connection is free, and inside otherwise.
func (r *rawSQL) stmtTx(ctx context.Context, tx *sql.Tx, text string) (*sql.Stmt, error) {
	if st := r.stmts[text]; st != nil {
		return tx.StmtContext(ctx, st), nil
	}
	return tx.PrepareContext(ctx, text)
}

// insert writes one multi-row insert, whose keys follow each other. More than a
// thousand rows, which are not measured, do not go into one statement.
func (r *rawSQL) insert(ctx context.Context, list []*Item) error {
	for len(list) > 1000 {
		if err := r.insert(ctx, list[:1000]); err != nil {
			return err
		}
		list = list[1000:]
	}
	columns, keyed := itemColumns, list[0].ID != 0
	width := 10
	if !keyed {
		columns, width = columns[4:], 9
	}
	args := make([]any, 0, len(list)*width)
	for _, it := range list {
		args = append(args, itemValues(it)[10-width:]...)
	}
	result, err := r.db.ExecContext(ctx, "INSERT INTO items ("+columns+") VALUES "+r.e.placeholders(len(list), width), args...)
	if err != nil || keyed {
		return err
	}
	first := r.firstOf(result, len(list))
	for i, it := range list {
		it.ID = first + int64(i)
	}
	return nil
}

func (r *rawSQL) update(ctx context.Context, list []*Item) error {
	if r.e.Name == "mariadb" {
		return r.updateMany(ctx, list)
	}
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	st, err := r.stmtTx(ctx, tx, "UPDATE items SET age = ?, score = ? WHERE id = ?")
	if err != nil {
		return err
	}
	for _, it := range list {
		if _, err := st.ExecContext(ctx, it.Age, it.Score, it.ID); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// updateMany joins the new values, which come as one JSON document.
func (r *rawSQL) updateMany(ctx context.Context, list []*Item) error {
	values := make([][3]any, len(list))
	for i, it := range list {
		values[i] = [3]any{it.ID, it.Age, it.Score}
	}
	doc, err := json.Marshal(values)
	if err != nil {
		return err
	}
	const text = `UPDATE items i JOIN JSON_TABLE(?, '$[*]' COLUMNS (id bigint PATH '$[0]', age int PATH '$[1]', score double PATH '$[2]')) v
		ON v.id = i.id SET i.age = v.age, i.score = v.score`
	_, err = r.db.ExecContext(ctx, text, string(doc))
	return err
}

// remove keeps a statement for a number of keys on SQLite, where reading a list of numbers
// takes longer than binding them.
func (r *rawSQL) remove(ctx context.Context, keys []int64) error {
	if r.e.Name == "sqlite" {
		st, err := r.stmt(ctx, "DELETE FROM items WHERE id IN "+r.e.placeholders(1, len(keys)))
		if err != nil {
			return err
		}
		args := make([]any, len(keys))
		for i, k := range keys {
			args[i] = k
		}
		_, err = st.ExecContext(ctx, args...)
		return err
	}
	_, err := r.db.ExecContext(ctx, "DELETE FROM items WHERE id IN ("+listOf(keys)+")")
	return err
}

func (r *rawSQL) each(ctx context.Context) error {
	st, err := r.stmt(ctx, "INSERT INTO items ("+itemColumns[4:]+") VALUES "+r.e.placeholders(1, 9))
	if err != nil {
		return err
	}
	for i := range r.e.Sizes.Flushes {
		it := makeItem(i)
		result, err := st.ExecContext(ctx, itemValues(it)[1:]...)
		if err != nil {
			return err
		}
		if it.ID, err = result.LastInsertId(); err != nil {
			return err
		}
	}
	return nil
}

func (r *rawSQL) stream(ctx context.Context) (t tally, err error) {
	rows, err := r.query(ctx, "SELECT "+itemColumns+" FROM items WHERE id <= ?", r.e.Sizes.Stream)
	if err != nil {
		return t, err
	}
	defer rows.Close()
	dest := make([]any, 10)
	for rows.Next() {
		it := &Item{}
		itemTargets(it, dest)
		if err := rows.Scan(dest...); err != nil {
			return t, err
		}
		t.add(it)
	}
	return t, rows.Err()
}

func jsonKeys(keys []int64) string { return "[" + listOf(keys) + "]" }

func listOf(keys []int64) string {
	b := make([]byte, 0, 8*len(keys))
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, k, 10)
	}
	return string(b)
}
