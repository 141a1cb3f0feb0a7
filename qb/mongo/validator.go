package mongo

import (
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/mapper"
)

// Validator returns the condition that documents of a collection must hold: what the
// mapping of all entities kept in it declares of types, NOT NULL, enums and lengths, and
// the checks that can be read. It is nil when there is nothing to hold.
func Validator(entities []*mapper.Entity) (bson.D, error) {
	schema, err := documentSchema(entities)
	if err != nil {
		return nil, err
	}
	checks, err := checkConditions(entities)
	if err != nil {
		return nil, err
	}
	var all bson.D
	if schema != nil {
		all = is("$jsonSchema", schema)
	}
	if len(checks) > 0 {
		all = append(all, bson.E{Key: "$and", Value: checks})
	}
	return all, nil
}

// documentSchema is the $jsonSchema of the documents of a collection. It says nothing of
// fields that no property has, nor of the inside of JSON properties, whose members may be
// missing.
func documentSchema(entities []*mapper.Entity) (bson.D, error) {
	top := &fieldRule{types: []string{"object"}}
	for _, e := range entities {
		if err := checkEntity(e); err != nil {
			return nil, err
		}
		addRules(top, e)
	}
	types := concrete(entities)
	for _, e := range types {
		for path := range requiredOf(e) {
			if !slices.ContainsFunc(types, func(other *mapper.Entity) bool { return !requiredOf(other)[path] }) {
				top.field(path).required = true
			}
		}
	}
	schema, err := top.schema()
	if err != nil {
		return nil, err
	}
	if perType := typeRules(top, types); perType != nil {
		schema = append(schema, bson.E{Key: "allOf", Value: perType})
	}
	return schema, nil
}

// A fieldRule is what the values of a field must hold. Types of a hierarchy, and
// entities of one collection, may share a field: then the widest holds.
type fieldRule struct {
	name     string
	required bool
	types    []string // bsonType, empty for any
	free     bool     // some column says nothing of the type
	enum     []any    // the values allowed, those of the elements for an array; empty for any
	length   int      // of text, 0 for any
	items    []string // bsonType of elements, empty for any
	fields   []*fieldRule
	columns  []*mapper.Column
}

// addRules adds what one entity says.
func addRules(top *fieldRule, e *mapper.Entity) {
	for _, c := range e.Columns {
		if c.Type != nil {
			parents(top, c)
			if p := c.Property; p == nil || !isDBRef(p) { // of a DBRef only that it is a document
				top.field(columnPath(c)).column(c)
			}
		}
	}
	for _, p := range e.Relations {
		if p.Kind != mapper.ManyToMany || !p.Relation.Owning {
			continue
		}
		if path, err := arrayField(p); err == nil {
			keys := p.Relation.Target.KeyColumns
			r := top.field(path)
			r.types, r.items = []string{"array"}, []string{"object"}
			if len(keys) == 1 && !isDBRef(p) {
				r.items = bsonTypes(keys[0].Type)
			}
		}
	}
}

// parents makes the field around a part of a composite key or reference a document, of
// which all parts are there; a reference may be null as a whole.
func parents(top *fieldRule, c *mapper.Column) {
	parent, _, inside := strings.Cut(columnPath(c), ".")
	if !inside {
		return
	}
	r := top.field(parent)
	r.types = union(r.types, []string{"object"})
	if parent != keyField && c.Nullable {
		r.types = union(r.types, []string{"null"})
	}
}

// field returns the rule at a dotted path, a new one where there is none.
func (r *fieldRule) field(path string) *fieldRule {
	name, rest, inside := strings.Cut(path, ".")
	i := slices.IndexFunc(r.fields, func(f *fieldRule) bool { return f.name == name })
	if i < 0 {
		i = len(r.fields)
		r.fields = append(r.fields, &fieldRule{name: name})
	}
	if !inside {
		return r.fields[i]
	}
	part := r.fields[i].field(rest)
	part.required = true
	return part
}

// column adds what a column says: the widest of all holds.
func (r *fieldRule) column(c *mapper.Column) {
	if slices.Contains(r.columns, c) {
		return
	}
	first := len(r.columns) == 0
	r.columns = append(r.columns, c)
	t := c.Type
	enum, length, items := enumOf(t), 0, []string(nil)
	if t.StoredKind() == mapper.String {
		length = t.Length
	}
	if t.StoredKind() == mapper.Array && t.Elem != nil {
		if items = bsonTypes(t.Elem); items != nil {
			items = append(items, "null")
		}
	}
	types := bsonTypes(t)
	if types == nil {
		r.free = true
	} else if c.Nullable && !strings.Contains(columnPath(c), ".") {
		types = append(types, "null") // a composite reference is null as a whole
	}
	r.types = union(r.types, types)
	if first {
		r.enum, r.length, r.items = enum, length, items
		return
	}
	if len(enum) == 0 || len(r.enum) == 0 {
		r.enum = nil
	} else {
		r.enum = append(slices.Clip(r.enum), enum...)
	}
	if r.length = max(length, r.length) * min(length, r.length, 1); items == nil || r.items == nil {
		r.items = nil
	} else {
		r.items = union(r.items, items)
	}
}

