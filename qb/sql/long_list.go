package sql

import (
	"math/bits"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/weft-orm/weft/conditions"
)

// A list is one parameter, so that all lengths share a statement. An engine that looks up
// every item of such a list by itself is slower by half, or more, where the list is long
// and a placeholder for each item would let it plan by ranges. Long lists of whole numbers
// therefore have placeholders, to the next power of two, so that few texts stay prepared.

// spelledList is a list of a statement that has placeholders where it is long.
type spelledList struct {
	// from and to bound what stands in the text where the list is short.
	from, to int
	// use is the number of its placeholder, and encode that of an item; nil passes it on.
	use    int
	encode Encoding
	// shortest is the length from which on it is long, most the longest.
	shortest, most int
	texts          [17]atomic.Pointer[string] // by the exponent
}

// listAt is a list in the text of a printer that may be long.
type listAt struct {
	slot   conditions.Slot
	text   string
	encode Encoding
}

// longList finds the list in the statement, nil where it is not told apart.
func (p *printer) longList(st *Statement) *spelledList {
	if len(p.lists) != 1 || strings.Count(st.Text, p.lists[0].text) != 1 {
		return nil
	}
	at := p.lists[0]
	of := func(u Use) bool { return u.Slot == at.slot }
	l := &spelledList{use: slices.IndexFunc(st.Uses, of), encode: at.encode, shortest: p.d.longList, most: 1 << (bits.Len(uint(p.d.writes.maxParams-len(st.Uses))) - 1)}
	if l.use < 0 || slices.ContainsFunc(st.Uses[l.use+1:], of) {
		return nil
	}
	l.from = strings.Index(st.Text, at.text)
	l.to = l.from + len(at.text)
	return l
}

// items returns the items of the list among args where it is long.
func (l *spelledList) items(st *Statement, args []any) []any {
	if slot := st.Uses[l.use].Slot; int(slot) < len(args) {
		if items, ok := args[slot].([]any); ok && len(items) >= l.shortest && len(items) <= l.most {
			return items
		}
	}
	return nil
}

// text is that of the statement with placeholders for n items.
func (l *spelledList) text(st *Statement, n int) string {
	kept := &l.texts[bits.Len(uint(n))-1]
	if text := kept.Load(); text != nil {
		return *text
	}
	text := st.Text[:l.from] + strings.Repeat("?, ", n-1) + "?" + st.Text[l.to:]
	kept.Store(&text)
	return text
}

// bind appends the items and repeats the last one up to the number of placeholders.
func (l *spelledList) bind(dst, items []any, n int) (_ []any, err error) {
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
