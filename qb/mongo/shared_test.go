package mongo_test

import (
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/mongo"
	"github.com/weft-orm/weft/rel"
)

// A flat's key holds its house's, and a lease shares the column of the house between two references.
type (
	House struct {
		ID   int64
		Name string
	}
	Flat struct {
		HouseID int64 `orm:",pk"`
		N       int64 `orm:",pk"`
		Name    string
		Leases  rel.Collection[Lease] `orm:",mappedBy=Flat"`
	}
	Lease struct {
		ID      int64
		HouseID int64
		N       *int64
		House   rel.Ref[House] `orm:",fk=HouseID"`
		Flat    rel.Ref[Flat]  `orm:",fk=HouseID|N"`
		Key     rel.Ref[Key]   `orm:",mappedBy=Lease"`
	}
	// Key has a composite reference in its key.
	Key struct {
		Flat  rel.Ref[Flat]  `orm:",pk"`
		Code  string         `orm:",pk"`
		Lease rel.Ref[Lease] `orm:",oneToOne"`
	}
)

// TestSharedColumns: a reference to a composite key that no field holds as a whole is put
// together from the fields of its parts.
func TestSharedColumns(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{Naming: naming.Mongo{}}, House{}, Flat{}, Lease{}, Key{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	show := func(title string, q *qb.Select, args []any) {
		b.WriteString("-- " + title + "\n" + text(q, args) + "\n\n")
	}
	find := func(name string, cond conditions.M) (*qb.Select, []any) {
		e := reg.Entity(name)
		tree, args, err := conditions.Compile(conditions.Env{Registry: reg, Entity: e}, cond, 0)
		if err != nil {
			t.Fatal(err)
		}
		return &qb.Select{Registry: reg, Entity: e, Output: e.Key, Where: tree.Root, Limit: conditions.NoSlot, Offset: conditions.NoSlot}, args
	}
	for _, c := range []struct {
		title, name string
		cond        conditions.M
	}{
		{"by a property of the target", "Lease", conditions.M{"flat.name": "attic"}},
		{"by the key of the target", "Lease", conditions.M{"flat": []any{1, 7}}},
		{"by several keys, not", "Lease", conditions.M{"flat:nin": []any{[]any{1, 7}, []any{2, 7}}}},
		{"null", "Lease", conditions.M{"flat": nil}},
		{"not null", "Lease", conditions.M{"flat:ne": nil}},
		{"from the other side", "Flat", conditions.M{"leases.houseID": 1}},
		{"how many", "Flat", conditions.M{"leases": conditions.M{"$size": 2}}},
		{"a reference in the key", "Key", conditions.M{"flat.name": "attic"}},
	} {
		q, args := find(c.name, c.cond)
		show(c.title, q, args)
	}
	q, args := find("Lease", conditions.M{})
	flat := reg.Entity("Lease").Property("flat")
	q.Populate = []*populate.Node{{Relation: flat, Strategy: populate.Joined, Fields: reg.Entity("Flat").Key}}
	show("joined", q, args)
	q, args = find("Lease", conditions.M{})
	q.Via = &qb.Via{Relation: reg.Entity("Flat").Property("leases"), Owners: conditions.Slot(len(args)), Limit: conditions.NoSlot, Offset: conditions.NoSlot}
	show("of owners", q, append(args, []any{[]any{int64(1), int64(7)}, []any{int64(2), int64(7)}}))
	for _, name := range []string{"Lease", "Key"} {
		indexes, err := mongo.Indexes(reg.Entity(name))
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(name + "\n")
		for _, index := range indexes {
			b.WriteString("  " + index.String() + "\n")
		}
	}
	golden.Check(t, "shared.golden", b.String())
}
