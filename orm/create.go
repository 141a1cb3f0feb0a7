package orm

import (
	"context"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// Create makes a new T from data, as [Assign] does, and marks it for insertion. A property that
// must have a value, has none and is given none by the database, by weft or by a default is
// ErrRequired; all of them are told together, and then nothing is marked.
func Create[T any](ctx context.Context, em *EntityManager, data M, opts ...AssignOption) (*T, error) {
	em = em.there()
	if em.guard.fault != nil {
		return nil, em.guard.fault
	}
	e, err := entityOf[T](em.db.registry)
	if err != nil {
		return nil, err
	}
	out := new(T)
	if err := Assign(ctx, em, out, data, opts...); err != nil {
		return nil, err
	}
	var faults []error
	x := unsafe.Pointer(out)
	for _, p := range e.Leaves {
		if p.Nullable || p.Optional || p.Version || p.Shadow || p.OnCreate != nil || p.Generated != mapper.Assigned || len(p.Columns) == 0 ||
			p.Columns[0].Default != "" || p.Columns[0].Generated != "" || p.Columns[0] == e.Discriminator || p.Parent != nil || given(data, p.Name) {
			continue
		}
		entry, target := (*slot.Entry)(nil), unsafe.Pointer(nil)
		if p.Relation != nil {
			entry, target = p.Reference(x)
		}
		if entry == nil && target == nil && (p.Relation != nil || p.Access.IsZero(x)) {
			faults = append(faults, &Error{Class: ErrRequired, Op: "create", Entity: e.Name, Path: p.Path, Detail: "the data does not name it"})
		}
	}
	if err := join(faults...); err != nil {
		return nil, err
	}
	em.Persist(out)
	return out, nil
}

func given(data M, name string) bool { _, ok := data[name]; return ok }
