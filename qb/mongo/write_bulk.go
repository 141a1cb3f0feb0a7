package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// compileBulk compiles the condition form.
func compileBulk(w *qb.Write) (*Command, error) {
	cmd := &Command{Collection: Collection(w.Entity), Kind: DeleteMany}
	switch w.Kind {
	case qb.Insert:
		return nil, unsupportedClause(w.Entity, "insert", "from a query")
	case qb.Update:
		cmd.Kind = UpdateMany
	}
	if len(w.Returning) > 0 {
		return nil, unsupportedClause(w.Entity, "returning", "bulk changes do not return rows")
	}
	c := &compiler{filters: w.Filters}
	s := c.newScope(w.Entity)
	s.root = true
	s.aliases = map[string]row{w.Alias: s.row}
	if w.Kind != qb.Truncate || w.Entity.Base != nil {
		if err := s.where(w.Where); err != nil {
			return nil, err
		}
	}
	r := &reader{scope: s, sort: &sorting{}}
	if filter, ok := r.onlyFilter(); ok {
		cmd.filter = filter
	} else {
		r.column(keyField, nil)
		cmd.Keys = r.command(w.Entity)
	}
	if w.Kind != qb.Update {
		return cmd, nil
	}
	return cmd, cmd.assign(s, w)
}

// assign compiles the assignments of a bulk update, as a pipeline when one of
// them copies a field.
func (c *Command) assign(s *scope, w *qb.Write) error {
	columns, slots := make([]*mapper.Column, 0, len(w.Assign)), make([]conditions.Slot, 0, len(w.Assign))
	for _, a := range w.Assign {
		if err := checkKeys(w.Entity, []*mapper.Column{a.Column}); err != nil {
			return err
		}
		if slot, ok := a.Value.(conditions.Slot); ok {
			columns, slots = append(columns, a.Column), append(slots, slot)
		}
	}
	fields := newFields(columns) // a composite reference is one, null as a whole
	set := make(bson.D, 0, len(w.Assign))
	copies := false
	for _, a := range w.Assign {
		if _, ok := a.Value.(conditions.Slot); ok {
			for _, f := range fields {
				if f.columns[0] == a.Column {
					set = append(set, bson.E{Key: f.path, Value: f.hole(slots)})
				}
			}
			continue
		}
		copies = true
		v, ok := a.Value.(conditions.Field)
		if !ok {
			return unsupportedClause(w.Entity, "set "+a.Column.Name, "values written in SQL")
		}
		if p := a.Column.Property; p != nil && isDBRef(p) {
			return unsupportedClause(w.Entity, "set "+a.Column.Name, "a copy of a value into a DBRef")
		}
		path, err := s.path(v)
		if err != nil || len(v.Hops) > 0 || v.JSON != nil {
			return unsupportedClause(w.Entity, "set "+a.Column.Name, "a value from another row or document")
		}
		set = append(set, bson.E{Key: columnPath(a.Column), Value: "$" + path})
	}
	if !copies {
		c.update = op("$set", set)
		return nil
	}
	for i := range set {
		if _, ok := set[i].Value.(*hole); ok {
			set[i].Value = op("$literal", set[i].Value)
		}
	}
	c.update = bson.A{op("$set", set)}
	return nil
}
