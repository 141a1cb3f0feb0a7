package contest

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"
)

// counting tells an entrant how its statements are counted.
func counting(x *Entrant, wire *Wire, n *atomic.Int64) *Entrant {
	x.wire = wire
	if n != nil {
		x.Count = func() int64 { return n.Swap(0) }
	}
	return x
}

// keyAt is the key of the i-th read by key.
func (s *Sizes) keyAt(i int) int64 { return int64(i*37%s.Read) + 1 }

// keys are those of the rows that are deleted by a list: every second one.
func (s *Sizes) keys() []int64 {
	keys := make([]int64, s.Write)
	for i := range keys {
		keys[i] = s.firstNew() + int64(2*i)
	}
	return keys
}

func keysOf(list []*Item) []int64 {
	keys := make([]int64, len(list))
	for i, it := range list {
		keys[i] = it.ID
	}
	return keys
}

// some returns n of list, spread over it.
func some[T any](list []T, n int) []T {
	out := make([]T, 0, n)
	for i := range n {
		out = append(out, list[i*len(list)/n])
	}
	return out
}

// pairs are rows and copies of them, for comparing by hand. What rows point at is copied,
// too: a copy that shares it would not tell what was changed behind a pointer.
func pairs(list []*Item, err error) ([][2]Item, error) {
	out := make([][2]Item, len(list))
	for i, it := range list {
		kept := *it
		kept.City, kept.Points, kept.Data = copied(it.City), copied(it.Points), bytes.Clone(it.Data)
		out[i] = [2]Item{*it, kept}
	}
	return out, err
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

// compare finds out by hand that nothing has changed.
func compare(_ context.Context, list [][2]Item) error {
	for i := range list {
		if !same(&list[i][0], &list[i][1]) {
			return fmt.Errorf("row %d has changed", i)
		}
	}
	return nil
}

func same(a, b *Item) bool {
	return a.ID == b.ID && a.Name == b.Name && a.Email == b.Email && sameAt(a.City, b.City) && a.Age == b.Age && sameAt(a.Points, b.Points) &&
		a.Score == b.Score && a.Active == b.Active && bytes.Equal(a.Data, b.Data) && a.CreatedAt.Equal(b.CreatedAt)
}

func sameAt[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// found is a page of authors and the number of all.
type found struct {
	keys  []int64
	count int64
}

func digestFound(f found) string { return fmt.Sprint(f) }

const (
	nestedTag   = "tag 7"
	nestedLimit = 20
)

func digestDown(list []*Author) string {
	var nodes []node
	for _, a := range list {
		for _, b := range a.Books {
			n := node{author: a.ID, book: b.ID, text: a.Name + b.Title}
			for _, t := range b.Tags {
				n.tags = append(n.tags, t.ID)
			}
			nodes = append(nodes, n)
		}
	}
	return digestNodes(nodes)
}

func digestUp(list []*Book) string {
	nodes := make([]node, len(list))
	for i, b := range list {
		nodes[i] = node{author: b.Author.ID, book: b.ID, text: b.Author.Name + b.Title}
	}
	return digestNodes(nodes)
}

// newGraph returns authors with ten books each, with three of a few new tags each.
func newGraph(n int) []*Author {
	tags := make([]*Tag, graphTags)
	for i := range tags {
		tags[i] = &Tag{Name: fmt.Sprint("new tag ", i)}
	}
	authors := make([]*Author, n)
	for i := range authors {
		a := &Author{Name: fmt.Sprint("new author ", i)}
		for k := range 10 {
			b := &Book{Title: fmt.Sprint("new book ", i, ".", k)}
			for j := range 3 {
				b.Tags = append(b.Tags, tags[(i+k+j*10)%graphTags])
			}
			a.Books = append(a.Books, b)
		}
		authors[i] = a
	}
	return authors
}

// parts of a graph, parents before children.
func parts(authors []*Author) (books []*Book, tags []*Tag) {
	seen := map[*Tag]bool{}
	for _, a := range authors {
		books = append(books, a.Books...)
	}
	for _, b := range books {
		for _, t := range b.Tags {
			if !seen[t] {
				seen[t] = true
				tags = append(tags, t)
			}
		}
	}
	return books, tags
}
