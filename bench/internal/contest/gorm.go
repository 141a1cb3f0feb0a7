package contest

import (
	"context"
	"database/sql"
	"fmt"

	gormmysql "gorm.io/driver/mysql"
	gormpostgres "gorm.io/driver/postgres"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/weft-orm/weft/bench/internal/wide"
)

type gormSide struct {
	e  *Engine
	db *gorm.DB
}

func gormDialector(engine string, handle *sql.DB) gorm.Dialector {
	switch engine {
	case "sqlite":
		return gormsqlite.New(gormsqlite.Config{Conn: handle})
	case "postgres":
		return gormpostgres.New(gormpostgres.Config{Conn: handle})
	default:
		return gormmysql.New(gormmysql.Config{Conn: handle})
	}
}

func gormConfig() *gorm.Config {
	return &gorm.Config{PrepareStmt: true, Logger: logger.Discard, DisableAutomaticPing: true}
}

func openGorm(e *Engine) (*Entrant, error) {
	handle, wire, n, err := e.handle(false)
	if err != nil {
		return nil, err
	}
	db, err := gorm.Open(gormDialector(e.Name, handle), gormConfig())
	if err != nil {
		return nil, err
	}
	g := &gormSide{e, db}
	s := e.Sizes
	x := counting(&Entrant{Name: "gorm", Peer: true, Close: func() { handle.Close() }}, wire, n)
	find := func(where string, args ...any) func(context.Context) ([]*Item, error) {
		return func(ctx context.Context) (list []*Item, err error) {
			err = db.WithContext(ctx).Where(where, args...).Find(&list).Error
			return list, err
		}
	}
	given := find("id >= ?", s.firstNew())
	x.Jobs = map[string]*Job{
		ReadAll: reading(find("id <= ?", s.Read), digestItems),
		List: reading(func(ctx context.Context) (list []*Item, err error) {
			err = db.WithContext(ctx).Where("id > ? AND id <= 10000 AND age < ?", 2000, 50).Order("id").Limit(100).Find(&list).Error
			return list, err
		}, digestItems),
		ByKey: reading(func(ctx context.Context) ([]*Item, error) {
			list := make([]*Item, s.Keys)
			for i := range list {
				list[i] = &Item{}
				if err := db.WithContext(ctx).Take(list[i], s.keyAt(i)).Error; err != nil {
					return nil, err
				}
			}
			return list, nil
		}, digestItems),
		InsertFlush: writing(func(ctx context.Context) error {
			return db.WithContext(ctx).CreateInBatches(newItems(s.Write, 0), 500).Error
		}),
		InsertMany: writing(func(ctx context.Context) error {
			return db.WithContext(ctx).CreateInBatches(newItems(s.Write, s.firstNew()), 500).Error
		}),
		Update: preparing(given, g.update),
		LoadChange: writing(func(ctx context.Context) error {
			list, err := given(ctx)
			if err != nil {
				return err
			}
			return g.update(ctx, some(list, s.Changed))
		}),
		DeleteRows: preparing(given, func(ctx context.Context, list []*Item) error { return db.WithContext(ctx).Delete(&list).Error }),
		DeleteKeys: writing(func(ctx context.Context) error { return db.WithContext(ctx).Delete(&Item{}, s.keys()).Error }),
		Nested:     reading(g.nested, digestFound),
		Down: reading(func(ctx context.Context) (list []*Author, err error) {
			err = db.WithContext(ctx).Preload("Books.Tags").Where("id <= ?", s.Authors).Order("id").Find(&list).Error
			return list, err
		}, digestDown),
		Up: reading(func(ctx context.Context) (list []*Book, err error) {
			err = db.WithContext(ctx).Preload("Author").Where("id <= ?", s.Authors*s.Books).Order("id").Find(&list).Error
			return list, err
		}, digestUp),
		Graph: writing(func(ctx context.Context) error { return db.WithContext(ctx).Create(newGraph(s.Graph)).Error }),
		EachFlush: writing(func(ctx context.Context) error {
			for i := range s.Flushes {
				if err := db.WithContext(ctx).Create(makeItem(i)).Error; err != nil {
					return err
				}
			}
			return nil
		}),
		Stream: reading(g.stream, func(t tally) string { return fmt.Sprint(t) }),
		Open: writing(func(ctx context.Context) error {
			handle, _, _, err := e.handle(false)
			if err != nil {
				return err
			}
			defer handle.Close()
			own, err := gorm.Open(gormDialector(e.Name, handle), gormConfig())
			if err != nil {
				return err
			}
			if err := handle.PingContext(ctx); err != nil { // as weft does: it comes with a connection
				return err
			}
			for _, m := range wide.Fifty() {
				if err := (&gorm.Statement{DB: own}).Parse(m); err != nil {
					return err
				}
			}
			return nil
		}),
	}
	return x, nil
}

// update writes rows one by one in a transaction: a row has its own values.
func (g *gormSide) update(ctx context.Context, list []*Item) error {
	return g.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		for _, it := range list {
			change(it, g.e.round)
			if err := tx.Model(it).Select("age", "score").Updates(it).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

func (g *gormSide) nested(ctx context.Context) (f found, err error) {
	where := "EXISTS (SELECT 1 FROM books b JOIN book_tags bt ON bt.book_id = b.id JOIN tags t ON t.id = bt.tag_id WHERE b.author_id = authors.id AND t.name = ?)"
	q := g.db.WithContext(ctx).Model(&Author{}).Where(where, nestedTag).Session(&gorm.Session{})
	if err := q.Count(&f.count).Error; err != nil {
		return f, err
	}
	var list []*Author
	err = q.Order("id").Limit(nestedLimit).Find(&list).Error
	for _, a := range list {
		f.keys = append(f.keys, a.ID)
	}
	return f, err
}

func (g *gormSide) stream(ctx context.Context) (t tally, err error) {
	q := g.db.WithContext(ctx).Model(&Item{}).Where("id <= ?", g.e.Sizes.Stream)
	rows, err := q.Rows()
	if err != nil {
		return t, err
	}
	defer rows.Close()
	for rows.Next() {
		it := &Item{}
		if err := g.db.ScanRows(rows, it); err != nil {
			return t, err
		}
		t.add(it)
	}
	return t, rows.Err()
}
