package behaviour_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// TestPartsOfAnEmbeddable reads an embeddable behind a pointer in parts, of which the later
// ones are NULL: what was read before stays, and a read of all completes it.
func TestPartsOfAnEmbeddable(t *testing.T) {
	engines(t, model.Shop(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		em.Persist(&model.Customer{Name: "Ann", Work: &model.Address{Street: "", City: "x"}})
		ok(t, em.Flush(t.Context()))
		em = e.db.Fork()
		read := func(fields ...string) *model.Customer {
			t.Helper()
			found, err := orm.Find[model.Customer](t.Context(), em, nil, orm.Fields(fields...))
			ok(t, err)
			return found[0]
		}
		c := read("work.street", "work.city")
		if c.Work == nil || c.Work.City != "x" {
			t.Fatalf("read %+v", c.Work)
		}
		read("work.zip")
		if c.Work == nil || c.Work.City != "x" {
			t.Errorf("after a read of what is NULL: %+v", c.Work)
		}
		idle(t, em)
		found, err := orm.Find[model.Customer](t.Context(), em, nil)
		ok(t, err)
		if c := found[0]; c.Work == nil || c.Work.City != "x" {
			t.Errorf("after a read of all: %+v", c.Work)
		}
		idle(t, em)
		other := e.db.Fork()
		theirs, err := orm.FindOneOrFail[model.Customer](t.Context(), other, c.ID)
		ok(t, err)
		theirs.Work = nil
		ok(t, other.Flush(t.Context()))
		if ok(t, em.Refresh(t.Context(), c)); c.Work != nil {
			t.Errorf("after a refresh: %+v", c.Work)
		}
		idle(t, em)
	})
}

// documented keeps documents.
type documented struct {
	ID    int64
	Name  string
	Place documentedPlace   `orm:",json"`
	Past  []documentedPlace `orm:",json"`
}

type documentedPlace struct {
	City string `json:"city"`
	Zip  string `json:"zip"`
}

// TestPartsOfADocument names a place inside a document, which is read whole and written by its changes.
func TestPartsOfADocument(t *testing.T) {
	engines(t, []any{documented{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		em.Persist(&documented{ID: 1, Name: "Ann", Place: documentedPlace{"Oslo", "0150"}, Past: []documentedPlace{{"Rome", ""}}})
		ok(t, em.Flush(t.Context()))
		em = e.db.Fork()
		d, err := orm.FindOneOrFail[documented](t.Context(), em, 1, orm.Fields("place.city"))
		ok(t, err)
		if d.Name != "" || d.Place.City != "Oslo" || d.Past != nil {
			t.Errorf("read %+v", d)
		}
		d.Place.City = "Bergen"
		ok(t, em.Flush(t.Context()))
		d, err = orm.FindOneOrFail[documented](t.Context(), e.db.Fork(), 1, orm.Fields("place", "past.city"))
		ok(t, err)
		if (d.Place != documentedPlace{"Bergen", "0150"}) || len(d.Past) != 1 {
			t.Errorf("written %+v", d)
		}
	})
}
