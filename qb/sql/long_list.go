package sql

import (
	"math/bits"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// A list is one parameter, so that all lengths share a statement. An engine that looks up
// every item of such a list by itself is slower by half, or more, where the list is long
// and a placeholder for each item would let it plan by ranges. Long lists of whole numbers
// therefore have placeholders, to the next power of two, so that few texts stay prepared.

// spelledList is a list of a statement that has placeholders where it is long.
type spelledList struct {
	// st is the statement that holds the list: the one that is asked, or another for the same.
	st *Statement
	// from and to bound what stands in the text where the list is short.
	from, to int
	// use is the number of its placeholder.
	use int
	listAt
	// most is the longest length that has placeholders.
	most  int
	texts [17]atomic.Pointer[string] // by the exponent
}

// listAt is a list in the text of a printer that may be long.
type listAt struct {
	slot conditions.Slot
	// keys is what stands in the text where the list is short.
	keys string
	// encode is the encoding of an item; nil passes it on.
	encode Encoding
	// shortest is the length from which on it is long.
	shortest int
	// piece is how many placeholders stand in one list, 0 for all; between parts one list from the next.
	piece   int
	between string
}

// mayBeLong notes a list that has placeholders where it is long; keys is what stands in the text else.
func (p *printer) mayBeLong(n *plan.InList, keys string) {
	t := orString(n.List.Type)
	at := listAt{slot: n.List.Slot, keys: keys, encode: p.d.encode(t)}
	switch {
	case kindOf(t) != mapper.Int:
	case n.Owners:
		at.shortest = p.d.longList
	case n.Written:
		at.shortest, at.piece = p.d.writes.longList, p.d.writes.pieceOfList
	}
	if at.shortest == 0 {
		return
	}
	if at.piece > 0 {
		start := len(p.text)
		p.comparable(n.Expr)
		at.between = ") OR " + string(p.text[start:]) + " IN ("
		p.text = p.text[:start]
	}
	p.lists = append(p.lists, at)
}

// longList finds the list in the statement, nil where it is not told apart.
func (p *printer) longList(st *Statement) *spelledList {
	if len(p.lists) != 1 || strings.Count(st.Text, p.lists[0].keys) != 1 {
		return nil
	}
	at := p.lists[0]
	of := func(u Use) bool { return u.Slot == at.slot }
	l := &spelledList{st: st, use: slices.IndexFunc(st.Uses, of), listAt: at, most: 1 << (bits.Len(uint(p.d.writes.maxParams-len(st.Uses))) - 1)}
	if l.use < 0 || slices.ContainsFunc(st.Uses[l.use+1:], of) {
		return nil
	}
	l.from = strings.Index(st.Text, at.keys)
	l.to = l.from + len(at.keys)
	return l
}

// items returns the items of the list among args where it is long.
func (l *spelledList) items(args []any) []any {
	if int(l.slot) < len(args) {
		if items, ok := args[l.slot].([]any); ok && len(items) >= l.shortest && len(items) <= l.most {
			return items
		}
	}
	return nil
}

// text is that of the statement with placeholders for n items.
func (l *spelledList) text(n int) string {
	kept := &l.texts[bits.Len(uint(n))-1]
	if text := kept.Load(); text != nil {
		return *text
	}
	text := l.st.Text[:l.from] + l.placeholders(n) + l.st.Text[l.to:]
	kept.Store(&text)
	return text
}

func (l *spelledList) placeholders(n int) string {
	piece := func(n int) string { return strings.Repeat("?, ", n-1) + "?" }
	if l.piece == 0 || n <= l.piece {
		return piece(n)
	}
	return strings.Repeat(piece(l.piece)+l.between, n/l.piece-1) + piece(l.piece)
}

// bind appends the parameters of the statement, with the items in the place of the list.
func (l *spelledList) bind(dst, args, items []any) (text string, _ []any, err error) {
	n := 1 << bits.Len(uint(len(items)-1))
	dst = slices.Grow(dst, len(l.st.Uses)+n)
	for i := range l.st.Uses {
		if i == l.use {
			dst, err = l.bindItems(dst, items, n)
		} else {
			var p any
			p, err = l.st.Uses[i].bind(args)
			dst = append(dst, p)
		}
		if err != nil {
			return "", dst, unbound(i, err)
		}
	}
	return l.text(n), dst, nil
}

// bindItems appends the items and repeats the last one up to the number of placeholders.
func (l *spelledList) bindItems(dst, items []any, n int) (_ []any, err error) {
	var last any
	for _, v := range items {
		if last = v; l.encode != nil {
			if last, err = l.encode(v); err != nil {
				return dst, err
			}
		}
		dst = append(dst, last)
	}
	for range n - len(items) {
		dst = append(dst, last)
	}
	return dst, nil
}
