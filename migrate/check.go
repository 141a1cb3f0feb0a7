package migrate

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/schema"
)

// Verify reports what is wrong with the history of the database: files changed after
// they were applied, versions without a file, files older than what is applied. nil is
// nothing; that files are pending is nothing wrong.
func (m *Migrator) Verify(ctx context.Context) error {
	s, err := m.state(ctx)
	if err != nil {
		return err
	}
	if err := s.sound(); err != nil {
		return err
	}
	if list := s.in(Halfway); len(list) > 0 {
		return &Error{Class: ErrHalfway, Names: entryNames(list), Remedy: "weft migrate status tells how far it got; up goes on from there"}
	}
	return s.inOrder(s.in(Pending), m.options)
}

// Drift compares the database with the mapping: what it has more, less or otherwise
// in the tables of the entities, in spite of its files. It is empty where files are
// pending that would bring the difference.
func (m *Migrator) Drift(ctx context.Context, t schema.Target, opts ...schema.Option) (*schema.Plan, error) {
	s, err := m.state(ctx)
	if err != nil {
		return nil, err
	}
	if list := s.in(Pending, Halfway); len(list) > 0 {
		return nil, &Error{Class: ErrHistory, Names: entryNames(list), Remedy: "these are pending: the database is compared when it is up to date"}
	}
	if m.documents != nil {
		return nil, &Error{Class: ErrEngine, Names: []string{"drift"}, Remedy: "DocumentDrift compares collections"}
	}
	own := []schema.Option{schema.Gone(m.set.Tables()...), schema.GoneViews(m.set.Views()...)}
	return schema.Diff(ctx, t, append(own, opts...)...)
}

// DocumentDrift compares the collections of a document database with those that the
// mapping needs. Other collections are not looked at.
func (m *Migrator) DocumentDrift(ctx context.Context, want []driver.Collection) (*schema.Plan, error) {
	if m.documents == nil {
		return nil, &Error{Class: ErrEngine, Names: []string{"drift"}, Remedy: "Drift compares tables"}
	}
	s, err := m.state(ctx)
	if err != nil {
		return nil, err
	}
	if list := s.in(Pending, Halfway); len(list) > 0 {
		return nil, &Error{Class: ErrHistory, Names: entryNames(list), Remedy: "these are pending: the database is compared when it is up to date"}
	}
	have, err := m.documents.collections(ctx, want)
	if err != nil {
		return nil, err
	}
	return documentWay(have, want, nil), nil
}

// collections reads what the database says of collections. Where it writes an index or a
// validator otherwise than a command does, what means the same is taken over.
func (d *documents) collections(ctx context.Context, want []driver.Collection) ([]driver.Collection, error) {
	reply, err := d.engine.RunCommand(ctx, `{"listCollections":1,"cursor":{"batchSize":100000}}`)
	if err != nil {
		return nil, &RunError{Doing: "read the collections", Done: "nothing was changed", Err: err}
	}
	var found struct {
		Cursor struct {
			First []struct {
				Name    string `json:"name"`
				Options struct {
					Validator json.RawMessage `json:"validator"`
				} `json:"options"`
			} `json:"firstBatch"`
		} `json:"cursor"`
	}
	if err := json.Unmarshal([]byte(reply), &found); err != nil {
		return nil, &RunError{Doing: "read the collections", Done: "nothing was changed", Err: err}
	}
	var list []driver.Collection
	for _, x := range found.Cursor.First {
		w := find(want, x.Name)
		if w == nil {
			continue
		}
		c := driver.Collection{Name: x.Name}
		if len(x.Options.Validator) > 0 && compact(x.Options.Validator) != "{}" {
			c.Validator = compact(x.Options.Validator)
		}
		if c.Indexes, err = d.indexes(ctx, w); err != nil {
			return nil, &RunError{Doing: "read the indexes of " + c.Name, Done: "nothing was changed", Err: err}
		}
		list = append(list, c)
	}
	return list, nil
}

// indexes reads the indexes of a collection beside that of the key.
func (d *documents) indexes(ctx context.Context, want *driver.Collection) ([]driver.CollectionIndex, error) {
	reply, err := d.engine.RunCommand(ctx, `{"listIndexes":`+quote(want.Name)+`,"cursor":{"batchSize":100000}}`)
	if err != nil {
		return nil, err
	}
	var found struct {
		Cursor struct {
			First []json.RawMessage `json:"firstBatch"`
		} `json:"cursor"`
	}
	if err := json.Unmarshal([]byte(reply), &found); err != nil {
		return nil, err
	}
	var list []driver.CollectionIndex
	for _, raw := range found.Cursor.First {
		spec, err := parseIndex(raw)
		if err != nil {
			return nil, err
		}
		if spec.Name == "_id_" {
			continue
		}
		ix := driver.CollectionIndex{Name: spec.Name, Spec: compact(raw)}
		for _, w := range want.Indexes {
			if wanted, err := parseIndex(json.RawMessage(w.Spec)); err == nil && wanted == spec {
				ix.Spec = w.Spec
			}
		}
		list = append(list, ix)
	}
	return list, nil
}

// indexSpec is what of an index matters.
type indexSpec struct {
	Name, Key, Partial, Locale string
	Unique, Sparse, Expires    bool
	After, Strength            float64
}

// parseIndex reads an index as a command describes it, or as a server lists it: with the
// defaults of a collation, and the fields of a text index as weights.
func parseIndex(raw json.RawMessage) (indexSpec, error) {
	var x struct {
		Name      string             `json:"name"`
		Key       json.RawMessage    `json:"key"`
		Unique    bool               `json:"unique"`
		Sparse    bool               `json:"sparse"`
		After     *float64           `json:"expireAfterSeconds"`
		Partial   json.RawMessage    `json:"partialFilterExpression"`
		Weights   map[string]float64 `json:"weights"`
		Collation struct {
			Locale   string  `json:"locale"`
			Strength float64 `json:"strength"`
		} `json:"collation"`
	}
	if err := json.Unmarshal(raw, &x); err != nil {
		return indexSpec{}, err
	}
	spec := indexSpec{Name: x.Name, Key: compact(x.Key), Partial: compact(x.Partial), Locale: x.Collation.Locale, Unique: x.Unique, Sparse: x.Sparse, Strength: x.Collation.Strength}
	if x.Weights != nil {
		spec.Key = textKey(slices.Sorted(maps.Keys(x.Weights)))
	} else if names := textFields(x.Key); names != nil {
		spec.Key = textKey(names)
	}
	if x.After != nil {
		spec.Expires, spec.After = true, *x.After
	}
	if spec.Locale != "" && spec.Strength == 0 {
		spec.Strength = 3
	}
	return spec, nil
}

// textFields are the fields of a key that is for text search, sorted; nil for another key.
func textFields(raw json.RawMessage) []string {
	var key map[string]any
	if json.Unmarshal(raw, &key) != nil {
		return nil
	}
	var names []string
	for name, kind := range key {
		if kind == "text" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func textKey(names []string) string { return "text " + strings.Join(names, ", ") }
