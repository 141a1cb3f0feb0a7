package contest

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"github.com/weft-orm/weft/bench/internal/ent"
	entauthor "github.com/weft-orm/weft/bench/internal/ent/author"
	entbook "github.com/weft-orm/weft/bench/internal/ent/book"
	"github.com/weft-orm/weft/bench/internal/ent/item"
	enttag "github.com/weft-orm/weft/bench/internal/ent/tag"
)

type entSide struct {
	e *Engine
	c *ent.Client
}

func openEnt(e *Engine) (*Entrant, error) {
	handle, wire, n, err := e.handle(false)
	if err != nil {
		return nil, err
	}
	name := map[string]string{"sqlite": dialect.SQLite, "postgres": dialect.Postgres, "mariadb": dialect.MySQL}[e.Name]
	c := ent.NewClient(ent.Driver(entsql.OpenDB(name, handle)))
	t := &entSide{e, c}
	s := e.Sizes
	x := counting(&Entrant{Name: "ent", Peer: true, Close: func() { handle.Close() }}, wire, n)
	x.Jobs = map[string]*Job{
		ReadAll: reading(func(ctx context.Context) ([]*ent.Item, error) {
			return c.Item.Query().Where(item.IDLTE(int64(s.Read))).All(ctx)
		}, digestEnt),
		List: reading(func(ctx context.Context) ([]*ent.Item, error) {
			return c.Item.Query().Where(item.IDGT(2000), item.IDLTE(10000), item.AgeLT(50)).Order(ent.Asc(item.FieldID)).Limit(100).All(ctx)
		}, digestEnt),
		ByKey: reading(func(ctx context.Context) ([]*ent.Item, error) {
			list := make([]*ent.Item, s.Keys)
			for i := range list {
				var err error
				if list[i], err = c.Item.Get(ctx, s.keyAt(i)); err != nil {
					return nil, err
				}
			}
			return list, nil
		}, digestEnt),
		InsertFlush: writing(func(ctx context.Context) error { return t.insert(ctx, newItems(s.Write, 0)) }),
		InsertMany:  writing(func(ctx context.Context) error { return t.insert(ctx, newItems(s.Write, s.firstNew())) }),
		Update:      preparing(t.given, t.update),
		LoadChange: writing(func(ctx context.Context) error {
			list, err := t.given(ctx)
			if err != nil {
				return err
			}
			return t.update(ctx, some(list, s.Changed))
		}),
		DeleteKeys: writing(func(ctx context.Context) error {
			_, err := c.Item.Delete().Where(item.IDIn(s.keys()...)).Exec(ctx)
			return err
		}),
		DeleteRows: preparing(t.given, func(ctx context.Context, list []*ent.Item) error {
			keys := make([]int64, len(list))
			for i, it := range list {
				keys[i] = it.ID
			}
			_, err := c.Item.Delete().Where(item.IDIn(keys...)).Exec(ctx)
			return err
		}),
		Nested: reading(t.nested, digestFound),
		Down: reading(func(ctx context.Context) ([]*ent.Author, error) {
			return c.Author.Query().Where(entauthor.IDLTE(int64(s.Authors))).Order(ent.Asc(entauthor.FieldID)).
				WithBooks(func(q *ent.BookQuery) { q.WithTags() }).All(ctx)
		}, digestEntDown),
		Up: reading(func(ctx context.Context) ([]*ent.Book, error) {
			return c.Book.Query().Where(entbook.IDLTE(int64(s.Authors * s.Books))).Order(ent.Asc(entbook.FieldID)).WithAuthor().All(ctx)
		}, digestEntUp),
		Graph: writing(func(ctx context.Context) error { return t.persist(ctx, newGraph(s.Graph)) }),
		EachFlush: writing(func(ctx context.Context) error {
			for i := range s.Flushes {
				if _, err := t.create(makeItem(i)).Save(ctx); err != nil {
					return err
				}
			}
			return nil
		}),
		Stream: reading(t.stream, func(t tally) string { return fmt.Sprint(t) }),
	}
	return x, nil
}

func digestEnt(list []*ent.Item) string {
	d := newDigest()
	for _, it := range list {
		d.item(it.ID, it.Name, it.Email, it.City, it.Age, it.Points, it.Score, it.Active, it.Data, it.CreatedAt)
	}
	return d.sum()
}

func (t *entSide) given(ctx context.Context) ([]*ent.Item, error) {
	return t.c.Item.Query().Where(item.IDGTE(t.e.Sizes.firstNew())).All(ctx)
}

