package contest

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/mysqldialect"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/schema"
)

type bunSide struct {
	e  *Engine
	db *bun.DB
}

func openBun(e *Engine) (*Entrant, error) {
	handle, wire, n, err := e.handle(true) // its documentation asks for the simple protocol
	if err != nil {
		return nil, err
	}
	dialect := func() schema.Dialect {
		switch e.Name {
		case "postgres":
			return pgdialect.New()
		case "mariadb":
			return mysqldialect.New()
		}
		return sqlitedialect.New()
	}
	db := bun.NewDB(handle, dialect())
	db.RegisterModel((*BookTag)(nil))
	b := &bunSide{e, db}
	s := e.Sizes
	x := counting(&Entrant{Name: "bun", Peer: true, Close: func() { handle.Close() }}, wire, n)
	find := func(where string, args ...any) func(context.Context) ([]*Item, error) {
		return func(ctx context.Context) (list []*Item, err error) {
			err = db.NewSelect().Model(&list).Where(where, args...).Scan(ctx)
			return list, err
		}
	}
	given := find("id >= ?", s.firstNew())
	x.Jobs = map[string]*Job{
		ReadAll: reading(find("id <= ?", s.Read), digestItems),
		List: reading(func(ctx context.Context) (list []*Item, err error) {
			err = db.NewSelect().Model(&list).Where("id > ? AND id <= 10000 AND age < ?", 2000, 50).OrderExpr("id").Limit(100).Scan(ctx)
			return list, err
		}, digestItems),
		ByKey: reading(func(ctx context.Context) ([]*Item, error) {
			list := make([]*Item, s.Keys)
			for i := range list {
				list[i] = &Item{ID: s.keyAt(i)}
				if err := db.NewSelect().Model(list[i]).WherePK().Scan(ctx); err != nil {
					return nil, err
				}
			}
			return list, nil
		}, digestItems),
		InsertFlush: writing(func(ctx context.Context) error { return b.insert(ctx, newItems(s.Write, 0)) }),
		InsertMany:  writing(func(ctx context.Context) error { return b.insert(ctx, newItems(s.Write, s.firstNew())) }),
		Update:      preparing(given, b.update),
		LoadChange: writing(func(ctx context.Context) error {
			list, err := given(ctx)
			if err != nil {
				return err
			}
			return b.update(ctx, some(list, s.Changed))
		}),
		DeleteRows: preparing(given, func(ctx context.Context, list []*Item) error {
			_, err := db.NewDelete().Model(&list).WherePK().Exec(ctx)
			return err
		}),
		DeleteKeys: writing(func(ctx context.Context) error {
			_, err := db.NewDelete().Model((*Item)(nil)).Where("id IN ?", bun.Tuple(s.keys())).Exec(ctx)
			return err
		}),
		Nested: reading(b.nested, digestFound),
		Down: reading(func(ctx context.Context) (list []*Author, err error) {
			err = db.NewSelect().Model(&list).Relation("Books").Relation("Books.Tags").Where("author.id <= ?", s.Authors).OrderExpr("author.id").Scan(ctx)
			return list, err
		}, digestDown),
		Up: reading(func(ctx context.Context) (list []*Book, err error) {
			err = db.NewSelect().Model(&list).Relation("Author").Where("book.id <= ?", s.Authors*s.Books).OrderExpr("book.id").Scan(ctx)
			return list, err
		}, digestUp),
		Graph: writing(func(ctx context.Context) error { return b.persist(ctx, newGraph(s.Graph)) }),
		EachFlush: writing(func(ctx context.Context) error {
			for i := range s.Flushes {
				if _, err := db.NewInsert().Model(makeItem(i)).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		}),
		Stream: reading(b.stream, func(t tally) string { return fmt.Sprint(t) }),
	}
	return x, nil
}

func (b *bunSide) insert(ctx context.Context, list []*Item) error {
	_, err := b.db.NewInsert().Model(&list).Exec(ctx)
	return err
}

// update is bun's bulk form, the new values as a table, which MariaDB does not know.
func (b *bunSide) update(ctx context.Context, list []*Item) error {
	for _, it := range list {
		change(it, b.e.round)
	}
	if b.e.Name != "mariadb" {
		_, err := b.db.NewUpdate().Model(&list).Column("age", "score").Bulk().Exec(ctx)
		return err
	}
	return b.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for _, it := range list {
			if _, err := tx.NewUpdate().Model(it).Column("age", "score").WherePK().Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *bunSide) nested(ctx context.Context) (f found, err error) {
	var list []*Author
	n, err := b.db.NewSelect().Model(&list).
		Where("EXISTS (SELECT 1 FROM books b JOIN book_tags bt ON bt.book_id = b.id JOIN tags t ON t.id = bt.tag_id WHERE b.author_id = author.id AND t.name = ?)", nestedTag).
		OrderExpr("author.id").Limit(nestedLimit).ScanAndCount(ctx)
	f.count = int64(n)
	for _, a := range list {
		f.keys = append(f.keys, a.ID)
	}
	return f, err
}

func (b *bunSide) persist(ctx context.Context, authors []*Author) error {
	return b.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		books, tags := parts(authors)
		if _, err := tx.NewInsert().Model(&authors).Exec(ctx); err != nil {
			return err
		}
		for _, a := range authors {
			for _, k := range a.Books {
				k.AuthorID = a.ID
			}
		}
		if _, err := tx.NewInsert().Model(&tags).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&books).Exec(ctx); err != nil {
			return err
		}
		var links []*BookTag
		for _, k := range books {
			for _, t := range k.Tags {
				links = append(links, &BookTag{BookID: k.ID, TagID: t.ID})
			}
		}
		_, err := tx.NewInsert().Model(&links).Exec(ctx)
		return err
	})
}

func (b *bunSide) stream(ctx context.Context) (t tally, err error) {
	rows, err := b.db.NewSelect().Model((*Item)(nil)).Where("id <= ?", b.e.Sizes.Stream).Rows(ctx)
	if err != nil {
		return t, err
	}
	defer rows.Close()
	for rows.Next() {
		it := &Item{}
		if err := b.db.ScanRow(ctx, rows, it); err != nil {
			return t, err
		}
		t.add(it)
	}
	return t, rows.Err()
}