// schema writes the rule as a $jsonSchema.
func (r *fieldRule) schema() (bson.D, error) {
	var d bson.D
	if len(r.types) > 0 && !r.free {
		d = append(d, bson.E{Key: "bsonType", Value: oneOrAll(r.types)})
	}
	items := bson.D{}
	if len(r.items) > 0 {
		items = append(items, bson.E{Key: "bsonType", Value: oneOrAll(r.items)})
	}
	if len(r.enum) > 0 {
		values, err := encodeList(r.enum)
		if err != nil {
			return nil, err
		}
		switch {
		case slices.Contains(r.types, "array"):
			items = append(items, bson.E{Key: "enum", Value: values})
		case slices.Contains(r.types, "null"):
			d = append(d, bson.E{Key: "enum", Value: append(values, nil)})
		default:
			d = append(d, bson.E{Key: "enum", Value: values})
		}
	}
	if r.length > 0 {
		d = append(d, bson.E{Key: "maxLength", Value: int64(r.length)})
	}
	if len(items) > 0 {
		d = append(d, bson.E{Key: "items", Value: items})
	}
	return r.inside(d)
}

// inside adds the rules of the fields of a document.
func (r *fieldRule) inside(d bson.D) (bson.D, error) {
	var required bson.A
	var properties bson.D
	for _, f := range r.fields {
		if f.required {
			required = append(required, f.name)
		}
		about, err := f.schema()
		if err != nil {
			return nil, err
		}
		if len(about) > 0 {
			properties = append(properties, bson.E{Key: f.name, Value: about})
		}
	}
	if len(required) > 0 {
		d = append(d, bson.E{Key: "required", Value: required})
	}
	if len(properties) > 0 {
		d = append(d, bson.E{Key: "properties", Value: properties})
	}
	return d, nil
}

// concrete are the entities that documents are of.
func concrete(entities []*mapper.Entity) []*mapper.Entity {
	return slices.DeleteFunc(slices.Clone(entities), func(e *mapper.Entity) bool { return e.Abstract })
}

// requiredOf are the fields that each document of an entity has: a column that is NOT
// NULL is never left out of an insert.
func requiredOf(e *mapper.Entity) map[string]bool {
	required := map[string]bool{keyField: true}
	for _, c := range e.Columns {
		if path := columnPath(c); c.Type != nil && !c.Nullable && c.Generated == "" && !strings.Contains(path, ".") {
			required[path] = true
		} else if parent, _, _ := strings.Cut(path, "."); path != parent && !c.Nullable {
			required[parent] = true
		}
	}
	return required
}

// typeRules are what only the types of a hierarchy ask for, each about documents of its
// own discriminator, so that documents of types that the mapping does not know pass.
func typeRules(top *fieldRule, types []*mapper.Entity) (all bson.A) {
	for _, e := range types {
		if e.Root() != types[0].Root() || e.Discriminator == nil {
			return nil
		}
	}
	for _, e := range types {
		required, own := requiredOf(e), bson.A{}
		for _, f := range top.fields {
			if required[f.name] && !f.required {
				own = append(own, f.name)
			}
		}
		if len(own) == 0 {
			continue
		}
		other := is("properties", is(columnPath(e.Discriminator), is("not", is("enum", bson.A{e.DiscriminatorValue}))))
		all = append(all, is("anyOf", bson.A{other, is("required", own)}))
	}
	return all
}

// bsonTypes are the types that weft stores values as, nil for any: numbers of any width
// where one may be copied from a field of another kind.
func bsonTypes(t *mapper.Type) []string {
	switch t.StoredKind() {
	case mapper.Int, mapper.Uint, mapper.Duration:
		return []string{"int", "long"}
	case mapper.JSON:
		return shapeTypes(t)
	case mapper.Bool, mapper.Float, mapper.DecimalKind, mapper.String, mapper.Bytes, mapper.Time, mapper.Date,
		mapper.UUIDKind, mapper.ULIDKind, mapper.ObjectIDKind, mapper.Array:
		return []string{storedType(t)}
	}
	return nil
}

// shapeTypes are those of a JSON property whose Go type tells them.
func shapeTypes(t *mapper.Type) []string {
	switch {
	case t.List:
		return []string{"array", "null"} // a nil slice is JSON's null
	case t.Shape != nil:
		return []string{"object"}
	}
	return nil
}

// enumOf are the values allowed, those of the elements for a list.
func enumOf(t *mapper.Type) []any {
	if t.Kind == mapper.Array && t.Elem != nil {
		return t.Elem.Enum
	}
	return t.Enum
}

func oneOrAll(types []string) any {
	if len(types) == 1 {
		return types[0]
	}
	all := make(bson.A, len(types))
	for i, t := range types {
		all[i] = t
	}
	return all
}

func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(slices.Clip(a), s)
		}
	}
	return a
}
