package contest

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// openSqlx is sqlx with its own scanning into structs and lists of parameters;
// it has no relations and no unit of work, and enters what it has an answer to.
func openSqlx(e *Engine) (*Entrant, error) {
	handle, wire, n, err := e.handle(false)
	if err != nil {
		return nil, err
	}
	name := map[string]string{"sqlite": "sqlite3", "postgres": "pgx", "mariadb": "mysql"}[e.Name]
	db := sqlx.NewDb(handle, name)
	s := e.Sizes
	x := counting(&Entrant{Name: "sqlx", Close: func() { handle.Close() }}, wire, n)
	find := func(where string, args ...any) func(context.Context) ([]*Item, error) {
		text := db.Rebind("SELECT " + itemColumns + " FROM items WHERE " + where)
		return func(ctx context.Context) (list []*Item, err error) {
			err = db.SelectContext(ctx, &list, text, args...)
			return list, err
		}
	}
	given := find("id >= ?", s.firstNew())
	update := func(ctx context.Context, list []*Item) error {
		tx, err := db.BeginTxx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		st, err := tx.PrepareNamedContext(ctx, "UPDATE items SET age = :age, score = :score WHERE id = :id")
		if err != nil {
			return err
		}
		for _, it := range list {
			change(it, e.round)
			if _, err := st.ExecContext(ctx, it); err != nil {
				return err
			}
		}
		return tx.Commit()
	}
	x.Jobs = map[string]*Job{
		ReadAll: reading(find("id <= ?", s.Read), digestItems),
		List:    reading(find("id > ? AND id <= 10000 AND age < ? ORDER BY id LIMIT 100", 2000, 50), digestItems),
		ByKey: reading(func(ctx context.Context) ([]*Item, error) {
			text := db.Rebind("SELECT " + itemColumns + " FROM items WHERE id = ?")
			list := make([]*Item, s.Keys)
			for i := range list {
				list[i] = &Item{}
				if err := db.GetContext(ctx, list[i], text, s.keyAt(i)); err != nil {
					return nil, err
				}
			}
			return list, nil
		}, digestItems),
		InsertMany: writing(func(ctx context.Context) error {
			const text = "INSERT INTO items (" + itemColumns + ") VALUES (:id, :name, :email, :city, :age, :points, :score, :active, :data, :created_at)"
			_, err := db.NamedExecContext(ctx, text, newItems(s.Write, s.firstNew()))
			return err
		}),
		Update: preparing(given, update),
		LoadChange: writing(func(ctx context.Context) error {
			list, err := given(ctx)
			if err != nil {
				return err
			}
			return update(ctx, some(list, s.Changed))
		}),
		DeleteKeys: writing(func(ctx context.Context) error {
			text, args, err := sqlx.In("DELETE FROM items WHERE id IN (?)", s.keys())
			if err != nil {
				return err
			}
			_, err = db.ExecContext(ctx, db.Rebind(text), args...)
			return err
		}),
		Stream: reading(func(ctx context.Context) (t tally, err error) {
			rows, err := db.QueryxContext(ctx, db.Rebind("SELECT "+itemColumns+" FROM items WHERE id <= ?"), s.Stream)
			if err != nil {
				return t, err
			}
			defer rows.Close()
			for rows.Next() {
				it := &Item{}
				if err := rows.StructScan(it); err != nil {
					return t, err
				}
				t.add(it)
			}
			return t, rows.Err()
		}, func(t tally) string { return fmt.Sprint(t) }),
	}
	return x, nil
}
