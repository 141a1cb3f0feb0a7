package behaviour_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// Ledger keeps documents with numbers that no float64 holds.
type Ledger struct {
	ID  int64 `orm:",assigned"`
	Map map[string]any
	Any any
	Doc struct {
		Extra any
		Ref   int64
	} `orm:",json"`
	List []any           `orm:",json"`
	Raw  json.RawMessage `orm:",nullable"`
}

// TestExactNumbersInDocuments changes one key of a document and finds the numbers
// under the others as they were.
func TestExactNumbersInDocuments(t *testing.T) {
	const great = int64(math.MaxInt64 - 1)
	engines(t, []any{Ledger{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		l := &Ledger{ID: 1, Map: map[string]any{"id": great, "in": map[string]any{"ids": []any{great, -great, 1.5}}}, Any: great, List: []any{great, "x"}, Raw: json.RawMessage("9223372036854775806")}
		l.Doc.Extra, l.Doc.Ref = map[string]any{"n": great}, great
		em.Persist(l)
		ok(t, em.Flush(t.Context()))
		for _, key := range []string{"a", "b"} { // twice: read, change, write
			em = e.db.Fork()
			got, err := orm.FindOneOrFail[Ledger](t.Context(), em, 1)
			ok(t, err)
			idle(t, em)
			got.Map[key] = "new"
			got.List = append(got.List, key)
			got.Doc.Extra.(map[string]any)[key] = true
			ok(t, em.Flush(t.Context()))
		}
		got, err := orm.FindOneOrFail[Ledger](t.Context(), e.db.Fork(), 1)
		ok(t, err)
		const want = `{"ID":1,"Map":{"a":"new","b":"new","id":9223372036854775806,"in":{"ids":[9223372036854775806,-9223372036854775806,1.5]}},` +
			`"Any":9223372036854775806,"Doc":{"Extra":{"a":true,"b":true,"n":9223372036854775806},"Ref":9223372036854775806},` +
			`"List":[9223372036854775806,"x","a","b"],"Raw":9223372036854775806}`
		if text := encode(t, got); text != want {
			t.Errorf("got %s, want %s", text, want)
		}
		for _, where := range []orm.M{{"map.id": great}, {"map.id:gt": great - 1}, {"doc.Ref": great}} {
			n, err := orm.Count[Ledger](t.Context(), e.db.Fork(), where)
			if err != nil || n != 1 {
				t.Errorf("%v finds %d, %v", where, n, err)
			}
		}
		for _, where := range []orm.M{{"map.id": great - 1}, {"map.id:gt": great}, {"doc.Ref:lt": great}} {
			n, err := orm.Count[Ledger](t.Context(), e.db.Fork(), where)
			if err != nil || n != 0 {
				t.Errorf("%v finds %d, %v", where, n, err)
			}
		}
		type row struct{ Map map[string]any }
		rows, err := orm.Result[row](t.Context(), em, orm.QB[Ledger](em, "l").Select("map"))
		ok(t, err)
		if id := rows[0].Map["id"]; id != great {
			t.Errorf("a result holds %v", id)
		}
	})
}
