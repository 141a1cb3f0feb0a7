package mongo

import (
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// String returns the command in the shell's notation, holes as ?0, ?1, ...
func (c *Command) String() string {
	switch c.Kind {
	case Find:
		return c.findText(c.filter, c.project, c.sort, c.skip, c.limit)
	case Aggregate:
		return c.aggregateText(c.pipeline)
	case UpdateMany, DeleteMany:
		return c.bulkText(c.filter, c.update)
	}
	return c.rowsText()
}

// Text returns a bound request in the shell's notation.
func (c *Command) Text(r *Request) string {
	switch {
	case r.Empty:
		return c.collectionText() + ".find({}).limit(0)"
	case c.Kind == Find:
		var skip, limit any
		if r.Skip != 0 {
			skip = r.Skip
		}
		if r.Limit != 0 {
			limit = r.Limit
		}
		return c.findText(r.Filter, r.Projection, r.Sort, skip, limit)
	case c.Kind == Aggregate:
		return c.aggregateText(r.Pipeline)
	}
	return c.bulkText(r.Filter, r.Update)
}

// ModelsText returns bulk write models in the shell's notation.
func (c *Command) ModelsText(models []Model) string {
	list := make(bson.A, len(models))
	for i := range models {
		list[i] = models[i].text()
	}
	return c.callText("bulkWrite", list)
}

func (c *Command) aggregateText(pipeline bson.A) string {
	if c.Hint == "" {
		return c.callText("aggregate", pipeline)
	}
	return c.callText("aggregate", pipeline, bson.D{{Key: "hint", Value: c.Hint}})
}

func (c *Command) findText(filter any, project bson.D, sort, skip, limit any) string {
	args := []any{filter}
	if project != nil {
		args = append(args, project)
	}
	text := c.callText("find", args...)
	if c.Hint != "" {
		text += ".hint(" + strconv.Quote(c.Hint) + ")"
	}
	if keys, ok := sort.(bson.D); ok && len(keys) > 0 {
		text += ".sort(" + flatText(keys) + ")"
	}
	if skip != nil {
		text += ".skip(" + flatText(skip) + ")"
	}
	if limit != nil {
		text += ".limit(" + flatText(limit) + ")"
	}
	return text
}

func (c *Command) bulkText(filter, update any) string {
	head := ""
	if c.Keys != nil {
		head = "keys = " + c.Keys.String() + "\n"
		filter = is(keyField, op("$in", rawText("keys")))
	}
	if c.Kind == DeleteMany {
		return head + c.callText("deleteMany", filter)
	}
	return head + c.callText("updateMany", filter, update)
}

// rawText is text written as it is.
type rawText string

// callText writes a method call on one line, or else with its first argument
// broken up.
func (c *Command) callText(method string, args ...any) string {
	flat := make([]string, len(args))
	for i, arg := range args {
		flat[i] = flatText(arg)
	}
	head := c.collectionText() + "." + method + "("
	if line := head + strings.Join(flat, ", ") + ")"; len(line) <= width {
		return line
	}
	t := &shellText{}
	t.b.WriteString(head)
	t.broken(args[0])
	for _, arg := range args[1:] {
		t.b.WriteString(", ")
		t.value(arg, 2)
	}
	t.b.WriteByte(')')
	return t.b.String()
}

// rowsText shows the models of one row, each value by its position.
func (c *Command) rowsText() string {
	shape, ok := c.rows.(interface{ shape() []Model })
	if !ok {
		return c.collectionText() + ".bulkWrite(rows)"
	}
	return c.ModelsText(shape.shape())
}

func (m *Model) text() bson.D {
	switch m.Action {
	case InsertOne:
		return is("insertOne", is("document", m.Document))
	case DeleteOne:
		return is("deleteOne", is("filter", m.Filter))
	case DeleteEach:
		return is("deleteMany", is("filter", m.Filter))
	}
	change := bson.D{{Key: "filter", Value: m.Filter}, {Key: "update", Value: m.Update}}
	if m.Upsert {
		change = append(change, bson.E{Key: "upsert", Value: true})
	}
	if m.Action == UpdateEach {
		return is("updateMany", change)
	}
	return is("updateOne", change)
}

// placeholders makes a document of fields with ?0, ?1, ... for their values.
func placeholders(fields []field, offset int) bson.D {
	d := make(bson.D, len(fields))
	for i, f := range fields {
		names := make([]string, len(f.at))
		for j, at := range f.at {
			names[j] = "?" + strconv.Itoa(at+offset)
		}
		if f.names == nil {
			d[i] = bson.E{Key: f.path, Value: rawText(names[0])}
			continue
		}
		parts := make(bson.D, len(f.names))
		for j, name := range f.names {
			parts[j] = bson.E{Key: name, Value: rawText(names[f.part(name)])}
		}
		d[i] = bson.E{Key: f.path, Value: parts}
	}
	return d
}

func (w *insertRows) shape() []Model {
	return []Model{{Action: InsertOne, Document: placeholders(w.fields, 0)}}
}

func (w *updateRows) shape() []Model {
	return []Model{{
		Action: UpdateOne, Filter: placeholders(w.match, w.offset), Update: op("$set", placeholders(w.set, 0)),
	}}
}

func (w *deleteRows) shape() []Model {
	return []Model{{Action: DeleteOne, Filter: placeholders(w.match, w.offset)}}
}

func (w *upsertRows) shape() []Model { return shapeOf(w, len(w.columns)) }

func (l *links) shape() []Model {
	plain := *l
	plain.order, plain.ordered = -1, false
	return shapeOf(&plain, len(l.owner)+len(l.target)+1)
}

// shapeOf are the models of a row of placeholders.
func shapeOf(w rowWriter, size int) []Model {
	row := make([]any, size)
	for i := range row {
		row[i] = rawText("?" + strconv.Itoa(i))
	}
	models, err := w.models([][]any{row}, false)
	if err != nil {
		return nil // a placeholder has a BSON form wherever a value does
	}
	return models
}
