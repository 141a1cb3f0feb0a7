package mongo_test

import (
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

type (
	// parcel refers to others by DBRef: to one, to one with a key of two parts, and to many.
	parcel struct {
		ID     int64
		Name   string
		Sender rel.Ref[party]         `orm:",dbref,required"`
		Payer  rel.Ref[party]         `orm:",dbref"`
		Depot  rel.Ref[depot]         `orm:",dbref"`
		Stamps rel.Collection[stamp]  `orm:",dbref"`
		Within rel.Ref[parcel]        `orm:",dbref"`
		Parts  rel.Collection[parcel] `orm:",mappedBy=Within"`
	}
	party struct {
		ID   int64
		Name string
		Sent rel.Collection[parcel] `orm:",mappedBy=Sender"`
	}
	depot struct {
		Country string                 `orm:",pk,length=2"`
		Number  int                    `orm:",pk"`
		Parcels rel.Collection[parcel] `orm:",mappedBy=Depot"`
	}
	stamp struct {
		ID      string
		Parcels rel.Collection[parcel] `orm:",mappedBy=Stamps"`
	}
)

func parcels(t *testing.T) *world {
	t.Helper()
	w := open(t, parcel{}, party{}, depot{}, stamp{})
	em := w.Fork()
	ann, bob := &party{ID: 1, Name: "Ann"}, &party{ID: 2, Name: "Bob"}
	oslo := &depot{Country: "NO", Number: 3}
	air, fast := &stamp{ID: "air"}, &stamp{ID: "fast"}
	first := &parcel{ID: 1, Name: "first", Sender: rel.To(ann), Payer: rel.To(bob), Depot: rel.To(oslo)}
	first.Stamps.Add(air, fast)
	second := &parcel{ID: 2, Name: "second", Sender: rel.To(bob), Within: rel.To(first)}
	second.Stamps.Add(air)
	third := &parcel{ID: 3, Name: "third", Sender: rel.To(ann), Within: rel.To(second)}
	em.Persist(ann, bob, oslo, air, fast, first, second, third)
	ok(t, em.Flush(t.Context()))
	return w
}

// TestDBRefs keeps keys with the collection beside them, and asks, loads and changes them as others.
func TestDBRefs(t *testing.T) {
	w := parcels(t)
	var raw bson.D
	ok(t, w.raw.Collection("parcels").FindOne(t.Context(), bson.D{{Key: "_id", Value: 1}}).Decode(&raw))
	text, err := bson.MarshalExtJSON(raw, false, false)
	ok(t, err)
	for _, want := range []string{
		`"sender":{"$ref":"parties","$id":1}`, `"payer":{"$ref":"parties","$id":2}`, `"depot":{"$ref":"depots","$id":{"country":"NO","number":3}}`,
		`"stamps":[{"$ref":"stamps","$id":"air"},{"$ref":"stamps","$id":"fast"}]`, `"within":null`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
	for _, c := range []struct {
		cond any
		want string
	}{
		{orm.M{"sender": 1}, "first third"},
		{orm.M{"sender": []int{2}}, "second"},
		{orm.M{"sender:ne": 1}, "second"},
		{orm.M{"payer": nil}, "second third"},
		{orm.M{"payer": orm.M{"$ne": nil}}, "first"},
		{orm.M{"sender.name": "Ann"}, "first third"},
		{orm.M{"payer.name:like": "B%"}, "first"},
		{orm.M{"depot": []any{[]any{"NO", 3}}}, "first"},
		{orm.M{"depot.country": "NO"}, "first"},
		{orm.M{"depot": nil}, "second third"},
		{orm.M{"stamps": "air"}, "first second"},
		{orm.M{"stamps": "fast"}, "first"},
		{orm.M{"stamps:none": orm.M{"id": "fast"}}, "second third"},
		{orm.M{"stamps:size": 2}, "first"},
		{orm.M{"stamps": nil}, "third"},
		{orm.M{"stamps:every": orm.M{"id": "air"}}, "second third"},
		{orm.M{"stamps:every": orm.M{"parcels.name": "second"}}, "second third"},
		{orm.M{"stamps.parcels.name": "second"}, "first second"},
		{orm.M{"sender.sent.name": "third"}, "first third"},
		{orm.M{"within+": 1}, "second third"},
		{orm.M{"parts+": 3}, "first second"},
		{orm.M{"within+.stamps": "fast"}, "second third"},
	} {
		found, err := orm.Find[parcel](t.Context(), w.Fork(), c.cond, orm.OrderBy("id"))
		ok(t, err)
		var names []string
		for _, p := range found {
			names = append(names, p.Name)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%v: %s, want %s", c.cond, got, c.want)
		}
	}
	for _, strategy := range []string{"select-in", "joined"} {
		found, err := orm.Find[parcel](t.Context(), w.Fork(), nil, orm.OrderBy("sender.name", "-id"), orm.Strategy(strategy), orm.Populate("sender.sent", "payer", "depot.parcels", "stamps.parcels", "within", "parts"))
		ok(t, err)
		if len(found) != 3 || found[0].Name != "third" || found[1].Sender.Get().Name != "Ann" || found[1].Depot.Get().Number != 3 || found[1].Stamps.Len() != 2 ||
			found[2].Within.Get() != found[1] || found[1].Parts.Len() != 1 || found[0].Sender.Get().Sent.Len() != 2 || found[1].Stamps.Items()[0].Parcels.Len() != 2 {
			t.Errorf("%s: %+v", strategy, found)
		}
	}
	em := w.Fork()
	counts, err := orm.Result[int64](t.Context(), em, orm.QB[parcel](em, "p").Select("sender").Distinct().OrderBy("-sender"))
	if err != nil || !slices.Equal(counts, []int64{2, 1}) {
		t.Errorf("%v, %v", counts, err)
	}
}

func TestDBRefsChanged(t *testing.T) {
	w := parcels(t)
	em := w.Fork()
	first, err := orm.FindOneOrFail[parcel](t.Context(), em, 1, orm.Populate("stamps"))
	ok(t, err)
	second, err := orm.FindOneOrFail[parcel](t.Context(), em, 2)
	ok(t, err)
	first.Sender, first.Payer, first.Depot = rel.ToKey[party](int64(2)), rel.Ref[party]{}, rel.Ref[depot]{}
	for _, s := range first.Stamps.All() {
		if s.ID == "fast" {
			first.Stamps.Remove(s)
			em.Remove(s)
		}
	}
	second.Stamps.Add(&stamp{ID: "new"})
	ok(t, em.Flush(t.Context()))
	n, err := orm.NativeUpdate[parcel](t.Context(), w.Fork(), orm.M{"id": 3}, orm.M{"sender": 2, "payer": 1})
	if err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	found, err := orm.Find[parcel](t.Context(), w.Fork(), orm.M{"sender": 2}, orm.OrderBy("id"), orm.Populate("stamps"))
	ok(t, err)
	var all []string
	for _, p := range found {
		var stamps []string
		for _, s := range p.Stamps.All() {
			stamps = append(stamps, s.ID)
		}
		slices.Sort(stamps)
		all = append(all, p.Name+" "+strings.Join(stamps, ","))
	}
	if got := strings.Join(all, "; "); got != "first air; second air,new; third " {
		t.Error(got)
	}
	// What others have written beside the key stays none of weft's business.
	_, err = w.raw.Collection("parcels").UpdateOne(t.Context(), bson.D{{Key: "_id", Value: 3}}, bson.D{{Key: "$set", Value: bson.D{
		{Key: "stamps", Value: bson.A{bson.D{{Key: "$ref", Value: "stamps"}, {Key: "$id", Value: "air"}, {Key: "$db", Value: "elsewhere"}}}}}}})
	ok(t, err)
	em = w.Fork()
	air, err := orm.FindOneOrFail[stamp](t.Context(), em, "air")
	ok(t, err)
	em.Remove(air)
	ok(t, em.Flush(t.Context()))
	for id := range int64(3) {
		p, err := orm.FindOneOrFail[parcel](t.Context(), w.Fork(), id+1, orm.Populate("stamps"))
		ok(t, err)
		if p.Stamps.Len() > 1 || p.Stamps.Len() == 1 && p.Stamps.Items()[0].ID != "new" {
			t.Errorf("%s: %v", p.Name, p.Stamps.Items())
		}
	}
	_, err = w.raw.Collection("parcels").InsertOne(t.Context(), bson.D{{Key: "_id", Value: 9}, {Key: "name", Value: "odd"}, {Key: "sender", Value: int64(1)}, {Key: "stamps", Value: bson.A{}}})
	if err == nil {
		t.Error("a key without its collection passed the validator")
	}
}
