package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
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
	set := make(bson.D, len(w.Assign))
	copies := false
	for i, a := range w.Assign {
		set[i].Key = columnPath(a.Column)
		switch v := a.Value.(type) {
		case conditions.Slot:
			column := a.Column
			set[i].Value = computed(v, "", func(arg any) (any, error) { return encodeColumn(column, arg) })
		case conditions.Field:
			path, err := s.path(v)
			if err != nil || len(v.Hops) > 0 || v.JSON != nil {
				return unsupportedClause(w.Entity, "set "+a.Column.Name, "a value from another row or document")
			}
			set[i].Value, copies = "$"+path, true
		default:
			return unsupportedClause(w.Entity, "set "+a.Column.Name, "values written in SQL")
		}
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
