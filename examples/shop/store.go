package main

import (
	"context"
	"embed"
	"errors"
	"io/fs"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/examples/shop/model"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/orm"
)

// migrations are planned apart for each dialect, in the folder of weft.yaml:
//
//	weft migrate diff NAME --database postgres://... --dir migrations/postgres
//
//go:embed migrations
var migrations embed.FS

// open connects and brings the tables up to date. Several programs may start at once:
// each migration is applied by one of them.
func open(ctx context.Context, c driver.Connector, dialect string, opts ...orm.Option) (*orm.DB, error) {
	files, err := fs.Sub(migrations, "migrations/"+dialect)
	if err != nil {
		return nil, err
	}
	db, err := orm.Open(ctx, c, append(opts, orm.Entities(model.Entities()...))...)
	if err != nil {
		return nil, err
	}
	if err := migrate.Up(ctx, db, files); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// fill stores a few products where there are none. Of programs that start at once on an empty
// database one does so; the others find its products in their way.
func fill(ctx context.Context, em *orm.EntityManager) error {
	err := em.Transactional(ctx, stock, orm.Retry(3))
	if errors.Is(err, orm.ErrUniqueViolation) {
		return nil
	}
	return err
}

func stock(ctx context.Context, em *orm.EntityManager) error {
	n, err := orm.Count[model.Product](ctx, em, nil)
	if err != nil || n > 0 {
		return err
	}
	garden, kitchen := &model.Category{Name: "garden"}, &model.Category{Name: "kitchen"}
	for _, p := range []*model.Product{
		{SKU: "spade", Name: "Spade", Cents: 2900, Stock: 10, Facts: map[string]any{"color": "green", "kg": 1.5}},
		{SKU: "hose", Name: "Garden hose", Cents: 3900, Stock: 4, Facts: map[string]any{"color": "yellow", "meters": 20}},
	} {
		p.Categories.Add(garden)
		em.Persist(p)
	}
	pan := &model.Product{SKU: "pan", Name: "Pan", Cents: 5900, Stock: 7, Facts: map[string]any{"color": "black"}}
	pan.Categories.Add(kitchen)
	em.Persist(pan)
	return nil
}
