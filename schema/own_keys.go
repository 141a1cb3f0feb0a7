package schema

import (
	"slices"

	"ariga.io/atlas/sql/schema"
)

// ownKeysLast takes the foreign keys of new tables that refer to a unique column of the same
// table out of the statement that makes it, where the engine makes indexes by statements of
// their own: the key needs the index.
func (a *atlas) ownKeysLast(changes []schema.Change) []schema.Change {
	if !a.indexesApart {
		return changes
	}
	var out, last []schema.Change
	for _, c := range changes {
		add, ok := c.(*schema.AddTable)
		if !ok || !slices.ContainsFunc(add.T.ForeignKeys, refersToOwnIndex) {
			out = append(out, c)
			continue
		}
		t := *add.T
		t.ForeignKeys = nil
		var keys []schema.Change
		for _, fk := range add.T.ForeignKeys {
			if refersToOwnIndex(fk) {
				keys = append(keys, &schema.AddForeignKey{F: fk})
			} else {
				t.ForeignKeys = append(t.ForeignKeys, fk)
			}
		}
		out = append(out, &schema.AddTable{T: &t, Extra: add.Extra})
		last = append(last, &schema.ModifyTable{T: add.T, Changes: keys})
	}
	return append(out, last...)
}

// refersToOwnIndex reports a foreign key to columns of the same table that are not its
// primary key.
func refersToOwnIndex(fk *schema.ForeignKey) bool {
	if fk.Table == nil || fk.RefTable != fk.Table || fk.Table.PrimaryKey == nil {
		return false
	}
	parts := fk.Table.PrimaryKey.Parts
	return len(parts) != len(fk.RefColumns) || !slices.EqualFunc(parts, fk.RefColumns, func(p *schema.IndexPart, c *schema.Column) bool { return p.C == c })
}
