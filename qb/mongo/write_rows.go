package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/mapper"
)

// insertRows makes one document of each row.
type insertRows struct{ fields []field }

func (w *insertRows) models(rows [][]any, _ bool) ([]Model, error) {
	out := make([]Model, len(rows))
	for i, row := range rows {
		doc, _, err := encodeStored(w.fields, row)
		if err != nil {
			return nil, inRow(err, i)
		}
		out[i] = Model{Action: InsertOne, Row: i, Document: doc}
	}
	return out, nil
}

// updateRows sets fields of the document each row matches.
type updateRows struct {
	match, set []field
	offset     int  // where the values of match begin
	pinned     bool // match compares a version
}

func (w *updateRows) models(rows [][]any, once bool) ([]Model, error) {
	out := make([]Model, len(rows))
	for i, row := range rows {
		filter, err := encodeMatch(w.match, row[w.offset:])
		if err != nil {
			return nil, err
		}
		r := revision{pinned: w.pinned, once: once}
		if err := r.fields(w.set, row); err != nil {
			return nil, inRow(err, i)
		}
		out[i] = Model{Action: UpdateOne, Row: i, Filter: filter, Update: r.update(), Revises: r.inside}
	}
	return out, nil
}

// inRow tells a NullError its row.
func inRow(err error, row int) error {
	if null, ok := err.(*NullError); ok {
		null.Row = row
	}
	return err
}

// deleteRows deletes the document each row matches.
type deleteRows struct {
	match  []field
	offset int
}

func (w *deleteRows) models(rows [][]any, _ bool) ([]Model, error) {
	out := make([]Model, len(rows))
	for i, row := range rows {
		filter, err := encodeMatch(w.match, row[w.offset:])
		if err != nil {
			return nil, err
		}
		out[i] = Model{Action: DeleteOne, Row: i, Filter: filter}
	}
	return out, nil
}

// upsertRows updates the document with a row's unique key, or inserts the row.
type upsertRows struct {
	columns                 []*mapper.Column
	match, set, rest, count []field
}

func (w *upsertRows) models(rows [][]any, _ bool) ([]Model, error) {
	out := make([]Model, len(rows))
	for i, row := range rows {
		filter, err := w.encode(w.match, row)
		if err != nil {
			return nil, err
		}
		set, err := w.encode(w.set, row)
		if err != nil {
			return nil, err
		}
		rest, err := w.encode(w.rest, row)
		if err != nil {
			return nil, err
		}
		var update bson.D
		if len(set) > 0 {
			update = append(update, bson.E{Key: "$set", Value: set})
		}
		if len(w.count) > 0 {
			// A field that is not there counts from nothing: a new document has 1.
			inc := make(bson.D, len(w.count))
			for j := range w.count {
				inc[j] = bson.E{Key: w.count[j].path, Value: int64(1)}
			}
			update = append(update, bson.E{Key: "$inc", Value: inc})
		}
		if len(rest) > 0 || update == nil {
			if len(rest) == 0 {
				rest = filter
			}
			update = append(update, bson.E{Key: "$setOnInsert", Value: rest})
		}
		out[i] = Model{Action: UpdateOne, Row: i, Filter: filter, Update: update, Upsert: true}
	}
	return out, nil
}

// encode makes a document of fields whose positions are among their own columns.
func (w *upsertRows) encode(fields []field, row []any) (bson.D, error) {
	d := make(bson.D, len(fields))
	for i := range fields {
		part := make([]any, len(row))
		for j, c := range fields[i].columns {
			part[fields[i].at[j]] = row[position(w.columns, c)]
		}
		v, err := fields[i].encode(part)
		if err != nil {
			return nil, err
		}
		d[i] = bson.E{Key: fields[i].path, Value: v}
	}
	return d, nil
}

func position(columns []*mapper.Column, c *mapper.Column) int {
	for i, other := range columns {
		if other == c {
			return i
		}
	}
	return -1
}
