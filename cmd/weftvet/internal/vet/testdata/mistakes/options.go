package mistakes

import (
	"context"

	"example.org/shop/library"
	"github.com/weft-orm/weft/orm"
)

func populates(ctx context.Context, em *orm.EntityManager, list []*library.Author, author *library.Author) {
	orm.Find[library.Author](ctx, em, nil, orm.Populate("book"))                                                                              // want `^populate: Author\.book: unknown relation \(did you mean "books"\?\)$`
	orm.Find[library.Author](ctx, em, nil, orm.Populate("books.tag", "books.author"))                                                         // want `^populate: Author\.books\.tag: unknown relation \(did you mean "tags"\?\)$`
	orm.Find[library.Author](ctx, em, nil, orm.Populate("name"))                                                                              // want `^populate: Author\.name: unknown relation: Author\.name is no relation, nor lazy$`
	orm.Find[library.Author](ctx, em, nil, orm.PopulateHint(orm.Hint{Path: "books", Where: orm.M{"titel": "x"}, OrderBy: []string{"-page"}})) // want `^conditions: parse: Book\.titel: unknown property \(did you mean "title"\?\)$` `^qb: Book\.page: unknown property \(did you mean "pages"\?\)$`
	orm.Find[library.Book](ctx, em, nil, orm.PopulateHint(orm.Hint{Path: "author", Limit: 3}))                                                // want `^populate: Book\.author: a to-one relation has no order, limit or offset$`
	orm.Find[library.Author](ctx, em, nil, orm.PopulateHint(orm.Hint{Path: "books", Fields: []string{"titel"}}))                              // want `^populate: Author\.books\.titel: unknown property \(did you mean "title"\?\)$`
	orm.Find[library.Author](ctx, em, nil, orm.Populate("books"), orm.PopulateWhere(orm.M{"name": "x"}))                                      // want `^populate: Author\.where: the condition on what is loaded speaks of no to-many relation that is populated$`
	orm.Find[library.Author](ctx, em, nil, orm.Populate("books"), orm.Strategy("join"))                                                       // want `^populate: Author\.books: unknown strategy "join"$`
	orm.PopulateAll(ctx, em, list, orm.Populate("boks"))                                                                                      // want `^populate: Author\.boks: unknown relation \(did you mean "books"\?\)$`
	orm.Load(ctx, em, author, "boooks")                                                                                                       // want `^populate: Author\.boooks: unknown relation \(did you mean "books"\?\)$`
	orm.Key(em, author, "books")                                                                                                              // want `^orm: key: Author\.books: unknown relation: it is not a to-one relation$`
	orm.IsLoaded(em, author, "emial")                                                                                                         // want `^orm: is loaded: Author\.emial: unknown property: did you mean email\?$`
}

func orders(ctx context.Context, em *orm.EntityManager) {
	orm.Find[library.Author](ctx, em, nil, orm.OrderBy("nmae"))                                            // want `^qb: Author\.nmae: unknown property \(did you mean "name"\?\)$`
	orm.Find[library.Author](ctx, em, nil, orm.OrderBy("name", "-books.titl"))                             // want `^qb: Author\.books\.titl: unknown property \(did you mean "title"\?\)$`
	orm.Find[library.Author](ctx, em, nil, orm.OrderBy("name descending"))                                 // want `^qb: Author\.name descending: malformed order \(after the path come asc or desc, nulls first or last, number, string or bool\)$`
	orm.Find[library.Author](ctx, em, nil, orm.OrderBy("name desc nulls"))                                 // want `^qb: Author\.name desc nulls: malformed order \(nulls first, or nulls last\)$`
	orm.Find[library.Author](ctx, em, nil, orm.OrderBy(orm.M{"home": orm.M{"cty": "asc"}}))                // want `^qb: Author\.home\.cty: unknown property \(did you mean "city"\?\)$`
	orm.Find[library.Author](ctx, em, nil, orm.OrderBy("meta"))                                            // want `^qb: Author\.meta: malformed order \(a document has no order; name a path inside\)$`
	orm.Find[library.Author](ctx, em, nil, orm.OrderBy("count(books)"))                                    // want `^qb: Author\.count\(books\): malformed order \(an aggregate orders groups: add GroupBy, or read an aggregate\)$`
	orm.Find[library.Author](ctx, em, nil, orm.OrderBy("name"), orm.Fields("name", "emial"))               // want `^qb: fields: Author\.emial: unknown property \(did you mean "email"\?\)$`
	orm.FindByCursor[library.Author](ctx, em, nil, orm.Window{First: 10}, orm.OrderBy("books.title"))      // want `^qb: cursor: Author\.books\.title: malformed order \(a cursor needs an order by properties of the root and of to-one targets\)$`
	orm.FindByCursor[library.Author](ctx, em, orm.M{"nme": 1}, orm.Window{First: 10}, orm.OrderBy("naem")) // want `^conditions: parse: Author\.nme: unknown property \(did you mean "name"\?\)$` `^qb: Author\.naem: unknown property \(did you mean "name"\?\)$`
}
