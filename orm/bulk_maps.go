package orm

import (
	"slices"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/qb"
)

// complete adds to the rows of an insert given as maps what an entity would get:
// the values made on create and the first version, where the maps do not name the
// property. args are the cells row by row. An upsert keeps the made values of a row
// that is there, as [BulkUpsert] does, and counts its version up.
func (em *EntityManager) complete(w *qb.Write, args []any) ([]any, error) {
	if w.Kind != qb.Insert || w.Entity == nil || len(w.Set) == 0 {
		return args, nil
	}
	given := len(w.Set)
	made := unnamed(w)
	for _, p := range made {
		w.Set = append(w.Set, p.Columns[0])
		mergeMade(w.Conflict, p)
	}
	if err := em.requireAll(w); err != nil {
		return nil, err
	}
	if len(made) == 0 {
		return args, nil
	}
	rows := make([]any, 0, len(args)/given*len(w.Set))
	opts := &changeset.Options{Now: time.Now()}
	for ; len(args) >= given; args = args[given:] {
		rows = append(rows, args[:given]...)
		scratch := w.Entity.New()
		for _, p := range made {
			if p.Version {
				rows = append(rows, opts.FirstVersion(p))
				continue
			}
			err := p.Access.Store(scratch, p.OnCreate())
			if err != nil {
				return nil, &Error{Class: mapper.ErrValue, Op: "exec", Entity: w.Entity.Name, Path: p.Path, Err: err}
			}
			rows = append(rows, p.Access.Value(scratch))
		}
	}
	return rows, nil
}

// unnamed lists the properties of the inserted entity that weft makes and the rows
// do not name.
func unnamed(w *qb.Write) (made []*mapper.Property) {
	for _, p := range w.Entity.Leaves {
		if (p.OnCreate != nil || p.Version) && !p.Kind.IsRelation() && len(p.Columns) == 1 && !slices.Contains(w.Set, p.Columns[0]) {
			made = append(made, p)
		}
	}
	return made
}

// mergeMade says what an upsert does with a made value when the row is there.
func mergeMade(c *qb.Conflict, p *mapper.Property) {
	if c == nil || len(c.Merge) == 0 {
		return
	}
	switch column := p.Columns[0]; {
	case p.Version && p.Type.Kind != mapper.Time:
		c.Merge, c.Count = append(c.Merge, column), append(c.Count, column)
	case p.Version, p.OnUpdate != nil:
		c.Merge = append(c.Merge, column)
	}
}

// requireAll refuses rows without a required property where no column would: a
// document that lacks it could not be read again.
func (em *EntityManager) requireAll(w *qb.Write) error {
	if !em.db.caps.WholeEntities {
		return nil
	}
	for _, p := range w.Entity.Leaves {
		for _, c := range p.Columns {
			filled := c.Nullable || c.AutoIncrement || c.Default != "" || c.Generated != "" || slices.Contains(w.Set, c)
			if !filled && !p.Virtual && p.Formula == "" {
				return &Error{Class: ErrRequired, Op: "exec", Entity: w.Entity.Name, Path: p.Path, Detail: "name it in every row"}
			}
		}
	}
	return nil
}
