package orm

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// Aggregate runs an aggregation pipeline, in MongoDB's own words, on the collection of
// T, in the open transaction, and returns its documents as values of R, by the rules
// of [Result]; a field that a document lacks keeps its zero value. Names are those of the
// stored fields, not of properties.
//
// A stage is an M, or a D where the order of its entries counts ($sort by two fields); the
// client's bson.D and mongo.Pipeline will do as well. Pending changes are written first, as
// before [EntityManager.Exec]. Engines without pipelines answer ErrUnsupported.
func Aggregate[T, R any](ctx context.Context, em *EntityManager, pipeline any, opts ...RawOption) ([]R, error) {
	em = em.there()
	if em.guard.fault != nil {
		return nil, em.guard.fault
	}
	e, err := entityOf[T](em.db.registry)
	if err != nil {
		return nil, err
	}
	if err := em.guard.enter("aggregate"); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	rows, err := em.aggregate(ctx, e, pipeline, opts)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return documentsOf[R](em, ctx, e, rows)
}

// aggregate sends a pipeline.
func (em *EntityManager) aggregate(ctx context.Context, e *mapper.Entity, pipeline any, opts []RawOption) (driver.Rows, error) {
	b := &stages{q: &qb.Pipeline{Entity: e, Schema: em.scope.Schema}}
	list, ok := b.template(reflect.ValueOf(pipeline)).([]any)
	if !ok {
		return nil, &Error{Class: ErrInvalidOption, Op: "aggregate", Entity: e.Name, Detail: "a pipeline is a list of stages, got " + typeName(pipeline)}
	}
	b.q.Stages = list
	program, err := em.db.engine.Compile(b.q)
	if err != nil {
		return nil, err
	}
	if err := em.flushRaw(ctx, "aggregate", opts); err != nil {
		return nil, err
	}
	return em.scope.Query(ctx, program, b.values)
}

// documentsOf reads documents, whose fields differ from one to the next.
func documentsOf[R any](em *EntityManager, ctx context.Context, e *mapper.Entity, rows driver.Rows) ([]R, error) {
	docs, ok := driver.RowsAs[driver.Documents](rows)
	if !ok {
		return nil, &Error{Class: ErrUnsupported, Op: "aggregate", Entity: e.Name, Detail: "the engine " + em.db.caps.Name + " does not give documents"}
	}
	plans := map[string]*resultPlan{}
	var list []R
	for rows.Next() {
		if err := em.db.loads.Canceled(ctx); err != nil {
			return nil, err
		}
		names, values, err := docs.Fields()
		if err != nil {
			return nil, err
		}
		id := strings.Join(names, "\x00")
		if plans[id] == nil {
			if plans[id], err = planDocument(reflect.TypeFor[R](), e, names); err != nil {
				return nil, err
			}
		}
		copy(plans[id].cells, values)
		var value R
		if err := plans[id].store(reflect.ValueOf(&value).Elem()); err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, rows.Close()
}

func planDocument(r reflect.Type, e *mapper.Entity, names []string) (*resultPlan, error) {
	p := &resultPlan{entity: e, columns: make([]qb.Column, len(names)), cells: make([]any, len(names)), lax: true}
	for i, name := range names {
		p.columns[i].Name = name
	}
	switch {
	case r == reflect.TypeFor[map[string]any]():
		p.named = true
		return p, nil
	case isValue(r):
		p.whole = true
		if len(names) != 1 {
			return nil, p.misfit("", "a document has the fields "+strings.Join(names, ", ")+": "+r.String()+" takes one, a struct takes them all; leave out _id by $project")
		}
		return p, nil
	}
	return p, p.matchFields(r, true)
}

// stages turns a pipeline into a template with its values in slots, so that logs show
// its shape and redact by the rules of parameters.
type stages struct {
	q      *qb.Pipeline
	values []any
}

func (s *stages) template(v reflect.Value) any {
	for v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		return s.slot(nil)
	}
	if m, ok := v.Interface().(map[string]any); ok {
		return s.document(slices.Sorted(maps.Keys(m)), func(key string) any { return m[key] })
	}
	if v.Kind() == reflect.Map && v.Type().ConvertibleTo(reflect.TypeFor[map[string]any]()) {
		return s.template(v.Convert(reflect.TypeFor[map[string]any]()))
	}
	if v.Kind() != reflect.Slice || v.Type().Elem().Kind() == reflect.Uint8 {
		return s.slot(v.Interface())
	}
	if entry := v.Type().Elem(); entry.Kind() == reflect.Struct && entry.NumField() == 2 && entry.Field(0).Name == "Key" && entry.Field(1).Name == "Value" {
		out := make(conditions.D, v.Len())
		for i := range out {
			out[i] = conditions.E{Key: v.Index(i).Field(0).String(), Value: s.template(v.Index(i).Field(1))}
		}
		return out
	}
	out := make([]any, v.Len())
	for i := range out {
		out[i] = s.template(v.Index(i))
	}
	return out
}

func (s *stages) document(keys []string, at func(string) any) any {
	out := make(conditions.D, len(keys))
	for i, key := range keys {
		out[i] = conditions.E{Key: key, Value: s.template(reflect.ValueOf(at(key)))}
	}
	return out
}

// slot gives a value its number.
func (s *stages) slot(v any) any {
	hidden := false
	if h, ok := v.(secret); ok {
		v, hidden = h.value, true
	}
	if plain, err := plainScalar(v); err == nil {
		v = plain
	}
	s.values, s.q.Redacted = append(s.values, v), append(s.q.Redacted, hidden)
	return conditions.Slot(len(s.values) - 1)
}

// NativeClient returns the object of type C that the engine's Go client works with:
// *mongo.Database, *mongo.Client, *pgxpool.Pool, *sql.DB. In an open transaction it finds
// what belongs to that first: *mongo.Session, whose mongo.NewSessionContext makes the
// client join it; it is there from the first statement on. What is done with it, weft does
// not see. The object belongs to the engine. Without one the error is an ErrUnsupported.
func NativeClient[C any](em *EntityManager) (C, error) {
	em = em.there()
	if em.guard.fault != nil {
		var none C
		return none, em.guard.fault
	}
	var candidates []any
	if em.scope.Session != nil {
		if n, ok := driver.SessionAs[driver.Native](em.scope.Session); ok {
			candidates = append(candidates, n.Native()...)
		}
	}
	if n, ok := driver.EngineAs[driver.Native](em.db.engine); ok {
		candidates = append(candidates, n.Native()...)
	}
	if h, ok := driver.EngineAs[driver.SQLHandle](em.db.engine); ok {
		candidates = append(candidates, h.DB())
	}
	for _, c := range candidates {
		if found, ok := c.(C); ok {
			return found, nil
		}
	}
	var none C
	return none, &Error{Class: ErrUnsupported, Op: "native", Detail: "the engine " + em.db.caps.Name + " has no " + reflect.TypeFor[C]().String()}
}
