package orm

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// describing is the engine as a logging database sees it: its programs know what
// they are about.
type describing struct{ driver.Engine }

// Unwrap returns the engine.
func (d describing) Unwrap() driver.Engine { return d.Engine }

// Compile compiles q and describes the program.
func (d describing) Compile(q qb.Query) (driver.Program, error) {
	p, err := d.Engine.Compile(q)
	if err != nil {
		return nil, err
	}
	about := &described{Program: p}
	switch q := q.(type) {
	case *qb.Select:
		about.entity, about.redacted = q.Entity.Name, redactedSlots(q.Slots)
	case *qb.Text:
		about.redacted = q.Redacted
	case *qb.Pipeline:
		about.entity, about.redacted = q.Entity.Name, q.Redacted
	case *qb.Write:
		about.entity, about.redacted = subjectOfWrite(q), redactedSlots(q.Slots)
		for _, c := range q.Set {
			about.redacted = append(about.redacted, redactedColumn(c))
		}
		for _, c := range q.Match {
			about.redacted = append(about.redacted, redactedColumn(c))
		}
	}
	if places, ok := driver.ProgramAs[driver.Placed](p); ok {
		about.places = places.Places()
	}
	return about, nil
}

// described is a program with what logs tell about it.
type described struct {
	driver.Program
	entity string
	// redacted tells, by slot or by column, which arguments are not shown.
	redacted []bool
	places   []driver.Place
}

// Unwrap returns the program.
func (d *described) Unwrap() driver.Program { return d.Program }

func subjectOfWrite(w *qb.Write) string {
	if w.Pivot != nil {
		return w.Pivot.String()
	}
	return w.Entity.Name
}

func redactedSlots(slots []conditions.SlotInfo) []bool {
	out := make([]bool, len(slots))
	for i := range slots {
		out[i] = slots[i].Redacted
	}
	return out
}

func redactedColumn(c *mapper.Column) bool { return c.Property != nil && c.Property.Redacted }

// Limits of what a record shows.
const (
	shownRows  = 10
	shownItems = 20
	shownText  = 200
)

// read returns the parameters of a read or a bulk write, as logs show them.
func (d *described) read(args []any) []any {
	if d.places == nil {
		return d.row(args)
	}
	out := make([]any, len(d.places))
	for i, place := range d.places {
		switch {
		case place.Slot == conditions.NoSlot:
			out[i] = shown(place.Const)
		case int(place.Slot) < len(args):
			out[i] = d.cell(int(place.Slot), args[place.Slot])
		}
	}
	return out
}

// written returns the parameters of an operation: those of one row, or a list for each row.
func (d *described) written(rows [][]any) []any {
	if d.places != nil && len(rows) == 1 {
		return d.read(rows[0])
	}
	if len(rows) == 1 {
		return d.row(rows[0])
	}
	out := make([]any, 0, min(len(rows), shownRows+1))
	for _, row := range rows[:min(len(rows), shownRows)] {
		out = append(out, d.row(row))
	}
	if n := len(rows) - shownRows; n > 0 {
		out = append(out, fmt.Sprintf("%d more rows", n))
	}
	return out
}

func (d *described) row(args []any) []any {
	out := make([]any, len(args))
	for i, v := range args {
		out[i] = d.cell(i, v)
	}
	return out
}

func (d *described) cell(i int, v any) any {
	if i < len(d.redacted) && d.redacted[i] && v != nil {
		return "[redacted]"
	}
	return shown(v)
}

// shown shortens a value for a record.
func shown(v any) any {
	switch v := v.(type) {
	case string:
		return cut(v)
	case json.RawMessage:
		return cut(string(v))
	case qb.Revision:
		return shown(v.To)
	case []byte:
		return fmt.Sprintf("[%d bytes]", len(v))
	case []any:
		out := make([]any, 0, min(len(v), shownItems+1))
		for _, item := range v[:min(len(v), shownItems)] {
			out = append(out, shown(item))
		}
		if n := len(v) - shownItems; n > 0 {
			out = append(out, fmt.Sprintf("%d more", n))
		}
		return out
	}
	return v
}

// cut shortens a text.
func cut(v string) string {
	if len(v) <= shownText {
		return v
	}
	end := shownText
	for end > 0 && !utf8.RuneStart(v[end]) {
		end--
	}
	return fmt.Sprintf("%s… (%d bytes)", v[:end], len(v))
}
