package main

import (
	"context"
	"strings"

	"example.org/shop/programs/batch/rows"
	"github.com/weft-orm/weft/orm"
)

// Things that look like mistakes and are none.

type level int

type options struct{ sort string }

func (o *options) defaults() {
	if o.sort == "" {
		o.sort = "id"
	}
}

func later(ctx context.Context, em *orm.EntityManager) error {
	var order string
	find := func() error {
		_, err := orm.Find[rows.Entry](ctx, em, nil, orm.OrderBy(order))
		return err
	}
	order = "kind"
	if err := find(); err != nil {
		return err
	}
	o := options{sort: ""}
	o.defaults()
	_, err := orm.Find[rows.Entry](ctx, em, nil, orm.OrderBy(o.sort))
	return err
}

func seeded(ctx context.Context, em *orm.EntityManager, first rows.Firm) error {
	for _, f := range []rows.Firm{{}, {}} {
		em.Persist(&f)
	}
	first.Staff.Add(&rows.Person{})
	em.Persist(&first)
	return em.Flush(ctx)
}

func already(ctx context.Context, em *orm.EntityManager, given []*rows.Entry) error {
	entries, err := orm.Find[rows.Entry](ctx, em, nil, orm.Populate("account.owner"))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if _, err := e.Account.Load(ctx); err != nil {
			return err
		}
	}
	for _, e := range given {
		if _, err := e.Account.Load(ctx); err != nil {
			return err
		}
	}
	some, err := orm.Find[rows.Entry](ctx, em, nil)
	for _, e := range some {
		if e.Amount > 3 {
			_, err := e.Account.Load(ctx)
			return err
		}
	}
	return err
}

func exclusive(ctx context.Context, em *orm.EntityManager, left, strict bool, path string) error {
	q := orm.QB[rows.Entry](em, "e")
	if left {
		q = q.LeftJoin("account", "a")
	} else {
		q = q.Join("account", "a")
	}
	q = q.Where(orm.M{"a.number": "x"})
	if strict {
		q = q.Where(orm.M{"a.limit >": 3})
	}
	if path != "" {
		q = q.OrderBy(path)
	}
	_, err := orm.All[rows.Entry](ctx, em, q)
	return err
}

func hierarchies(ctx context.Context, em *orm.EntityManager, at any) error {
	_, err := orm.Find[rows.Party](ctx, em, orm.M{"born >": 1900, "staff.born": at, "Person.born": nil, "$or": []orm.M{{"name": at}, {"id": at}}}, orm.OrderBy("born"))
	return err
}

func dated(ctx context.Context, em *orm.EntityManager, since, kind string, amount any) error {
	_, err := orm.Result[map[string]any](ctx, em, orm.QB[rows.Entry](em, "e").Where(orm.M{"amount >": amount, "kind": kind}).
		Where("created > ?", since).Select("kind").Having(orm.M{"count(*) >": amount}).GroupBy("kind"))
	if err != nil {
		return err
	}
	_, err = orm.Exec(ctx, em, orm.QB[rows.Entry](em, "").Update(orm.M{"kind": kind, "amount": amount}).Where(orm.M{"state": rows.Open}))
	return err
}

func meant(ctx context.Context, em *orm.EntityManager) error {
	_, err := orm.Find[rows.Entry](ctx, em, orm.M{"knid": 1}) //weftvet:ignore the caller wants the error
	if err == nil {
		//weftvet:ignore and this one
		_, err = orm.Find[rows.Entry](ctx, em, nil, orm.OrderBy("knid"))
	}
	return err
}

// handed gives a manager to a goroutine, and goes on with it when that is done.
func handed(ctx context.Context, em *orm.EntityManager) error {
	em.Persist(&rows.Entry{})
	done := make(chan error)
	go func() { done <- em.Flush(ctx) }()
	if err := <-done; err != nil {
		return err
	}
	return em.Flush(ctx)
}

func entry() (context.Context, *orm.EntityManager, any) { return nil, nil, nil }

func spread() error {
	_, err := orm.FindOne[rows.Entry](entry())
	return err
}

func keyed(ctx context.Context, em *orm.EntityManager, field string, values map[string]any) error {
	where := orm.M{strings.ToLower(field): 1, "$and": []any{values}}
	for k, v := range values {
		where[k] = v
	}
	_, err := orm.Find[rows.Entry](ctx, em, where)
	return err
}
