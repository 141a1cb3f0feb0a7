package mapper

import (
	"fmt"
	"testing"
	"time"
	"unsafe"
)

// row is a common entity: numbers, texts, a time, bytes, and values that may be absent.
type row struct {
	ID        int64
	Name      string
	Email     string
	City      *string
	Age       int32
	Points    *int64
	Score     float64
	Active    bool
	Data      []byte
	CreatedAt time.Time
}

// BenchmarkUnchanged compares entities with their snapshots, as many as a cache holds and more.
func BenchmarkUnchanged(b *testing.B) {
	reg, err := Build(Options{}, row{})
	if err != nil {
		b.Fatal(err)
	}
	e := reg.Entities()[0]
	for _, n := range []int{10, 1000, 10_000} {
		slab := e.NewSlab()
		list, snapshots := make([]*row, n), make([]unsafe.Pointer, n)
		for i := range list {
			city, points := fmt.Sprint("city ", i), int64(i)
			list[i] = &row{ID: int64(i), Name: fmt.Sprint("name ", i), City: &city, Points: &points, Data: []byte("12345678"), CreatedAt: time.Now()}
			snapshots[i] = slab.Take(unsafe.Pointer(list[i]))
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				for i := range list {
					if !e.Unchanged(unsafe.Pointer(list[i]), snapshots[i]) {
						b.Fatal("changed")
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/entity")
		})
	}
}
