package memory

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/rel"
)

type shelf struct {
	ID    int64
	Books rel.Collection[book] `orm:",mappedBy=Shelf"`
}

type book struct {
	ID    int64
	Shelf rel.Ref[shelf]
	Loose rel.Ref[shelf] `orm:",noConstraint"`
	Tags  rel.Collection[tag]
}

type tag struct {
	ID    int64
	Books rel.Collection[book] `orm:",mappedBy=Tags"`
}

// TestLookups expects every relation to be walked by an index, in both directions.
func TestLookups(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, shelf{}, book{}, tag{})
	if err != nil {
		t.Fatal(err)
	}
	s := newSchema(reg, "", nil)
	for _, p := range reg.Entity("book").Leaves {
		if p.Relation == nil {
			continue
		}
		of, lists := s.of(p.Entity), [][]*mapper.Column{p.Columns}
		if pivot := p.Relation.Pivot; pivot != nil {
			of, lists = s.table(pivot.Table), [][]*mapper.Column{pivot.Owner, pivot.Target}
		}
		for _, columns := range lists {
			if of.lookup(of.positions(columns)) < 0 {
				t.Errorf("%s: %s has no lookup", p, columns[0].Name)
			}
		}
	}
}

// TestIndexes changes rows at random and expects a lookup to find what a scan does.
func TestIndexes(t *testing.T) {
	of := &table{name: "t", unique: []constraint{{"pkey", []int{0}}}, lookups: [][]int{{1}, {1, 2}}}
	random := rand.New(rand.NewPCG(1, 2))
	value := func() any {
		if n := random.Int64N(5); n > 0 {
			return n
		}
		return nil
	}
	d := newData(of)
	for step := range 3000 {
		switch at := random.IntN(len(d.rows) + 1); {
		case step%500 == 499:
			d = d.clone(of)
		case at < len(d.rows) && d.rows[at] != nil && random.IntN(3) == 0:
			d.drop(of, at)
		default:
			d.put(of, at, record{int64(step), value(), value()})
		}
		for _, columns := range of.lookups {
			values := []any{int64(1), int64(2)}[:len(columns)]
			plain := &table{unique: of.unique}
			if got, want := d.find(of, columns, values), d.find(plain, columns, values); !slices.Equal(got, want) {
				t.Fatalf("step %d: %v has the rows %v, not %v", step, columns, got, want)
			}
		}
	}
	if len(d.unique[0]) != d.live {
		t.Errorf("%d keys of %d rows", len(d.unique[0]), d.live)
	}
}
