package mistakes

import (
	"context"

	"example.org/shop/library"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
)

func steps(ctx context.Context, em *orm.EntityManager) {
	orm.All[library.Author](ctx, em, orm.QB[library.Author](em, "a").Where(orm.M{"nmae": "x"}))                                 // want `^conditions: parse: Author\.nmae: unknown property \(did you mean "name"\?\)$`
	orm.All[library.Author](ctx, em, orm.QB[library.Author](em, "a").Join("boks", "b"))                                         // want `^qb: Join: Author\.boks: unknown property \(did you mean "books"\?\)$`
	orm.All[library.Author](ctx, em, orm.QB[library.Author](em, "a").Join("books", "b").Where(orm.M{"b.titel": "x"}))           // want `^conditions: parse: Author\.b\.titel: unknown property \(did you mean "title"\?\)$`
	orm.All[library.Author](ctx, em, orm.QB[library.Author](em, "a").LeftJoin("books", "b").Where(orm.M{"c.title": "x"}))       // want `^conditions: parse: Author\.c: unknown property$`
	orm.All[library.Author](ctx, em, orm.QB[library.Author](em, "a").Join("books", "b").Join("books", "b"))                     // want `^qb: Join: Author\.b: step does not fit \(the alias is taken\)$`
	orm.All[library.Author](ctx, em, orm.QB[library.Author](em, "a").Join("books", ""))                                         // want `^qb: Join: Author: step does not fit \(a join needs an alias of its own\)$`
	orm.All[library.Author](ctx, em, orm.QB[library.Author](em, "a").OrderBy("a.nmae"))                                         // want `^qb: OrderBy: Author\.a\.nmae: unknown property \(did you mean "name"\?\)$`
	orm.All[library.Author](ctx, em, orm.QB[library.Author](em, "a").Limit(-1))                                                 // want `^qb: Limit: Author: step does not fit \(a limit is not negative\)$`
	orm.All[library.Author](ctx, em, orm.QB[library.Author](em, "a").Where(orm.M{"age >": "x"}))                                // want `^conditions: bind: Author\.age: cannot use string as int: must be an integer$`
	orm.All[library.Author](ctx, em, orm.QB[library.Author](em, "a").Where("lower(name) = ?"))                                  // want `^qb: Where: conditions: read: Author: the raw SQL has 1 placeholders and 0 arguments$`
	orm.All[library.Book](ctx, em, orm.QB[library.Author](em, "a"))                                                             // want `^orm: all: type is not a registered entity: the query is about Author$`
	orm.All[library.Author](ctx, em, orm.QB[library.Author](em, "a").Select("name", qb.Count("books").As("n")).GroupBy("name")) // want `^qb: Select: Author\.count\(books\): an aggregate cannot walk a to-many relation \(join it, and aggregate over the alias of the join\)$`
	orm.All[library.Author](ctx, em, orm.QB[library.Author](em, "a").Delete().Where(orm.M{"name": "x"}))                        // want `^orm: all: invalid option: the query writes; use Exec$`
	orm.Exec(ctx, em, orm.QB[library.Author](em, "a").Delete())                                                                 // want `^qb: Author: empty condition would change every row \(add a condition, or AllowAll\)$`
	orm.Exec(ctx, em, orm.QB[library.Author](em, "a").Where(orm.M{"name": "x"}))                                                // want `^orm: exec: invalid option: the query reads; use All, One or Result$`
	orm.Exec(ctx, em, orm.QB[library.Author](em, "a").Update(orm.M{"nmae": "x"}).Where(orm.M{"id": 1}))                         // want `^qb: Update: Author\.nmae: unknown property \(did you mean "name"\?\)$`
	orm.Exec(ctx, em, orm.QB[library.Tag](em, "").Insert(orm.M{"nmae": "x"}))                                                   // want `^qb: Insert: Tag\.nmae: unknown property \(did you mean "name"\?\)$`
	orm.Exec(ctx, em, orm.QB[library.Tag](em, "").Insert(orm.M{"name": "x"}).OnConflict("nmae").Ignore())                       // want `^qb: OnConflict: Tag\.nmae: unknown property \(did you mean "name"\?\)$`
	sub := orm.QB[library.Book](em, "b").Select("author").Where(orm.M{"pags": 3})                                               // want `^conditions: parse: Book\.pags: unknown property \(did you mean "pages"\?\)$`
	orm.All[library.Author](ctx, em, orm.QB[library.Author](em, "a").Where(orm.M{"id:in": sub}))
	qb.New(em.DB().Registry(), "Author", "a").Where(orm.M{"nmae": "x"}).Query() // want `^conditions: parse: Author\.nmae: unknown property \(did you mean "name"\?\)$`
}

type titled struct {
	Title string
	Count int
}

func results(ctx context.Context, em *orm.EntityManager) {
	orm.Result[titled](ctx, em, orm.QB[library.Book](em, "b").Select("title", qb.Count().As("n")).GroupBy("title"))                        // want "^result: mistakes\\.titled has no field for the column \"n\"; is it Count\\? then tag that `orm:\"n\"`$"
	orm.Result[titled](ctx, em, orm.QB[library.Book](em, "b").Select("titel"))                                                             // want `^qb: Select: Book\.titel: unknown property \(did you mean "title"\?\)$`
	orm.Result[string](ctx, em, orm.QB[library.Book](em, "b").Select("title", "pages"))                                                    // want `^orm: result: Book: invalid option: the query has 2 columns: string takes one, a struct takes them all$`
	orm.Result[titled](ctx, em, orm.QB[library.Book](em, "b").Select("title", qb.Count().As("count")).GroupBy("titles"))                   // want `^qb: GroupBy: Book\.titles: unknown property \(did you mean "title"\?\)$`
	orm.Result[titled](ctx, em, orm.QB[library.Book](em, "b").Select("title", "count(*)").GroupBy("title").Having(orm.M{"cuont(*) >": 3})) // want `^qb: Having: conditions: parse: Book\.cuont\(\*\): there is no aggregate cuont \(did you mean "count"\?\)$`
}
