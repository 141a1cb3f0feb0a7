package mistakes

import (
	"context"

	"example.org/shop/library"
	"github.com/weft-orm/weft/orm"
)

func natives(ctx context.Context, em *orm.EntityManager, tags []*library.Tag) {
	orm.NativeUpdate[library.Author](ctx, em, orm.M{"nmae": "x"}, orm.M{"active": true}) // want `^conditions: parse: Author\.nmae: unknown property \(did you mean "name"\?\)$`
	orm.NativeUpdate[library.Author](ctx, em, orm.M{"name": "x"}, orm.M{"activ": true})  // want `^qb: Update: Author\.activ: unknown property \(did you mean "active"\?\)$`
	orm.NativeUpdate[library.Author](ctx, em, orm.M{"name": "x"}, orm.M{"age": "x"})     // want `^qb: Update: Author\.age: mapper: cannot use string as int: must be an integer$`
	orm.NativeUpdate[library.Author](ctx, em, nil, orm.M{"active": true})                // want `^qb: Author: empty condition would change every row \(add a condition, or AllowAll\)$`
	orm.NativeDelete[library.Author](ctx, em, orm.M{})                                   // want `^qb: Author: empty condition would change every row \(add a condition, or AllowAll\)$`
	orm.NativeInsert[library.Tag](ctx, em, orm.M{"nmae": "x"})                           // want `^qb: Insert: Tag\.nmae: unknown property \(did you mean "name"\?\)$`
	orm.NativeInsert[library.Tag](ctx, em, orm.M{"name": "x"}, orm.M{"id": 3})           // want `^qb: Insert: Tag: step does not fit \(every row must name the same properties\)$`
	orm.NativeUpsert[library.Tag](ctx, em, []string{"nmae"}, orm.M{"name": "x"})         // want `^qb: Upsert: Tag\.nmae: unknown property \(did you mean "name"\?\)$`
	orm.BulkUpsert(ctx, em, tags, orm.ConflictOn("nmae"))                                // want `^orm: bulk upsert: Tag\.nmae: unknown property: did you mean name\?$`
}

func unknownValues(ctx context.Context, em *orm.EntityManager, name string, age any) {
	orm.NativeUpdate[library.Author](ctx, em, orm.M{"name": name}, orm.M{"nmae": name, "age": age})         // want `^qb: Update: Author\.nmae: unknown property \(did you mean "name"\?\)$`
	orm.NativeInsert[library.Tag](ctx, em, orm.M{"nam": name})                                              // want `^qb: Insert: Tag\.nam: unknown property \(did you mean "name"\?\)$`
	orm.Exec(ctx, em, orm.QB[library.Author](em, "").Where(orm.M{"aeg": age}).Update(orm.M{"name": name}))  // want `^conditions: parse: Author\.aeg: unknown property \(did you mean "age"\?\)$`
	orm.Exec(ctx, em, orm.QB[library.Author](em, "").Where(orm.M{"age": age}).Update(orm.M{"emial": name})) // want `^qb: Update: Author\.emial: unknown property \(did you mean "email"\?\)$`
}

func assigns(ctx context.Context, em *orm.EntityManager, author *library.Author) {
	orm.Assign(ctx, em, author, orm.M{"nmae": "x"})                                                     // want `^orm: assign: Author\.nmae: unknown property: did you mean name\?$`
	orm.Assign(ctx, em, author, orm.M{"home": orm.M{"ctiy": "x"}, "books": []any{orm.M{"titel": "x"}}}) // want `^orm: assign: Author\.home\.ctiy: unknown property: did you mean city\?$` `^orm: assign: Book\.titel: unknown property: did you mean title\?$`
	orm.Assign(ctx, em, author, orm.M{"age": "old"})                                                    // want `^orm: assign: Author\.age: invalid value: cannot use string as int: must be an integer$`
	orm.Assign(ctx, em, author, orm.M{"name": "x"}, orm.AssignOnly("nmae", "books.titel"))              // want `^orm: assign: Author\.nmae: unknown property: did you mean name\?$` `^orm: assign: Author\.books\.titel: unknown property: did you mean title\?$`
}

func policies(db *orm.DB, raw []byte) {
	orm.FromJSON[library.Author](db, raw, orm.Policy{Paths: []string{"nmae", "books.*", "books.titel"}})           // want `^conditions: parse: Author\.nmae: unknown property \(did you mean "name"\?\)$` `^conditions: parse: Author\.books\.titel: unknown property \(did you mean "title"\?\)$`
	orm.FromJSON[library.Author](db, raw, orm.Policy{Paths: []string{"name"}, Operators: []string{"$lkie", "eq"}}) // want `^conditions: parse: Author \$lkie: unknown operator \(did you mean "\$like"\?\)$` `^conditions: json: the operator eq of a policy is written \$eq$`
}
