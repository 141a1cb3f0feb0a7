// Package mistakes holds planted mistakes, each with what the analyzer says.
package mistakes

import (
	"context"
	"time"

	"example.org/shop/library"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/orm"
)

type M = orm.M

const misspelt = "nmae"

var active = orm.M{"activ": true} // want `^conditions: parse: Author\.activ: unknown property \(did you mean "active"\?\)$`

func names(ctx context.Context, em *orm.EntityManager) {
	orm.Find[library.Author](ctx, em, orm.M{"nmae": "Jon"})                              // want `^conditions: parse: Author\.nmae: unknown property \(did you mean "name"\?\)$`
	orm.Find[library.Author](ctx, em, orm.M{"books.titel:like": "W%"})                   // want `^conditions: parse: Author\.books\.titel: unknown property \(did you mean "title"\?\)$`
	orm.Find[library.Author](ctx, em, orm.M{"books": orm.M{"tags": orm.M{"nmae": "x"}}}) // want `^conditions: parse: Author\.books\.tags\.nmae: unknown property \(did you mean "name"\?\)$`
	orm.Find[library.Author](ctx, em, M{misspelt: "Jon"})                                // want `^conditions: parse: Author\.nmae: unknown property \(did you mean "name"\?\)$`
	orm.Find[library.Author](ctx, em, orm.M{"books." + "tag.name": "x"})                 // want `^conditions: parse: Author\.books\.tag: unknown property \(did you mean "tags"\?\)$`
	orm.Find[library.Author](ctx, em, active)
	orm.FindOne[library.Author](ctx, em, orm.M{"home.ctiy": "Oslo"})                                       // want `^conditions: parse: Author\.home\.ctiy: unknown property \(did you mean "city"\?\)$`
	orm.Count[library.Book](ctx, em, orm.D{{Key: "autor.name", Value: "x"}})                               // want `^conditions: parse: Book\.autor: unknown property \(did you mean "author"\?\)$`
	orm.Find[library.Author](ctx, em, orm.M{"$or": []orm.M{{"name": "x"}, {"emial": "y"}}})                // want `^conditions: parse: Author\.emial: unknown property \(did you mean "email"\?\)$`
	orm.Find[library.Author](ctx, em, conditions.And(conditions.Eq("name", "x"), conditions.Gt("aeg", 3))) // want `^conditions: parse: Author\.aeg: unknown property \(did you mean "age"\?\)$`
	orm.Find[library.Author](ctx, em, orm.M{"name.first": "x"})                                            // want `^conditions: parse: Author\.name\.first: unknown property: name is a plain value$`
	orm.Find[library.Author](ctx, em, orm.M{"nmae": 1, "emial": 2})                                        // want `^conditions: parse: Author\.nmae: unknown property \(did you mean "name"\?\)$` `^conditions: parse: Author\.emial: unknown property \(did you mean "email"\?\)$`
	orm.FindAndCount[library.Animal](ctx, em, orm.M{"barsk": true})                                        // want `^conditions: parse: Animal\.barsk: unknown property \(did you mean "barks"\?\)$`
	orm.Repo[library.Tag](em).Find(ctx, orm.M{"nam": "x"})                                                 // want `^conditions: parse: Tag\.nam: unknown property \(did you mean "name"\?\)$`
}

func operators(ctx context.Context, em *orm.EntityManager) {
	orm.Find[library.Author](ctx, em, orm.M{"name:lkie": "x"})         // want `^conditions: parse: Author\.name lkie: unknown operator \(did you mean "like"\?\)$`
	orm.Find[library.Author](ctx, em, orm.M{"age": orm.M{"$gtt": 3}})  // want `^conditions: parse: Author\.age \$gtt: unknown operator \(did you mean "\$gt"\?\)$`
	orm.Find[library.Author](ctx, em, orm.M{"age =>": 3})              // want `^conditions: parse: Author\.age =>: unknown operator$`
	orm.Find[library.Author](ctx, em, orm.M{"age:like": "3%"})         // want `^conditions: parse: Author\.age \$like: operator is for text, not for numbers$`
	orm.Find[library.Author](ctx, em, orm.M{"name:some": orm.M{}})     // want `^conditions: parse: Author\.name \$some: operator is for to-many relations$`
	orm.Find[library.Author](ctx, em, orm.M{"name:contains": "x"})     // want `^conditions: parse: Author\.name \$contains: operator is for arrays and JSON \(did you mean "\$containsText"\?\)$`
	orm.Find[library.Author](ctx, em, orm.M{"books": orm.M{"$gt": 3}}) // want `^conditions: parse: Author\.books \$gt: operator does not fit a relation or a whole row \(name the key: "books\.id"\)$`
	orm.Find[library.Author](ctx, em, orm.M{"name $like": "x"})        // want `^conditions: parse: Author\.name \$like: unknown operator \(did you mean "name:like"\?\)$`
	orm.Find[library.Book](ctx, em, orm.M{"cover": "x"})               // want `^conditions: parse: Book\.cover \$eq: the property is not stored$`
	orm.Find[library.Author](ctx, em, orm.M{"books.title:fulltext": "x"})
}

