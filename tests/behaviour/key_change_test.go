package behaviour_test

import (
	"slices"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// Rows with keys that an application chooses, and values beside them that may be missing.
type (
	wharf struct {
		Code string `orm:",pk,length=10"`
		Name *string
		Rank int `orm:",unique"`
	}
	berth struct {
		Dock string `orm:",pk,length=10"`
		No   int    `orm:",pk"`
		Note *string
	}
)

// TestKeysOfManyRowsChange: rows that change alike are written together, each with its own
// values, also where the key by which they are told apart is among them: a part of it, all of
// its parts, and beside a unique value that goes round.
func TestKeysOfManyRowsChange(t *testing.T) {
	engines(t, []any{wharf{}, berth{}}, func(t *testing.T, e engine) {
		if e.caps.WholeEntities {
			t.Skip("documents keep their keys")
		}
		text := func(s string) *string { return &s }
		em := e.db.Fork()
		for i, code := range []string{"a", "b", "c"} {
			em.Persist(&wharf{Code: code, Name: text("old " + code), Rank: i}, &berth{Dock: code, No: i, Note: text("old " + code)})
		}
		ok(t, em.Flush(t.Context()))

		change := func(turn func(wharves []*wharf, berths []*berth), wantWharves, wantBerths []string) {
			t.Helper()
			em := e.db.Fork()
			wharves, err := orm.Find[wharf](t.Context(), em, nil, orm.OrderBy("code"))
			ok(t, err)
			berths, err := orm.Find[berth](t.Context(), em, nil, orm.OrderBy("dock"))
			ok(t, err)
			turn(wharves, berths)
			ok(t, em.Flush(t.Context()))
			idle(t, em)
			again := e.db.Fork()
			wharves, err = orm.Find[wharf](t.Context(), again, nil, orm.OrderBy("code"))
			ok(t, err)
			berths, err = orm.Find[berth](t.Context(), again, nil, orm.OrderBy("dock"))
			ok(t, err)
			var gotWharves, gotBerths []string
			for _, w := range wharves {
				gotWharves = append(gotWharves, encode(t, w))
			}
			for _, b := range berths {
				gotBerths = append(gotBerths, encode(t, b))
			}
			if !slices.Equal(gotWharves, wantWharves) || !slices.Equal(gotBerths, wantBerths) {
				t.Errorf("got %v %v", gotWharves, gotBerths)
			}
		}
		change(func(wharves []*wharf, berths []*berth) { // a value beside a key, and beside a part of one
			for i, w := range wharves {
				w.Code, w.Name = "x"+w.Code, text("new "+w.Code)
				berths[i].No, berths[i].Note = berths[i].No+7, text("new "+berths[i].Dock)
			}
		},
			[]string{`{"Code":"xa","Name":"new a","Rank":0}`, `{"Code":"xb","Name":"new b","Rank":1}`, `{"Code":"xc","Name":"new c","Rank":2}`},
			[]string{`{"Dock":"a","No":7,"Note":"new a"}`, `{"Dock":"b","No":8,"Note":"new b"}`, `{"Dock":"c","No":9,"Note":"new c"}`})
		change(func(wharves []*wharf, berths []*berth) { // a ring beside keys, and all parts of a key
			wharves[0].Rank, wharves[1].Rank, wharves[2].Rank = wharves[1].Rank, wharves[2].Rank, wharves[0].Rank
			for i, w := range wharves {
				w.Code = "y" + w.Code
				berths[i].Dock, berths[i].No, berths[i].Note = "y"+berths[i].Dock, berths[i].No+7, text("all "+berths[i].Dock)
			}
		},
			[]string{`{"Code":"yxa","Name":"new a","Rank":1}`, `{"Code":"yxb","Name":"new b","Rank":2}`, `{"Code":"yxc","Name":"new c","Rank":0}`},
			[]string{`{"Dock":"ya","No":14,"Note":"all a"}`, `{"Dock":"yb","No":15,"Note":"all b"}`, `{"Dock":"yc","No":16,"Note":"all c"}`})
	})
}
