package contest

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// rawPostgres is hand-written code on pgx's own interface: arrays instead of
// lists of parameters, COPY where nothing comes back.
type rawPostgres struct {
	e *Engine
	c *pgx.Conn
}

func connectRawPostgres(ctx context.Context, e *Engine) (*Entrant, *rawPostgres, error) {
	config, err := pgx.ParseConfig(e.dsn)
	if err != nil {
		return nil, nil, err
	}
	wire := postgresWire()
	config.DialFunc = wire.Dial
	c, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, nil, err
	}
	return counting(&Entrant{Name: "raw", Close: func() { c.Close(context.Background()) }}, wire, nil), &rawPostgres{e: e, c: c}, nil
}

func openRawPostgres(ctx context.Context, e *Engine) (*Entrant, error) {
	x, r, err := connectRawPostgres(ctx, e)
	if err != nil {
		return nil, err
	}
	s := e.Sizes
	x.Jobs = map[string]*Job{
		ReadAll: reading(func(ctx context.Context) ([]*Item, error) {
			return r.items(ctx, "WHERE id <= $1", s.Read)
		}, digestItems),
		Hold: reading(func(ctx context.Context) ([]*Item, error) {
			return r.items(ctx, "WHERE id <= $1", s.Read)
		}, digestItems),
		List: reading(func(ctx context.Context) ([]*Item, error) {
			return r.items(ctx, "WHERE id > $1 AND id <= 10000 AND age < $2 ORDER BY id LIMIT 100", 2000, 50)
		}, digestItems),
		ByKey:       reading(r.byKey, digestItems),
		InsertFlush: writing(func(ctx context.Context) error { return r.insert(ctx, newItems(s.Write, 0)) }),
		InsertMany:  writing(func(ctx context.Context) error { return r.copy(ctx, newItems(s.Write, s.firstNew())) }),
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
		Clean:      preparing(func(ctx context.Context) ([][2]Item, error) { return pairs(r.items(ctx, "WHERE id <= $1", s.Read)) }, compare),
		EachFlush:  writing(r.each),
		Stream:     reading(r.stream, func(t tally) string { return fmt.Sprint(t) }),
	}
	return x, nil
}

// rows calls row for each row of a query.
func (r *rawPostgres) rows(ctx context.Context, text string, arg any, row func(scanner) error) error {
	rows, err := r.c.Query(ctx, text, arg)
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

func (r *rawPostgres) items(ctx context.Context, where string, args ...any) ([]*Item, error) {
	var list []*Item
	err := r.eachItem(ctx, where, args, func(it *Item) { list = append(list, it) })
	return list, err
}

func (r *rawPostgres) eachItem(ctx context.Context, where string, args []any, yield func(*Item)) error {
	rows, err := r.c.Query(ctx, "SELECT "+itemColumns+" FROM items "+where, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	dest := make([]any, 10)
	for rows.Next() {
		it := &Item{}
		itemTargets(it, dest)
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		yield(it)
	}
	return rows.Err()
}

func (r *rawPostgres) byKey(ctx context.Context) ([]*Item, error) {
	list := make([]*Item, r.e.Sizes.Keys)
	dest := make([]any, 10)
	for i := range list {
		it := &Item{}
		itemTargets(it, dest)
		if err := r.c.QueryRow(ctx, "SELECT "+itemColumns+" FROM items WHERE id = $1", r.e.Sizes.keyAt(i)).Scan(dest...); err != nil {
			return nil, err
		}
		list[i] = it
	}
	return list, nil
}

func (r *rawPostgres) given(ctx context.Context) ([]*Item, error) {
	return r.items(ctx, "WHERE id >= $1", r.e.Sizes.firstNew())
}

func (r *rawPostgres) loadChange(ctx context.Context) error {
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

// insert sends one array for each column and learns the keys.
func (r *rawPostgres) insert(ctx context.Context, list []*Item) error {
	n := len(list)
	names, emails, cities := make([]string, n), make([]string, n), make([]*string, n)
	ages, points, scores := make([]int32, n), make([]*int64, n), make([]float64, n)
	actives, datas, times := make([]bool, n), make([][]byte, n), make([]time.Time, n)
	for i, it := range list {
		names[i], emails[i], cities[i], ages[i], points[i] = it.Name, it.Email, it.City, it.Age, it.Points
		scores[i], actives[i], datas[i], times[i] = it.Score, it.Active, it.Data, it.CreatedAt
	}
	const text = `INSERT INTO items (name, email, city, age, points, score, active, data, created_at)
		SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::bigint[], $6::float8[], $7::bool[], $8::bytea[], $9::timestamptz[]) RETURNING id`
	rows, err := r.c.Query(ctx, text, names, emails, cities, ages, points, scores, actives, datas, times)
	if err != nil {
		return err
	}
	defer rows.Close()
	for i := 0; rows.Next(); i++ {
		if err := rows.Scan(&list[i].ID); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (r *rawPostgres) copy(ctx context.Context, list []*Item) error {
	columns := []string{"id", "name", "email", "city", "age", "points", "score", "active", "data", "created_at"}
	_, err := r.c.CopyFrom(ctx, pgx.Identifier{"items"}, columns, pgx.CopyFromSlice(len(list), func(i int) ([]any, error) {
		return itemValues(list[i]), nil
	}))
	return err
}

func (r *rawPostgres) update(ctx context.Context, list []*Item) error {
	ids, ages, scores := make([]int64, len(list)), make([]int32, len(list)), make([]float64, len(list))
	for i, it := range list {
		ids[i], ages[i], scores[i] = it.ID, it.Age, it.Score
	}
	const text = `UPDATE items i SET age = v.age, score = v.score FROM unnest($1::bigint[], $2::int[], $3::float8[]) v (id, age, score) WHERE i.id = v.id`
	_, err := r.c.Exec(ctx, text, ids, ages, scores)
	return err
}

func (r *rawPostgres) remove(ctx context.Context, keys []int64) error {
	_, err := r.c.Exec(ctx, "DELETE FROM items WHERE id = ANY($1)", keys)
	return err
}

func (r *rawPostgres) each(ctx context.Context) error {
	const text = `INSERT INTO items (name, email, city, age, points, score, active, data, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`
	for i := range r.e.Sizes.Flushes {
		it := makeItem(i)
		if err := r.c.QueryRow(ctx, text, itemValues(it)[1:]...).Scan(&it.ID); err != nil {
			return err
		}
	}
	return nil
}

func (r *rawPostgres) stream(ctx context.Context) (t tally, err error) {
	err = r.eachItem(ctx, "WHERE id <= $1", []any{r.e.Sizes.Stream}, t.add)
	return t, err
}