func (t *entSide) create(it *Item) *ent.ItemCreate {
	c := t.c.Item.Create().SetName(it.Name).SetEmail(it.Email).SetNillableCity(it.City).SetAge(it.Age).SetNillablePoints(it.Points).
		SetScore(it.Score).SetActive(it.Active).SetData(it.Data).SetCreatedAt(it.CreatedAt)
	if it.ID != 0 {
		c.SetID(it.ID)
	}
	return c
}

// insert makes batches that fit the parameters of SQLite.
func (t *entSide) insert(ctx context.Context, list []*Item) error {
	for len(list) > 0 {
		n := min(len(list), 1000)
		creates := make([]*ent.ItemCreate, n)
		for i, it := range list[:n] {
			creates[i] = t.create(it)
		}
		if _, err := t.c.Item.CreateBulk(creates...).Save(ctx); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// update writes rows one by one in a transaction: a row has its own values.
func (t *entSide) update(ctx context.Context, list []*ent.Item) error {
	tx, err := t.c.Tx(ctx)
	if err != nil {
		return err
	}
	for _, it := range list {
		own := Item{ID: it.ID}
		change(&own, t.e.round)
		if err := tx.Item.Update().Where(item.ID(it.ID)).SetAge(own.Age).SetScore(own.Score).Exec(ctx); err != nil {
			tx.Rollback()
			return err
		}
	}
	return tx.Commit()
}

func (t *entSide) nested(ctx context.Context) (f found, err error) {
	q := t.c.Author.Query().Where(entauthor.HasBooksWith(entbook.HasTagsWith(enttag.Name(nestedTag))))
	n, err := q.Clone().Count(ctx)
	if err != nil {
		return f, err
	}
	f.count = int64(n)
	list, err := q.Order(ent.Asc(entauthor.FieldID)).Limit(nestedLimit).All(ctx)
	for _, a := range list {
		f.keys = append(f.keys, a.ID)
	}
	return f, err
}

// stream reads pages by key, the only way it has.
func (t *entSide) stream(ctx context.Context) (sum tally, err error) {
	last, end := int64(0), int64(t.e.Sizes.Stream)
	for last < end {
		list, err := t.c.Item.Query().Where(item.IDGT(last), item.IDLTE(end)).Order(ent.Asc(item.FieldID)).Limit(1000).All(ctx)
		if err != nil || len(list) == 0 {
			return sum, err
		}
		for _, it := range list {
			sum.add(&Item{ID: it.ID, Name: it.Name, Email: it.Email, Data: it.Data})
		}
		last = list[len(list)-1].ID
	}
	return sum, nil
}

func digestEntDown(list []*ent.Author) string {
	var nodes []node
	for _, a := range list {
		for _, b := range a.Edges.Books {
			n := node{author: a.ID, book: b.ID, text: a.Name + b.Title}
			for _, t := range b.Edges.Tags {
				n.tags = append(n.tags, t.ID)
			}
			nodes = append(nodes, n)
		}
	}
	return digestNodes(nodes)
}

func digestEntUp(list []*ent.Book) string {
	nodes := make([]node, len(list))
	for i, b := range list {
		nodes[i] = node{author: b.Edges.Author.ID, book: b.ID, text: b.Edges.Author.Name + b.Title}
	}
	return digestNodes(nodes)
}

func (t *entSide) persist(ctx context.Context, authors []*Author) error {
	tx, err := t.c.Tx(ctx)
	if err != nil {
		return err
	}
	if err := entGraph(ctx, tx, authors); err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

func entGraph(ctx context.Context, tx *ent.Tx, authors []*Author) error {
	books, tags := parts(authors)
	made, err := tx.Author.MapCreateBulk(authors, func(c *ent.AuthorCreate, i int) { c.SetName(authors[i].Name) }).Save(ctx)
	if err != nil {
		return err
	}
	for i, a := range authors {
		for _, b := range a.Books {
			b.AuthorID = made[i].ID
		}
	}
	labels, err := tx.Tag.MapCreateBulk(tags, func(c *ent.TagCreate, i int) { c.SetName(tags[i].Name) }).Save(ctx)
	if err != nil {
		return err
	}
	for i, t := range labels {
		tags[i].ID = t.ID
	}
	return tx.Book.MapCreateBulk(books, func(c *ent.BookCreate, i int) {
		c.SetTitle(books[i].Title).SetAuthorID(books[i].AuthorID)
		for _, t := range books[i].Tags {
			c.AddTagIDs(t.ID)
		}
	}).Exec(ctx)
}
