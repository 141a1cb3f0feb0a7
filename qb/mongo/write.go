package mongo

import (
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// Action is what a [Model] does.
type Action uint8

// The actions of bulk write models.
const (
	InsertOne Action = iota + 1
	UpdateOne
	UpdateEach // every document that matches
	DeleteOne
	DeleteEach // every document that matches
)

// Model is one step of a bulk write.
type Model struct {
	Action Action
	// Row is the index of the (first) row it came from; Rows are all of them where there are several.
	Row  int
	Rows []int
	// Document is what InsertOne inserts.
	Document bson.D
	// Filter says which documents an update or delete is about; Update is the change.
	Filter, Update bson.D
	// Upsert inserts what an update does not find.
	Upsert bool
	// Revises reports an update inside a document or list that must still be one.
	Revises bool
}

// Many reports a model about every document that matches.
func (m *Model) Many() bool { return m.Action == UpdateEach || m.Action == DeleteEach }

// Command names the command that carries the model: "insert", "update" or "delete".
func (m *Model) Command() string {
	switch m.Action {
	case InsertOne:
		return "insert"
	case DeleteOne, DeleteEach:
		return "delete"
	case UpdateOne, UpdateEach:
	}
	return "update"
}

// rowWriter turns rows of canonical values into models.
type rowWriter interface {
	// models may use what must not be sent twice when once is set.
	models(rows [][]any, once bool) ([]Model, error)
}

// BindRows makes the bulk write models of rows, each holding canonical values
// for the columns of Set (a qb.Revision writes what differs), then of Match (see qb.Write); with a Counter the
// number taken from it comes before them, and what is Made after them. Fewer models than rows are returned
// where rows go together.
func (c *Command) BindRows(rows [][]any) ([]Model, error) { return c.rows.models(rows, false) }

// BindRowsOnce is BindRows for models that take effect once at most, as those of a
// transaction do: elements may be appended to lists.
func (c *Command) BindRowsOnce(rows [][]any) ([]Model, error) { return c.rows.models(rows, true) }

func compileWrite(w *qb.Write) (*Command, error) {
	if w.Pivot != nil {
		return compileLinks(w)
	}
	if err := checkEntity(w.Entity); err != nil {
		return nil, err
	}
	if w.Where != nil || w.All {
		return compileBulk(w)
	}
	cmd := &Command{Kind: Rows, Collection: Collection(w.Entity), entity: w.Entity}
	switch w.Kind {
	case qb.Insert:
		return cmd, cmd.insert(w)
	case qb.Update:
		if err := checkReturning(w); err != nil {
			return nil, err
		}
		if err := checkKeys(w.Entity, w.Set); err != nil {
			return nil, err
		}
		cmd.rows = &updateRows{match: newFields(w.Match), set: newFields(w.Set), offset: len(w.Set), pinned: slices.ContainsFunc(w.Match, isVersion)}
	case qb.Delete:
		if err := checkReturning(w); err != nil {
			return nil, err
		}
		cmd.rows = &deleteRows{match: newFields(w.Match), offset: len(w.Set)}
	case qb.Truncate:
		return compileBulk(w)
	}
	return cmd, nil
}

// checkKeys refuses to set a primary key.
func checkKeys(e *mapper.Entity, set []*mapper.Column) error {
	for _, c := range set {
		if c.Property != nil && c.Property.Primary {
			return unsupportedClause(e, "set "+c.Name, "a primary key never changes; insert and delete instead")
		}
	}
	return nil
}

func isVersion(c *mapper.Column) bool { return c.Property != nil && c.Property.Version }

// checkReturning refuses columns of existing documents, which a bulk write does not return.
func checkReturning(w *qb.Write) error {
	for _, c := range w.Returning {
		return unsupportedClause(w.Entity, "returning "+c.Name, "values of documents that were there before")
	}
	return nil
}

// insert compiles an insert, plain or with a reaction to existing rows.
func (c *Command) insert(w *qb.Write) error {
	columns := w.Set
	for _, k := range w.Entity.KeyColumns {
		if k.AutoIncrement && !contains(w.Set, k) {
			c.Counter = k
			columns = append([]*mapper.Column{k}, w.Set...)
		}
	}
	columns, err := c.defaults(w, columns)
	if err != nil {
		return err
	}
	for _, r := range w.Returning {
		if w.Conflict != nil && r != c.Counter {
			return checkReturning(w)
		}
		c.Returned = append(c.Returned, position(columns, r))
	}
	if w.Conflict == nil {
		c.rows = &insertRows{fields: newFields(columns)}
		return nil
	}
	return c.upsert(w, columns)
}

// defaults adds the columns that the insert leaves out and the database would
// fill: those with a default, and what is to be returned.
func (c *Command) defaults(w *qb.Write, columns []*mapper.Column) ([]*mapper.Column, error) {
	columns = slices.Clip(columns)
	for _, column := range w.Entity.Columns {
		if contains(columns, column) || column.Default == "" && column.Generated == "" && !contains(w.Returning, column) {
			continue
		}
		made, ok := column.DefaultMaker()
		if !ok {
			return nil, unsupportedClause(w.Entity, "default of "+column.Name, "values made by SQL; make them in the program")
		}
		columns, c.Made = append(columns, column), append(c.Made, made)
	}
	return columns, nil
}

func contains(columns []*mapper.Column, c *mapper.Column) bool {
	for _, other := range columns {
		if other == c {
			return true
		}
	}
	return false
}

func (c *Command) upsert(w *qb.Write, columns []*mapper.Column) error {
	on := w.Conflict.On
	if len(on) == 0 {
		on = w.Entity.KeyColumns
	}
	if w.Conflict.Where != nil {
		return unsupportedClause(w.Entity, "upsert where", "a condition on the merge")
	}
	for _, column := range on {
		if !contains(columns, column) {
			return unsupportedClause(w.Entity, "upsert", "the row must hold the columns of the unique key ("+column.Name+")")
		}
	}
	var merge, rest, count []*mapper.Column
	for _, column := range columns {
		switch {
		case contains(on, column):
		case contains(w.Conflict.Count, column):
			count = append(count, column)
		case contains(w.Conflict.Merge, column) && (column.Property == nil || !column.Property.Primary):
			merge = append(merge, column)
		default:
			rest = append(rest, column)
		}
	}
	c.rows = &upsertRows{columns: columns, match: newFields(on), set: newFields(merge), rest: newFields(rest), count: newFields(count)}
	return nil
}
