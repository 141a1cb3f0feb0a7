package orm

import (
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// conflict makes the reaction to existing rows. on are the unique properties, set
// are the columns written.
func (o *bulkOptions) conflict(e *mapper.Entity, on []*mapper.Property, set []*mapper.Column) (*qb.Conflict, error) {
	c := &qb.Conflict{}
	for _, p := range on {
		c.On = append(c.On, p.Columns...)
	}
	if o.mergeNone {
		return c, nil
	}
	only, err := o.properties(e, o.merge)
	if err != nil {
		return nil, err
	}
	except, err := o.properties(e, o.except)
	if err != nil {
		return nil, err
	}
	for _, column := range set {
		p := column.Property
		switch {
		case slices.Contains(c.On, column) || p == nil || p.Primary || column == e.Discriminator || slices.Contains(except, p):
		case p.Version && p.Type.Kind != mapper.Time:
			c.Merge, c.Count = append(c.Merge, column), append(c.Count, column)
		case p.Version, slices.Contains(only, p), len(only) == 0 && (p.OnCreate == nil || p.OnUpdate != nil):
			c.Merge = append(c.Merge, column)
		}
	}
	return c, nil
}

// properties finds properties with columns by their paths.
func (o *bulkOptions) properties(e *mapper.Entity, paths []string) ([]*mapper.Property, error) {
	var list []*mapper.Property
	for _, path := range paths {
		found := leavesAt(e, path)
		if len(found) == 0 {
			return nil, unknown(ErrUnknownProperty, o.op, e, path, path, e.PropertyNames())
		}
		list = append(list, found...)
	}
	return list, nil
}

// leavesAt returns the stored leaves of a property, those inside an embedded value
// for the value itself.
func leavesAt(e *mapper.Entity, path string) (list []*mapper.Property) {
	for _, p := range e.Leaves {
		for q := p; q != nil; q = q.Parent {
			if (q.Path == path || q.Parent == nil && e.Property(path) == q) && len(p.Columns) > 0 {
				list = append(list, p)
				break
			}
		}
	}
	return list
}

// unique returns the properties that find an existing row.
func (o *bulkOptions) unique(e *mapper.Entity, keyed bool) ([]*mapper.Property, error) {
	if len(o.on) > 0 {
		return o.properties(e, o.on)
	}
	if keyed {
		return e.Key, nil
	}
	found := uniqueSets(e)
	if len(found) == 1 {
		return found[0], nil
	}
	return nil, &Error{Class: ErrInvalidOption, Op: o.op, Entity: e.Name,
		Detail: "entities have no key, and it is not clear by what an existing row is found; name it with ConflictOn"}
}

// uniqueSets are the properties of an entity that are unique, alone or together, but for
// its key.
func uniqueSets(e *mapper.Entity) (sets [][]*mapper.Property) {
	for _, p := range e.Leaves {
		if p.Unique && !p.Primary && len(p.Columns) > 0 {
			sets = append(sets, []*mapper.Property{p})
		}
	}
	for at := e; at != nil; at = at.Base {
		for _, ix := range at.Indexes {
			if !ix.Unique || ix.Where != "" || ix.Expression != "" {
				continue
			}
			set := uniqueProperties(ix.Columns)
			if !slices.ContainsFunc(sets, func(other []*mapper.Property) bool { return slices.Equal(other, set) }) {
				sets = append(sets, set)
			}
		}
	}
	return sets
}

// uniqueProperties are the properties of columns, each once.
func uniqueProperties(columns []*mapper.Column) (list []*mapper.Property) {
	for _, c := range columns {
		if c.Property != nil && !slices.Contains(list, c.Property) {
			list = append(list, c.Property)
		}
	}
	return list
}
