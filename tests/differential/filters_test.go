package differential_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// TestFiltersThatLeadBack: a filter whose condition leads back to what it hides is refused by every engine; others are not.
func TestFiltersThatLeadBack(t *testing.T) {
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			b := newBench(t, e, 0)
			for _, c := range []struct {
				filters []filter
				refused bool
			}{
				{[]filter{{"Employee", M{"manager.name": "a"}}}, true},
				{[]filter{{"Employee", M{"reports": M{"$none": M{"name": "a"}}}}}, true},
				{[]filter{{"Book", M{"author.active": true}}, {"Author", M{"books": nil}}}, true},
				{[]filter{{"Employee", M{"manager": M{"$ne": 3}}}}, false}, // the foreign key alone
				{[]filter{{"Book", M{"author.active": true}}, {"Author", M{"active": true}}}, false},
			} {
				r := request{Entity: c.filters[0].Entity, Where: M{}, Limit: -1, Offset: -1, Filters: c.filters}
				q, args, err := r.query(b.registry, false)
				if err != nil {
					t.Fatal(err)
				}
				_, _, err = b.run(t.Context(), q, args)
				if refused := errors.Is(err, qb.ErrFilter); refused != c.refused {
					t.Errorf("%s: got %v", r, err)
				}
			}
		})
	}
}