func kinds(ctx context.Context, em *orm.EntityManager, name string, pages int, at time.Time, ids []string) {
	orm.Find[library.Author](ctx, em, orm.M{"age": "three"})                       // want `^conditions: bind: Author\.age: cannot use string as int: must be an integer$`
	orm.Find[library.Author](ctx, em, orm.M{"age >": name})                        // want `^conditions: bind: Author\.age: cannot use string as int: must be an integer$`
	orm.Find[library.Author](ctx, em, orm.M{"name": pages})                        // want `^conditions: bind: Author\.name: cannot use int as string: must be text$`
	orm.Find[library.Author](ctx, em, orm.M{"active": 1})                          // want `^conditions: bind: Author\.active: cannot use int as bool: must be a boolean$`
	orm.Find[library.Author](ctx, em, orm.M{"createdAt >": "yesterday"})           // want `^conditions: bind: Author\.createdAt: cannot use string as time\.Time: must be RFC 3339 text$`
	orm.Find[library.Author](ctx, em, orm.M{"age": at})                            // want `^conditions: bind: Author\.age: cannot use time\.Time as int: must be an integer$`
	orm.Find[library.Author](ctx, em, orm.M{"id": ids})                            // want `^conditions: bind: Author\.id: cannot use string as int64: must be an integer$`
	orm.Find[library.Book](ctx, em, orm.M{"pages": 4000})                          // want `^conditions: bind: Book\.pages: cannot use int as int8: is out of range$`
	orm.Find[library.Book](ctx, em, orm.M{"pages": 1.5})                           // want `^conditions: bind: Book\.pages: cannot use float64 as int8: must be whole and in range$`
	orm.Find[library.Book](ctx, em, orm.M{"status": "drafft"})                     // want `^conditions: bind: Book\.status: is none of the values allowed \(did you mean "draft"\?\)$`
	orm.Find[library.Book](ctx, em, orm.M{"status:in": []string{"draft", "lost"}}) // want `^conditions: bind: Book\.status: is none of the values allowed \(allowed: draft, printed, sold\)$`
	orm.Find[library.Book](ctx, em, orm.M{"author": "seven"})                      // want `^conditions: bind: Book\.author: cannot use string as int64: must be an integer$`
	orm.FindOne[library.Book](ctx, em, "seven")                                    // want `^conditions: bind: Book\.id: cannot use string as int64: must be an integer$`
	orm.Find[library.Author](ctx, em, orm.M{"name:re": "(a"})                      // want `^conditions: bind: Author\.name \$re: missing closing \): \(a$`
	orm.Find[library.Author](ctx, em, conditions.Eq("active", "yes"))              // want `^conditions: bind: Author\.active: cannot use string as bool: must be a boolean$`
}

func shapes(ctx context.Context, em *orm.EntityManager) {
	orm.Find[library.Author](ctx, em, orm.M{"$or": orm.M{"name": "x"}})                   // want `^conditions: parse: Author \$or: needs a list of conditions$`
	orm.Find[library.Author](ctx, em, orm.M{"age": orm.M{"$gt": []int{1, 2}}})            // want `^conditions: parse: Author\.age \$gt: needs a single value, not a list$`
	orm.Find[library.Author](ctx, em, orm.M{"name": orm.M{"$eq": orm.M{"x": 1}}})         // want `^conditions: parse: Author\.name \$eq: needs a value, not a map$`
	orm.Find[library.Author](ctx, em, conditions.Raw("lower(name) = ? and age > ?", "x")) // want `^conditions: read: Author: the raw SQL has 2 placeholders and 1 arguments$`
	orm.Find[library.Author](ctx, em, orm.M{"": 1})                                       // want `^conditions: parse: Author: an empty key names no property$`
	orm.FindOne[library.Author](ctx, em, orm.M{})                                         // want `^orm: find one: Author: condition is empty: give a condition, or OrderBy to choose the first$`
	orm.FindOneOrFail[library.Author](ctx, em, nil)                                       // want `^orm: find one: Author: condition is empty: give a condition, or OrderBy to choose the first$`
}
