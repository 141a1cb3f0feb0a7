package behaviour_test

import (
	"errors"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// Sealed has everything that weft makes for a new row.
type Sealed struct {
	ID      mapper.UUID
	Name    string    `orm:",unique,length=20"`
	Mood    string    `orm:",enum=good|bad,default='good',optional"`
	Token   string    `orm:",onCreate=ulid,type=ulid"`
	Created time.Time `orm:",onCreate=now,precision=3"`
	Touched time.Time `orm:",onCreate=now,onUpdate=now,precision=3"`
	Mark    struct {
		At *time.Time `orm:",onCreate=now,precision=3"`
	}
	Owner   rel.Ref[Sealed]
	Version int `orm:",version"`
}

// TestMapsGetWhatEntitiesGet inserts and upserts rows given as maps: what weft makes
// for a new entity is there, and the rows can be read.
func TestMapsGetWhatEntitiesGet(t *testing.T) {
	engines(t, []any{Sealed{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		before := time.Now().Add(-time.Second)
		n, err := orm.NativeInsert[Sealed](t.Context(), em, orm.M{"name": "a"}, orm.M{"name": "b"})
		ok(t, err)
		if n != 2 {
			t.Errorf("%d rows", n)
		}
		n, err = orm.Exec(t.Context(), em, orm.QB[Sealed](em, "s").Insert(orm.M{"name": "c", "created": utc(2024, 2, 29), "version": 7}))
		ok(t, err)
		if n != 1 {
			t.Errorf("%d rows by the builder", n)
		}
		rows, err := orm.Find[Sealed](t.Context(), e.db.Fork(), nil, orm.OrderBy("name"))
		ok(t, err)
		if len(rows) != 3 {
			t.Fatalf("%d rows are read", len(rows))
		}
		for _, r := range rows[:2] {
			made := r.Created.After(before) && r.Touched.After(before) && r.Mark.At != nil && r.Mark.At.After(before)
			if !made || r.ID == (mapper.UUID{}) || r.Token == "" || r.Version != 1 || r.Mood != "good" {
				t.Errorf("%+v", r)
			}
		}
		if rows[0].ID == rows[1].ID || rows[0].Token == rows[1].Token {
			t.Error("rows of one call share made values")
		}
		if c := rows[2]; !c.Created.Equal(utc(2024, 2, 29)) || c.Version != 7 {
			t.Errorf("given values are gone: %+v", c)
		}
		_, err = orm.NativeUpsert[Sealed](t.Context(), em, []string{"name"}, orm.M{"name": "c", "mood": "bad"}, orm.M{"name": "d", "mood": "bad"})
		ok(t, err)
		again, err := orm.Find[Sealed](t.Context(), e.db.Fork(), orm.M{"name": []string{"c", "d"}}, orm.OrderBy("name"))
		ok(t, err)
		if c := again[0]; c.ID != rows[2].ID || c.Token != rows[2].Token || !c.Created.Equal(utc(2024, 2, 29)) || c.Version != 8 || c.Mood != "bad" || c.Touched.Before(rows[2].Touched) {
			t.Errorf("the row that was there: %+v", c)
		}
		if d := again[1]; d.Version != 1 || d.Mood != "bad" || d.Token == "" {
			t.Errorf("the new row: %+v", d)
		}
		_, err = orm.Exec(t.Context(), em, orm.QB[Sealed](em, "s").Upsert(orm.M{"name": "c", "mood": "good"}).OnConflict("name").Ignore())
		ok(t, err)
		kept, err := orm.FindOneOrFail[Sealed](t.Context(), e.db.Fork(), orm.M{"name": "c"})
		ok(t, err)
		if kept.Version != 8 || kept.Mood != "bad" {
			t.Errorf("an ignored row changed: %+v", kept)
		}
	})
}

// TestMapsAreCheckedAsEntities refuses in maps what is refused in entities.
func TestMapsAreCheckedAsEntities(t *testing.T) {
	engines(t, []any{Sealed{}}, func(t *testing.T, e engine) {
		for _, row := range []orm.M{{"name": "longer than twenty characters"}, {"name": "x", "mood": "odd"}, {"name": "a\x00"}} {
			_, err := orm.NativeInsert[Sealed](t.Context(), e.db.Fork(), row)
			if !errors.Is(err, mapper.ErrValue) {
				t.Errorf("insert of %v gives %v", row, err)
			}
			_, err = orm.NativeUpdate[Sealed](t.Context(), e.db.Fork(), nil, row, orm.AllowAll())
			if !errors.Is(err, mapper.ErrValue) {
				t.Errorf("update to %v gives %v", row, err)
			}
		}
		_, err := orm.NativeInsert[Sealed](t.Context(), e.db.Fork(), orm.M{"mood": "bad"})
		if !errors.Is(err, orm.ErrRequired) && !errors.Is(err, driver.ErrNotNullViolation) {
			t.Errorf("a row without its name gives %v", err)
		}
	})
}
