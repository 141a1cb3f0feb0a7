package load

import (
	"errors"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/fault"
)

// Misfit names the entity, its key and the property that a row did not fit into; err
// is returned as it is when the row is not to blame. before is the number of columns
// in front of those of the hydrators.
func Misfit(rows driver.Rows, before, behind int, hydrators []*mapper.Hydrator, err error) error {
	if e, ok := errors.AsType[*driver.Error](err); ok && !errors.Is(e, driver.ErrScan) {
		return err // the connection failed, say
	}
	width := before + behind
	for _, h := range hydrators {
		width += h.Width()
	}
	held := make([]mapper.Held, width)
	dest := make([]any, width)
	for i := range held {
		dest[i] = &held[i]
	}
	if rows.Scan(dest) != nil {
		return err
	}
	values := make([]any, width)
	for i := range held {
		values[i] = held[i].Value
	}
	values = values[before:]
	for _, h := range hydrators {
		key, p, reason := h.Misfit(values[:h.Width()])
		if p != nil {
			return &fault.Error{Class: mapper.ErrValue, Op: "find", Entity: p.Entity.Name, Key: key, Path: p.Path, Err: reason}
		}
		values = values[h.Width():]
	}
	return err
}

// misfit is what a row of the reader does not fit into.
func (r *reader) misfit(rows driver.Rows, before int, err error) error {
	hydrators := make([]*mapper.Hydrator, len(r.all))
	for i, h := range r.all {
		hydrators[i] = h.src.hydrator
	}
	return Misfit(rows, before, len(r.behind), hydrators, err)
}
