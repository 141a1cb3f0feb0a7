package mapper_test

import (
	"testing"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/tests/model"
)

func BenchmarkBuild(b *testing.B) {
	entities := model.All()
	for b.Loop() {
		if _, err := mapper.Build(mapper.Options{}, entities...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(entities)), "ns/entity")
}

// oneEntry resolves every reference to the same entry.
type oneEntry struct{ e *slot.Entry }

func (o oneEntry) Resolve(*mapper.Entity, any) *slot.Entry { return o.e }

func (o oneEntry) ResolveInt(*mapper.Entity, int64) *slot.Entry { return o.e }

func BenchmarkHydrate(b *testing.B) {
	e := library(b).Entity("Book")
	for _, native := range []bool{true, false} {
		name := "cells"
		if native {
			name = "native"
		}
		b.Run(name, func(b *testing.B) {
			row := mapper.NewHydrator(e, e.Leaves, mapper.HydrateOptions{Native: native}).Row()
			resolver := oneEntry{&slot.Entry{Key: int64(1)}}
			book := &model.Book{}
			values := []any{int64(1), "Winter", nil, int64(300), 9.5, int64(7), nil}
			b.ReportAllocs()
			for b.Loop() {
				row.Bind(unsafe.Pointer(book))
				for i, target := range row.Targets() {
					deliver(target, values[i])
				}
				if err := row.Finish(resolver); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// deliver does what a driver does for one column.
func deliver(target, v any) {
	switch d := target.(type) {
	case *int64:
		*d = v.(int64)
	case *int:
		*d = int(v.(int64))
	case *string:
		*d = v.(string)
	case *float64:
		*d = v.(float64)
	case interface{ Scan(any) error }:
		_ = d.Scan(v)
	}
}

func BenchmarkSnapshot(b *testing.B) {
	e := library(b).Entity("Author")
	a := &model.Author{Name: "Jon", Age: ptr(3)}
	slab := e.NewSlab()
	b.ReportAllocs()
	for b.Loop() {
		slab.Take(unsafe.Pointer(a))
	}
}

func BenchmarkCompareClean(b *testing.B) {
	e := library(b).Entity("Author")
	a := &model.Author{Name: "Jon", Age: ptr(3)}
	p := unsafe.Pointer(a)
	snapshot := e.NewSlab().Take(p)
	b.ReportAllocs()
	for b.Loop() {
		for _, leaf := range e.Leaves {
			if leaf.Relation == nil && !leaf.Access.Equal(p, snapshot) {
				b.Fatal(leaf.Name)
			}
		}
	}
}

// TestHydrationAllocatesNothing holds the budget: a row of plain values and an
// unchanged reference costs no allocation beyond what the driver's own values do.
func TestHydrationAllocatesNothing(t *testing.T) {
	e := library(t).Entity("Book")
	for _, native := range []bool{true, false} {
		row := mapper.NewHydrator(e, e.Leaves, mapper.HydrateOptions{Native: native}).Row()
		resolver := oneEntry{&slot.Entry{Key: int64(1)}}
		book := &model.Book{}
		values := []any{int64(1), "Winter", nil, int64(300), 9.5, int64(7), nil}
		n := testing.AllocsPerRun(100, func() {
			row.Bind(unsafe.Pointer(book))
			for i, target := range row.Targets() {
				deliver(target, values[i])
			}
			if err := row.Finish(resolver); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("native %v: %v allocations per row", native, n)
		}
	}
}
