package mistakes

import (
	"context"
	"strings"

	"example.org/shop/library"
	"github.com/weft-orm/weft/orm"
)

func grown(ctx context.Context, em *orm.EntityManager, name string, adult bool) {
	where := orm.M{"name": name}
	if adult {
		where["aeg >="] = 18 // want `^conditions: parse: Author\.aeg: unknown property \(did you mean "age"\?\)$`
	}
	orm.Find[library.Author](ctx, em, where)
}

func byTitle(title string) orm.M { return orm.M{"books.titl": title} } // want `^conditions: parse: Author\.books\.titl: unknown property \(did you mean "title"\?\)$`

func helped(ctx context.Context, em *orm.EntityManager) {
	orm.Find[library.Author](ctx, em, byTitle("Winter"))
}

func sorted(ctx context.Context, em *orm.EntityManager, newest bool) {
	order := "name"
	if newest {
		order = "-creatdAt" // want `^qb: Author\.creatdAt: unknown property \(did you mean "createdAt"\?\)$`
	}
	orm.Find[library.Author](ctx, em, nil, orm.OrderBy(order))
}

func optional(ctx context.Context, em *orm.EntityManager, books bool) {
	opts := []orm.FindOption{orm.OrderBy("name")}
	if books {
		opts = append(opts, orm.Populate("boks")) // want `^populate: Author\.boks: unknown relation \(did you mean "books"\?\)$`
	}
	orm.Find[library.Author](ctx, em, nil, opts...)
}

func list[T any](ctx context.Context, em *orm.EntityManager, cond orm.M, opts ...orm.FindOption) ([]*T, error) {
	return orm.Find[T](ctx, em, cond, append(opts, orm.Limit(10))...)
}

func generic(ctx context.Context, em *orm.EntityManager) {
	list[library.Tag](ctx, em, orm.M{"nmae": "x"}, orm.OrderBy("nam")) // want `^conditions: parse: Tag\.nmae: unknown property \(did you mean "name"\?\)$` `^qb: Tag\.nam: unknown property \(did you mean "name"\?\)$`
}

type Authors struct {
	*orm.Repository[library.Author]
}

func (r Authors) named(ctx context.Context, field string) ([]*library.Author, error) {
	return r.Find(ctx, orm.M{field: "x"}, orm.Populate("books.tagz")) // want `^populate: Author\.books\.tagz: unknown relation \(did you mean "tags"\?\)$`
}

func (r Authors) all(ctx context.Context) { r.named(ctx, "namee") } // want `^conditions: parse: Author\.namee: unknown property \(did you mean "name"\?\)$`

func generated(ctx context.Context, em *orm.EntityManager) {
	a := library.AuthorProps
	orm.Find[library.Author](ctx, em, orm.M{a.Books().Title() + ":gtt": 3, a.Name(): "x"}, orm.Populate(a.Books().String())) // want `^conditions: parse: Author\.books\.title gtt: unknown operator \(did you mean "gt"\?\)$`
	orm.Find[library.Book](ctx, em, orm.M{a.Age(): 3})                                                                       // want `^conditions: parse: Book\.age: unknown property$`
}

func joined(ctx context.Context, em *orm.EntityManager) {
	path := strings.Join([]string{"books", "tags"}, ".")               // not followed
	orm.Find[library.Author](ctx, em, nil, orm.Populate(path, "book")) // want `^populate: Author\.book: unknown relation \(did you mean "books"\?\)$`
}
