package plan_test

import (
	"fmt"
	"testing"

	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/plan"
)

// BenchmarkBuild plans many rows of one kind: inserts of books whose authors exist,
// updates of a unique value, deletes.
func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		for _, kind := range []changeset.Kind{changeset.Insert, changeset.Update, changeset.Delete} {
			s := newScene(b)
			for i := range n {
				key, before, after := any(int64(i)), any(fmt.Sprint("old", i)), any(fmt.Sprint("new", i))
				switch kind {
				case changeset.Insert:
					s.add(kind, "Book", nil, "title", nil, "t", "isbn", nil, after, "author", nil, int64(i%7))
				case changeset.Update:
					s.add(kind, "Book", key, "isbn", before, after, "title", "t", "u")
				default:
					s.add(kind, "Book", key, "isbn", before, nil, "author", int64(i%7), nil)
				}
			}
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := plan.Build(s.in); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
			})
		}
	}
}
