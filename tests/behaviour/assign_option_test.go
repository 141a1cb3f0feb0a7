package behaviour_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

type (
	// Setup has documents and relations for the options of Assign.
	Setup struct {
		ID    int64
		Name  string
		Doc   map[string]any            `orm:",json"`
		Raw   json.RawMessage           `orm:",nullable"`
		Owner rel.Ref[SetupOwner]       `orm:",nullable"`
		Parts rel.Collection[SetupPart] `orm:",pivot=setup_links"`
	}
	// SetupOwner is referred to.
	SetupOwner struct {
		ID   int64
		Name string
	}
	// SetupPart is an item.
	SetupPart struct {
		ID   int64
		Name string
	}
)

func setups() []any { return []any{Setup{}, SetupOwner{}, SetupPart{}} }

func setup(t *testing.T, e engine) (*orm.EntityManager, *Setup) {
	t.Helper()
	em := e.db.Fork()
	s := &Setup{Name: "a", Doc: map[string]any{"a": "x", "b": map[string]any{"c": "y", "d": "z"}}, Raw: json.RawMessage(`{"k":1}`), Owner: orm.To(&SetupOwner{Name: "Ann"})}
	s.Parts.Add(&SetupPart{Name: "one"})
	em.Persist(s)
	ok(t, em.Flush(t.Context()))
	em = e.db.Fork()
	s, err := orm.FindOneOrFail[Setup](t.Context(), em, s.ID, orm.Populate("parts", "owner"))
	ok(t, err)
	return em, s
}

func TestAssignMergesDocuments(t *testing.T) {
	engines(t, setups(), func(t *testing.T, e engine) {
		em, s := setup(t, e)
		ok(t, orm.Assign(t.Context(), em, s, orm.M{"doc": orm.M{"a": nil, "b": orm.M{"c": "new", "e": []any{"1"}}}, "raw": orm.M{"l": "2"}}, orm.MergeDocuments()))
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		back, err := orm.FindOneOrFail[Setup](t.Context(), e.db.Fork(), s.ID)
		ok(t, err)
		if got := fmt.Sprint(back.Doc); got != "map[b:map[c:new d:z e:[1]]]" {
			t.Error(got)
		}
		var raw map[string]any
		ok(t, json.Unmarshal(back.Raw, &raw))
		if fmt.Sprint(raw) != "map[k:1 l:2]" {
			t.Error(raw)
		}
		ok(t, orm.Assign(t.Context(), em, s, orm.M{"doc": orm.M{"only": "this"}}))
		if fmt.Sprint(s.Doc) != "map[only:this]" {
			t.Error(s.Doc)
		}
	})
}

func TestAssignAddsItems(t *testing.T) {
	engines(t, setups(), func(t *testing.T, e engine) {
		em, s := setup(t, e)
		one := s.Parts.Items()[0]
		ok(t, orm.Assign(t.Context(), em, s, orm.M{"parts": []any{orm.M{"name": "two"}, orm.M{"id": one.ID, "name": "first"}}}, orm.AddItems()))
		ok(t, em.Flush(t.Context()))
		back, err := orm.FindOneOrFail[Setup](t.Context(), e.db.Fork(), s.ID, orm.Populate("parts"))
		ok(t, err)
		if back.Parts.Len() != 2 || one.Name != "first" {
			t.Errorf("%d parts", back.Parts.Len())
		}
		ok(t, orm.Assign(t.Context(), em, s, orm.M{"parts": []any{}}, orm.AddItems()))
		if s.Parts.Len() != 2 {
			t.Error("items were taken out")
		}
	})
}

func TestAssignPassesOver(t *testing.T) {
	engines(t, setups(), func(t *testing.T, e engine) {
		em, s := setup(t, e)
		data := orm.M{"name": "b", "id": s.ID + 1, "doc": orm.M{}, "nam": 1}
		err := orm.Assign(t.Context(), em, s, data, orm.AssignOnly("name"))
		if !errors.Is(err, orm.ErrNotAllowed) || errors.Is(err, orm.ErrUnknownProperty) || s.Name != "a" {
			t.Error(err)
		}
		err = orm.Assign(t.Context(), em, s, data, orm.SkipNotAllowed()) // nothing is left out by a list
		if errors.Is(err, orm.ErrNotAllowed) || !errors.Is(err, orm.ErrUnknownProperty) {
			t.Error(err)
		}
		id := s.ID
		ok(t, orm.Assign(t.Context(), em, s, data, orm.AssignOnly("name"), orm.SkipNotAllowed()))
		if s.Name != "b" || s.ID != id || len(s.Doc) != 2 {
			t.Errorf("%+v", s)
		}
	})
}

func TestAssignMakesNewTargets(t *testing.T) {
	engines(t, setups(), func(t *testing.T, e engine) {
		em, s := setup(t, e)
		ann := s.Owner.Get()
		ok(t, orm.Assign(t.Context(), em, s, orm.M{"owner": orm.M{"name": "Anna"}}))
		if s.Owner.Get() != ann || ann.Name != "Anna" {
			t.Error("the target was not changed")
		}
		ok(t, orm.Assign(t.Context(), em, s, orm.M{"owner": orm.M{"name": "Bob"}}, orm.NewTargets()))
		ok(t, em.Flush(t.Context()))
		if n, err := orm.Count[SetupOwner](t.Context(), em, nil); n != 2 || err != nil || ann.Name != "Anna" || s.Owner.Get().Name != "Bob" {
			t.Error(n, err)
		}
		ok(t, orm.Assign(t.Context(), em, s, orm.M{"owner": orm.M{"id": s.Owner.Get().ID, "name": "Bo"}}, orm.NewTargets()))
		if s.Owner.Get().Name != "Bo" {
			t.Error("a map with the key changes the target")
		}
	})
}

// TestAssignOnlyRefusesWhatIsNoProperty is for data from outside: a name that does not exist is one that
// may not be assigned, and hints name nothing that may not either.
func TestAssignOnlyRefusesWhatIsNoProperty(t *testing.T) {
	engines(t, makers(), func(t *testing.T, e engine) {
		em, m := maker(t, e)
		only := orm.AssignOnly("name", "home.city", "works.title")
		err := orm.Assign(t.Context(), em, m, orm.M{
			"nam": "x", "moot": "good", "home": orm.M{"cty": 1, "sopt": 1}, "works": []any{orm.M{"id": 2, "titel": 1}},
		}, only)
		want := "orm: assign: Maker 1.home.cty: property may not be assigned: did you mean city?\n" +
			"orm: assign: Maker 1.home.sopt: property may not be assigned\n" +
			"orm: assign: Maker 1.moot: property may not be assigned\n" +
			"orm: assign: Maker 1.nam: property may not be assigned: did you mean name?\n" +
			"orm: assign: Maker 1.works.titel: property may not be assigned: did you mean title?"
		if fmt.Sprint(err) != want || !errors.Is(err, orm.ErrNotAllowed) || errors.Is(err, orm.ErrUnknownProperty) {
			t.Errorf("got\n%v\nwant\n%s", err, want)
		}
		ok(t, orm.Assign(t.Context(), em, m, orm.M{"nam": "x", "home": orm.M{"cty": 1}}, only, orm.SkipNotAllowed()))
		ok(t, orm.Assign(t.Context(), em, m, orm.M{"nam": "x", "home": orm.M{"cty": 1}}, only, orm.IgnoreUnknown()))
	})
}
