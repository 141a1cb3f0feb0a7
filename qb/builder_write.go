package qb

import (
	"maps"
	"slices"
)

// Insert makes the query an insert of rows: maps from properties to values.
// Every row must name the same properties. Embedded values may be nested maps.
func (b *Builder) Insert(rows ...M) *Builder {
	c, at := b.next("Insert")
	return c.insertRows(at, rows)
}

// Upsert is Insert that changes the row in the way instead of failing: see
// [Builder.OnConflict], [Builder.Merge] and [Builder.Ignore]. Without those, a
// row with the same primary key takes all values of the new one.
func (b *Builder) Upsert(rows ...M) *Builder {
	c, at := b.next("Upsert")
	c.conflict = &conflictCall{at: at, all: true}
	return c.insertRows(at, rows)
}

func (b *Builder) insertRows(at step, rows []M) *Builder {
	b.kind = insertQuery
	if len(rows) == 0 {
		return b.blame(at, ErrStep, "", "there is no row to insert")
	}
	b.rows = nil
	first := slices.Sorted(maps.Keys(rows[0]))
	for _, r := range rows {
		if !slices.Equal(first, slices.Sorted(maps.Keys(r))) {
			return b.blame(at, ErrStep, "", "every row must name the same properties")
		}
		b.rows = append(b.rows, r)
	}
	return b
}

// InsertFrom makes the query an insert of what another query reads, column by column
// into properties. Nothing but the database's defaults fills the rest. MongoDB has none.
func (b *Builder) InsertFrom(source Source, properties ...string) *Builder {
	c, at := b.next("InsertFrom")
	q := untyped(source)
	c.kind = insertQuery
	if q == nil || len(properties) == 0 {
		return c.blame(at, ErrStep, "", "name a query, and the properties that its columns are for")
	}
	c.into, c.intoNames, c.rows = q, properties, nil
	return c
}

type conflictCall struct {
	at     step
	on     []string
	merge  []string
	all    bool // merge everything but the key of the conflict
	ignore bool
}

// OnConflict names the unique properties whose clash an insert tolerates.
func (b *Builder) OnConflict(properties ...string) *Builder {
	c, at := b.next("OnConflict")
	k := conflictCall{at: at, all: true}
	if c.conflict != nil {
		k = *c.conflict
	}
	k.on = slices.Clone(properties)
	c.conflict = &k
	return c
}

// Merge takes these properties from the new row when one is in the way; without
// names, all that were given.
func (b *Builder) Merge(properties ...string) *Builder {
	c, at := b.next("Merge")
	k := conflictCall{at: at}
	if c.conflict != nil {
		k = *c.conflict
	}
	k.merge, k.all, k.ignore = slices.Clone(properties), len(properties) == 0, false
	c.conflict = &k
	return c
}

// Ignore leaves the row that is in the way as it is.
func (b *Builder) Ignore() *Builder {
	c, at := b.next("Ignore")
	k := conflictCall{at: at}
	if c.conflict != nil {
		k = *c.conflict
	}
	k.merge, k.all, k.ignore = nil, false, true
	c.conflict = &k
	return c
}

// Returning reads properties of the rows that a write inserts, changes or deletes,
// without names all of them: SQLite and PostgreSQL of all writes, MariaDB of inserts and
// deletes, MySQL and MongoDB of inserts. Rows that an insert ignores return nothing; on
// MySQL and MariaDB, which give them back, it is refused beside Ignore.
func (b *Builder) Returning(properties ...string) *Builder {
	c, at := b.next("Returning")
	if c.kind == selectQuery || c.kind == countQuery || c.kind == truncateQuery {
		return c.blame(at, ErrStep, "", "only inserts, updates and deletes return rows")
	}
	if len(properties) == 0 && c.entity != nil {
		for _, p := range c.entity.Leaves {
			if len(p.Columns) > 0 {
				properties = append(properties, p.Path)
			}
		}
	}
	c.returning = add(c.returning, properties...)
	return c
}

// Update makes the query an update of all rows the conditions find. Values may
// be conditions.Raw. It bypasses the unit of work.
func (b *Builder) Update(set M) *Builder {
	c, at := b.next("Update")
	c.kind, c.rows = updateQuery, []any{set}
	if len(set) == 0 {
		return c.blame(at, ErrStep, "", "there is nothing to set")
	}
	return c
}

// Delete makes the query a delete of all rows the conditions find. It bypasses
// the unit of work.
func (b *Builder) Delete() *Builder {
	c, _ := b.next("Delete")
	c.kind = deleteQuery
	return c
}

// Truncate makes the query empty the entity's table.
func (b *Builder) Truncate() *Builder {
	c, _ := b.next("Truncate")
	c.kind = truncateQuery
	return c
}

// AllowAll permits an update or delete without a condition.
func (b *Builder) AllowAll() *Builder {
	c, _ := b.next("AllowAll")
	c.allowAll = true
	return c
}
