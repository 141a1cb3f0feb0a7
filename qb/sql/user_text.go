package sql

import (
	"strconv"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
)

// compileText gives a user's statement the dialect's placeholders. Where these have
// numbers, a value that is used twice has one: the database infers one type for it.
func (d *Dialect) compileText(q *qb.Text) *Statement {
	st := &Statement{}
	var b strings.Builder
	numbers := map[conditions.Slot]int{}
	for i, piece := range q.Pieces {
		b.WriteString(piece)
		if i == len(q.Uses) {
			break
		}
		slot := q.Uses[i]
		n, known := numbers[slot]
		if !known || !d.numbered {
			st.Uses = append(st.Uses, Use{Slot: slot, Encode: d.encodeUntyped})
			n = len(st.Uses)
			numbers[slot] = n
		}
		if d.numbered {
			b.WriteString("$" + strconv.Itoa(n))
		} else {
			b.WriteByte('?')
		}
	}
	st.Text = b.String()
	return st
}
