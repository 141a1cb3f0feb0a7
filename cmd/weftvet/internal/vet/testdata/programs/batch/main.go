// Command batch moves rows, with helpers and generics of its own.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"iter"
	"log"
	"slices"

	"example.org/shop/programs/batch/rows"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
)

type job[T any] struct {
	name  string
	where orm.M
	opts  []orm.FindOption
	do    func(*T) error
}

func run[T any](ctx context.Context, db *orm.DB, jobs ...job[T]) (n int, err error) {
	em := db.Fork()
	for _, j := range jobs {
		list, err := orm.Find[T](ctx, em, j.where, append(slices.Clone(j.opts), orm.Limit(1000))...)
		if err != nil {
			return n, fmt.Errorf("%s: %w", j.name, err)
		}
		for _, item := range list {
			if err := j.do(item); err != nil {
				return n, err
			}
			n++
		}
		if err := em.Flush(ctx); err != nil {
			return n, err
		}
		em.Clear()
	}
	return n, nil
}

func all[T any](ctx context.Context, em *orm.EntityManager, where orm.M) iter.Seq2[*T, error] {
	return orm.Stream[T](ctx, em, where, orm.ReadOnly(), orm.OrderBy("id"))
}

// in asks for one of several values under any name.
func in[V any](path string, values ...V) orm.M { return orm.M{path + ":in": values} }

func both(conds ...orm.M) orm.M {
	list := make([]any, 0, len(conds))
	for _, c := range conds {
		list = append(list, c)
	}
	return orm.M{"$and": list}
}

func open(ctx context.Context) (*orm.DB, error) {
	return orm.Open(ctx, memory.New(), orm.Entities(rows.All()...))
}

func main() {
	kind := flag.String("kind", "all", "")
	order := flag.String("order", "id", "")
	flag.Parse()
	ctx := context.Background()
	db, err := open(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	where := orm.M{"state": rows.Open}
	if *kind != "all" {
		where = both(where, in("kind", *kind), in("amount", 1.5, 2))
	}
	_, err = run(ctx, db, job[rows.Entry]{name: "entries", where: where, opts: []orm.FindOption{orm.OrderBy(*order), orm.Populate("account")}, do: func(e *rows.Entry) error {
		e.State = rows.Done
		return nil
	}})
	if err != nil {
		log.Fatal(err)
	}
	em := db.Fork()
	for e, err := range all[rows.Entry](ctx, em, in("account.number", "a", "b")) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.Amount)
	}
	if err := report(ctx, em, 2); err != nil {
		log.Fatal(err)
	}
}

// report counts by account; the steps depend on how deep it goes.
func report(ctx context.Context, em *orm.EntityManager, depth int) error {
	q := orm.QB[rows.Entry](em, "e")
	columns := []any{"account"}
	switch {
	case depth > 1:
		q = q.Join("account", "a").Join("a.owner", "o")
		columns = append(columns, "o.name")
	case depth > 0:
		q = q.LeftJoin("account", "a")
	}
	q = q.Select(append(columns, qb.Count().As("n"))...).GroupBy(columns...)
	if depth > 1 {
		q = q.OrderBy("o.name")
	}
	found, err := orm.Result[map[string]any](ctx, em, q)
	if err != nil {
		return err
	}
	slices.SortFunc(found, func(a, b map[string]any) int { return cmp.Compare(fmt.Sprint(a["n"]), fmt.Sprint(b["n"])) })
	accounts, err := orm.Find[rows.Account](ctx, em, nil)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		// Another question for each account, which no relation answers.
		n, err := orm.Count[rows.Entry](ctx, em, orm.M{"account": a, "amount >": a.Limit})
		if err != nil {
			return err
		}
		last, err := orm.FindOne[rows.Entry](ctx, em, orm.M{"account": a.ID, "amount <": n}, orm.OrderBy("-id"))
		if err != nil || last == nil {
			return err
		}
	}
	return touch(ctx, em, accounts)
}

func touch(ctx context.Context, em *orm.EntityManager, accounts []*rows.Account) error {
	set := orm.M{"limit": 3}
	for _, a := range accounts {
		set["number"] = a.Number
	}
	_, err := orm.NativeUpdate[rows.Account](ctx, em, orm.M{"number:startsWith": "x"}, set)
	if err != nil {
		return err
	}
	rowsToInsert := make([]orm.M, 0, len(accounts))
	for _, a := range accounts {
		rowsToInsert = append(rowsToInsert, orm.M{"number": a.Number, "limit": a.Limit, "owner": nil})
	}
	_, err = orm.NativeUpsert[rows.Account](ctx, em, []string{"number"}, rowsToInsert...)
	return err
}
