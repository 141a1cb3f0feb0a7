package mongo

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	weftmongo "github.com/weft-orm/weft/qb/mongo"
)

// looked is how many documents are read at once to see what was written.
const looked = 500

// landed counts the models, from the first on, whose outcome is in the database: a server
// writes them in order. With an error it is those that are known to be.
func (x *execution) landed(ctx context.Context, from, to int) (int, error) {
	for begin := from; begin < to; begin += looked {
		models := x.models[begin:min(begin+looked, to)]
		stored, err := x.stored(ctx, models)
		if err != nil {
			return begin - from, err
		}
		for i := range models {
			done, err := x.done(ctx, &models[i], stored)
			if err != nil || !done {
				return begin + i - from, err
			}
		}
	}
	return to - from, nil
}

// stored reads the documents that models are about, by key.
func (x *execution) stored(ctx context.Context, models []weftmongo.Model) (map[string]bson.Raw, error) {
	keys := bson.A{}
	for i := range models {
		if key, ok := keyOf(&models[i]); ok {
			keys = append(keys, key)
		}
	}
	cursor, err := x.session.engine.collection(x.database, x.collection).Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}})
	if err != nil {
		return nil, err
	}
	var list []bson.Raw
	if err := cursor.All(ctx, &list); err != nil {
		return nil, err
	}
	stored := make(map[string]bson.Raw, len(list))
	for _, doc := range list {
		stored[textOf(doc.Lookup("_id"))] = doc
	}
	return stored, nil
}

// keyOf returns the key of the document that a model is about, where it says one.
func keyOf(m *weftmongo.Model) (any, bool) {
	doc := m.Filter
	if m.Action == weftmongo.InsertOne {
		doc = m.Document
	}
	for _, e := range doc {
		if e.Key == "_id" {
			return e.Value, m.Action != weftmongo.UpdateEach && m.Action != weftmongo.DeleteEach
		}
	}
	return nil, false
}

// done reports that the database is as a model leaves it.
func (x *execution) done(ctx context.Context, m *weftmongo.Model, stored map[string]bson.Raw) (bool, error) {
	key, known := keyOf(m)
	if !known {
		if m.Action != weftmongo.UpdateEach && m.Action != weftmongo.DeleteEach {
			return false, errUnsure
		}
		n, err := x.session.engine.collection(x.database, x.collection).CountDocuments(ctx, m.Filter)
		return n == 0, err
	}
	id, err := rawValue(key)
	if err != nil {
		return false, err
	}
	doc, there := stored[textOf(id)]
	switch {
	case m.Action == weftmongo.DeleteOne:
		return !there, nil
	case !there:
		return false, nil
	case m.Action == weftmongo.InsertOne:
		wanted, err := bson.Marshal(m.Document)
		return bytes.Equal(doc, wanted), err
	}
	return shows(doc, m.Update)
}

// shows reports a document that the operators of an update leave as it is.
func shows(doc bson.Raw, update bson.D) (bool, error) {
	for _, operator := range update {
		fields, _ := operator.Value.(bson.D)
		for _, f := range fields {
			if ok, err := showsField(doc, operator.Key, f); err != nil || !ok {
				return false, err
			}
		}
	}
	return true, nil
}

func showsField(doc bson.Raw, operator string, f bson.E) (bool, error) {
	stored := doc.Lookup(strings.Split(f.Key, ".")...)
	switch operator {
	case "$set":
		wanted, err := rawValue(f.Value)
		return err == nil && stored.Equal(wanted), err
	case "$unset":
		return stored.IsZero(), nil
	case "$setOnInsert":
		return true, nil
	case "$pullAll":
		n, err := among(stored, f.Value)
		return n == 0, err
	case "$addToSet", "$push":
		each, ok := f.Value.(bson.D)
		if !ok || each[0].Key != "$each" {
			return false, errUnsure
		}
		n, err := among(stored, each[0].Value)
		return n == len(each[0].Value.(bson.A)), err
	}
	return false, errUnsure
}

// among counts the values of a list that a stored list has.
func among(stored bson.RawValue, list any) (int, error) {
	values, ok := list.(bson.A)
	if !ok {
		return 0, errUnsure
	}
	array, ok := stored.ArrayOK()
	if !ok {
		return 0, nil
	}
	items, err := array.Values()
	if err != nil {
		return 0, err
	}
	n := 0
	for _, v := range values {
		raw, err := rawValue(v)
		if err != nil {
			return 0, err
		}
		if slices.ContainsFunc(items, raw.Equal) {
			n++
		}
	}
	return n, nil
}

// textOf makes a value a key of maps.
func textOf(v bson.RawValue) string { return string(append([]byte{byte(v.Type)}, v.Value...)) }

func rawValue(v any) (bson.RawValue, error) {
	kind, data, err := bson.MarshalValue(v)
	return bson.RawValue{Type: kind, Value: data}, err
}
