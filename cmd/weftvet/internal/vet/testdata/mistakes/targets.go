package mistakes

import (
	"context"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// Memo is about a Plan or a Bill.
type Memo struct {
	ID   int64
	Text string
	On   rel.Any[any] `orm:",targets=Plan|Bill"`
}

// Plan has a title and steps.
type Plan struct {
	ID    int64
	Title string
	Steps int
	Memos rel.Collection[Memo] `orm:",mappedBy=On"`
}

// Bill has a title and a sum.
type Bill struct {
	ID    int64
	Title string
	Sum   int
	Memos rel.Collection[Memo] `orm:",mappedBy=On"`
}

func targets(ctx context.Context, em *orm.EntityManager, plan *Plan) {
	orm.Find[Memo](ctx, em, orm.M{"on.Plan.title": "x", "on.sum >": 3, "onType": "plan", "on": plan}, orm.Populate("on", "on.Plan.memos"), orm.OrderBy("on.Bill.sum"))
	orm.Find[Memo](ctx, em, orm.M{"on": orm.M{"Bill": orm.M{"sum": 3}}}, orm.Populate("on.Bill"))
	orm.Find[Plan](ctx, em, orm.M{"memos.text": "x"}, orm.Populate("memos.on.Bill"))
	orm.Find[Memo](ctx, em, orm.M{"on.title": "x"})                               // want `^conditions: parse: Memo\.on\.title: ambiguous: Plan\.title and Bill\.title have this name \(write "on\.Plan\.title" or "on\.Bill\.title"\)$`
	orm.Find[Memo](ctx, em, orm.M{"on.Plan.titel": "x"})                          // want `^conditions: parse: Memo\.on\.Plan\.titel: unknown property \(did you mean "title"\?\)$`
	orm.Find[Memo](ctx, em, orm.M{"on.Pln.title": "x"})                           // want `^conditions: parse: Memo\.on\.Pln: unknown property \(did you mean "Plan"\?\)$`
	orm.Find[Memo](ctx, em, orm.M{"on.Bill.sum": "x"})                            // want `^conditions: bind: Memo\.on\.Bill\.sum: cannot use string as int: must be an integer$`
	orm.Find[Memo](ctx, em, nil, orm.Populate("on.Plan.memo"))                    // want `^populate: Memo\.on\.Plan\.memo: unknown relation \(did you mean "memos"\?\)$`
	orm.Find[Memo](ctx, em, nil, orm.OrderBy("on.title"))                         // want `^qb: Memo\.on\.title: ambiguous property \(Plan\.title and Bill\.title have this name; write "on\.Plan\.title" or "on\.Bill\.title"\)$`
	orm.NativeUpdate[Memo](ctx, em, orm.M{"id": 1}, orm.M{"onType": "plan"})      // want `^qb: Update: Memo\.onType: step does not fit \(it is written with on; set that\)$`
	orm.Assign(ctx, em, &Memo{}, orm.M{"on": orm.M{"Plan": orm.M{"titel": "x"}}}) // want `^orm: assign: Plan\.titel: unknown property: did you mean title\?$`
	orm.Assign(ctx, em, &Memo{}, orm.M{"on": orm.M{"Plan": 7}})
}

// Wrong leads to what does not fit.
type Wrong struct {
	ID int64
	On rel.Any[any] `orm:",targets=Plan|Bil"` // want `^mapper: mistakes\.Wrong\.On: targets: there is no entity "Bil"; did you mean "Bill"\?$`
}
