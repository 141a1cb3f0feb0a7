package behaviour_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// Quoted has names that hold the quotation marks of every dialect.
type Quoted struct {
	ID    int64 `orm:",assigned"`
	A     string
	B     string
	C     int64
	D     []string
	E     map[string]any
	Up    rel.Ref[Quoted]
	Peers rel.Collection[Quoted]
}

// quoted maps Quoted onto names with a mark in them.
func quoted(mark string) any {
	return mapper.Define(func(e *mapper.Builder[Quoted]) {
		e.Table("the " + mark + "table" + mark)
		mapper.Field(e, func(q *Quoted) *string { return &q.A }).Column("a" + mark + "b").Unique().Length(20)
		mapper.Field(e, func(q *Quoted) *string { return &q.B }).Column(mark).Index().Length(20).Enum("x", "it's")
		mapper.Field(e, func(q *Quoted) *int64 { return &q.C }).Column("select " + mark + mark + " from").Default("7").Optional()
		mapper.Field(e, func(q *Quoted) *[]string { return &q.D }).Column("d" + mark)
		mapper.Field(e, func(q *Quoted) *map[string]any { return &q.E }).Column(mark + "e").JSON()
		mapper.Field(e, func(q *Quoted) *rel.Ref[Quoted] { return &q.Up }).JoinColumns("up" + mark).Nullable()
		mapper.Field(e, func(q *Quoted) *rel.Collection[Quoted] { return &q.Peers }).Pivot("peers " + mark).JoinColumns("from" + mark).InverseJoinColumns("to" + mark)
	})
}

// TestNamesWithQuotationMarks makes tables whose names, columns and constraints hold a
// quotation mark, writes and asks by all of them, and compares them with the mapping.
func TestNamesWithQuotationMarks(t *testing.T) {
	refuses := map[string]string{"sqlite": "`'\\", "postgres": `"`, "mysql": "`", "mongo": "$", "memory": ""}
	for name, mark := range map[string]string{"double": `"`, "back": "`", "single": "'", "bracket": "]", "space": " s", "percent": "%", "backslash": `\`, "question": "?", "dollar": "$", "colon": ":a"} {
		t.Run(name, func(t *testing.T) {
			for _, e := range testengine.All() {
				t.Run(e.Name, func(t *testing.T) {
					if strings.Contains(refuses[e.Name], mark) {
						refusesMark(t, e, mark)
						return
					}
					db := e.Open(t, orm.Entities(quoted(mark)))
					withMarks(t, engine{db: db, caps: db.Engine().Caps()})
				})
			}
		})
	}
}

// refusesMark opens the database with names that it cannot have.
func refusesMark(t *testing.T, e testengine.Engine, mark string) {
	_, err := orm.Open(t.Context(), e.Connector(t), orm.Entities(quoted(mark)))
	var mistakes *mapper.MappingError
	if !errors.As(err, &mistakes) || len(mistakes.Problems) < 5 {
		t.Fatalf("got %v", err)
	}
	for _, p := range mistakes.Problems {
		if !strings.Contains(p.Message, "which cannot be quoted in statements about tables") {
			t.Errorf("got %s", p)
		}
	}
}

func withMarks(t *testing.T, e engine) {
	em := e.db.Fork()
	one, two := &Quoted{ID: 1, A: "a", B: "x", D: []string{"d"}, E: map[string]any{"k": 1}}, &Quoted{ID: 2, A: "b", B: "it's", D: []string{}, E: map[string]any{}}
	two.Up = orm.To(one)
	two.Peers.Add(one)
	em.Persist(two)
	ok(t, em.Flush(t.Context()))
	two.A, two.C = "c", 8
	ok(t, em.Flush(t.Context()))
	ok(t, orm.BulkInsert(t.Context(), em, []*Quoted{{ID: 3, A: "z", B: "x", D: []string{}, E: map[string]any{}}}))
	_, err := orm.NativeUpdate[Quoted](t.Context(), em, orm.M{"a": "z"}, orm.M{"b": "it's"})
	ok(t, err)
	ok(t, orm.BulkUpsert(t.Context(), em, []*Quoted{{ID: 3, A: "y", B: "x", C: 9, D: []string{}, E: map[string]any{}}}))
	for _, where := range []orm.M{
		{"id": 2}, {"a": "c"}, {"b": "it's"}, {"c": 8}, {"up.a": "a"}, {"up": 1}, {"peers.b": "x"}, {"peers": orm.M{"$some": orm.M{"a": "a"}}}, {"a:in": []string{"c"}}, {"up": orm.M{"e.k": 1}}, {"up.d:contains": []string{"d"}},
	} {
		for _, strategy := range []string{"select-in", "joined"} {
			got, err := orm.Find[Quoted](t.Context(), e.db.Fork(), where, orm.OrderBy("b", "up.a"), orm.Populate("up", "peers"), orm.Strategy(strategy))
			if err != nil || len(got) != 1 || got[0].ID != 2 || got[0].Up.Get().A != "a" || got[0].Peers.Len() != 1 {
				t.Errorf("%v finds %d, %v", where, len(got), err)
			}
		}
	}
	if !e.caps.Checks {
		return
	}
	plan, err := schema.Diff(t.Context(), e.db)
	ok(t, err)
	if text := plan.String(); !plan.IsEmpty() {
		t.Errorf("the tables differ from the mapping they were made of:\n%s", text)
	}
}
