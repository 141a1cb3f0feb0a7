package contest

import (
	"context"
	"fmt"
)

func digestWeftDown(list []*author) string {
	var nodes []node
	for _, a := range list {
		for _, b := range a.Books.Items() {
			n := node{author: a.ID, book: b.ID, text: a.Name + b.Title}
			for _, t := range b.Tags.Items() {
				n.tags = append(n.tags, t.ID)
			}
			nodes = append(nodes, n)
		}
	}
	return digestNodes(nodes)
}

func digestWeftUp(list []*book) string {
	nodes := make([]node, len(list))
	for i, b := range list {
		a := b.Author.Get()
		nodes[i] = node{author: a.ID, book: b.ID, text: a.Name + b.Title}
	}
	return digestNodes(nodes)
}

// persist makes the graph of newGraph and flushes it.
func (w *weft) persist(ctx context.Context) error {
	em := w.db.Fork()
	tags := make([]*tag, graphTags)
	for i := range tags {
		tags[i] = &tag{Name: fmt.Sprint("new tag ", i)}
	}
	for i := range w.e.Sizes.Graph {
		a := &author{Name: fmt.Sprint("new author ", i)}
		for k := range 10 {
			b := &book{Title: fmt.Sprint("new book ", i, ".", k)}
			for j := range 3 {
				b.Tags.Add(tags[(i+k+j*10)%graphTags])
			}
			a.Books.Add(b)
		}
		em.Persist(a)
	}
	return em.Flush(ctx)
}
