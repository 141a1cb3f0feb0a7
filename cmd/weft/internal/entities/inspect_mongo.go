package entities

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/driver"
	weftmongo "github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/mapper"
)

// sampleSize is the number of documents of a collection that are looked at.
const sampleSize = 1000

// InspectMongo reads the collections of a database of MongoDB: their validators,
// their indexes, and what the first documents by key hold. References are fields
// that are called like another collection and hold its keys.
func InspectMongo(ctx context.Context, uri, name string, opts Options) (*Database, error) {
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		return nil, fmt.Errorf("entities: mongo: %w", err)
	}
	defer func() { _ = client.Disconnect(context.WithoutCancel(ctx)) }()
	in := &mongoInspection{db: client.Database(name), found: &Database{Dialect: "mongo"}, values: map[*Column][]any{}, keys: map[*Table]map[any]bool{}}
	list, err := in.db.ListCollectionSpecifications(ctx, bson.D{})
	if err != nil {
		return nil, fmt.Errorf("entities: mongo: %w", err)
	}
	slices.SortFunc(list, func(a, b mongo.CollectionSpecification) int { return cmp.Compare(a.Name, b.Name) })
	for _, spec := range list {
		t := &Table{Name: spec.Name, View: spec.Type == "view"}
		if strings.HasPrefix(spec.Name, "system.") || strings.HasPrefix(spec.Name, "weft_") || !opts.takes(t) {
			continue
		}
		if err := in.collection(ctx, t, spec.Options); err != nil {
			return nil, fmt.Errorf("entities: mongo: %s: %w", spec.Name, err)
		}
		in.found.Tables = append(in.found.Tables, t)
	}
	in.references()
	in.found.leaveRefused(weftmongo.URI(uri, name).(driver.Limiter).Limits())
	return in.found, nil
}

type mongoInspection struct {
	db    *mongo.Database
	found *Database
	// values are those that may be keys of other collections, keys those there are.
	values map[*Column][]any
	keys   map[*Table]map[any]bool
}

// seen is what is known of a field.
type seen struct {
	column  *Column
	kinds   map[string]bool
	present int
	inside  *shape
}

// A shape is the fields of documents, in the order of their first appearance.
type shape struct {
	fields []*seen
	count  int
}

func (s *shape) field(name string) *seen {
	for _, f := range s.fields {
		if f.column.Name == name {
			return f
		}
	}
	f := &seen{column: &Column{Name: name}, kinds: map[string]bool{}}
	s.fields = append(s.fields, f)
	return f
}

func (in *mongoInspection) collection(ctx context.Context, t *Table, spec bson.Raw) error {
	c := in.db.Collection(t.Name)
	cursor, err := c.Find(ctx, bson.D{}, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(sampleSize))
	if err != nil {
		return err
	}
	s := &shape{}
	in.keys[t] = map[any]bool{}
	for cursor.Next(ctx) {
		in.document(t, s, cursor.Current)
	}
	if err := cursor.Err(); err != nil {
		return err
	}
	whole := s.count < sampleSize
	if !whole {
		in.found.Notes = append(in.found.Notes, fmt.Sprintf("%s has more than %d documents: those after them may hold other fields", t.Name, sampleSize-1))
	}
	validator(spec, s)
	t.Columns = s.columns(whole)
	t.Key = []string{"_id"}
	if id := t.column("_id"); id == nil {
		t.Columns = append([]*Column{{Name: "_id", Type: "objectId"}}, t.Columns...)
	} else {
		id.Nullable = false
	}
	if t.View {
		t.Key = nil
		return nil
	}
	return in.indexes(ctx, c, t)
}

func (in *mongoInspection) document(t *Table, s *shape, doc bson.Raw) {
	s.count++
	elements, err := doc.Elements()
	if err != nil {
		return
	}
	for _, e := range elements {
		f := s.field(e.Key())
		in.value(f, e.Value())
		if e.Key() == "_id" && t != nil {
			in.keys[t][keyText(e.Value())] = true
		}
	}
}

// value notes the kind of one value.
func (in *mongoInspection) value(f *seen, v bson.RawValue) {
	if v.Type != bson.TypeNull && v.Type != bson.TypeUndefined {
		f.present++
	}
	switch v.Type {
	case bson.TypeEmbeddedDocument:
		f.kinds["object"] = true
		if f.inside == nil {
			f.inside = &shape{}
		}
		in.document(nil, f.inside, v.Document())
	case bson.TypeArray:
		values, _ := v.Array().Values()
		if len(values) == 0 {
			f.kinds["array<>"] = true
		}
		for _, x := range values {
			f.kinds["array<"+kindOf(x)+">"] = true
			in.values[f.column] = append(in.values[f.column], keyText(x))
			if x.Type == bson.TypeEmbeddedDocument {
				if f.inside == nil {
					f.inside = &shape{}
				}
				in.document(nil, f.inside, x.Document())
			}
		}
	default:
		if k := kindOf(v); k != "null" {
			f.kinds[k] = true
			in.values[f.column] = append(in.values[f.column], keyText(v))
		}
	}
}

// kindOf is the type of a value as $jsonSchema calls it.
func kindOf(v bson.RawValue) string {
	switch v.Type {
	case bson.TypeString:
		return "string"
	case bson.TypeInt32:
		return "int"
	case bson.TypeInt64:
		return "long"
	case bson.TypeDouble:
		return "double"
	case bson.TypeBoolean:
		return "bool"
	case bson.TypeDateTime:
		return "date"
	case bson.TypeObjectID:
		return "objectId"
	case bson.TypeDecimal128:
		return "decimal"
	case bson.TypeBinary:
		if subtype, _ := v.Binary(); subtype == bson.TypeBinaryUUID {
			return "uuid"
		}
		return "binData"
	case bson.TypeNull, bson.TypeUndefined:
		return "null"
	case bson.TypeEmbeddedDocument:
		return "object"
	}
	return "mixed"
}

// keyText is a value as a key of a Go map.
func keyText(v bson.RawValue) any { return kindOf(v) + string(v.Value) }

// columns are the fields as columns. whole reports that all documents were seen, so
// that a field which all have may be taken for one that all must have.
func (s *shape) columns(whole bool) []*Column {
	var list []*Column
	for _, f := range s.fields {
		c := f.column
		if c.Type == "" {
			c.Type = joined(f.kinds)
			c.Nullable = !whole || f.present < s.count
		}
		if f.inside != nil {
			c.Fields = f.inside.columns(whole)
		}
		list = append(list, c)
	}
	return list
}

// joined is the one type that holds all that were seen.
func joined(kinds map[string]bool) string {
	list := sortedKeys(kinds)
	list = slices.DeleteFunc(list, func(k string) bool { return k == "array<>" && len(list) > 1 })
	only := func(allowed ...string) bool {
		return len(list) > 0 && !slices.ContainsFunc(list, func(k string) bool { return !slices.Contains(allowed, k) })
	}
	switch {
	case len(list) == 0:
		return "null"
	case len(list) == 1:
		return list[0]
	case only("int", "long"):
		return "long"
	case only("int", "long", "double"):
		return "double"
	case only("array<int>", "array<long>"):
		return "array<long>"
	case only("array<int>", "array<long>", "array<double>"):
		return "array<double>"
	}
	return "mixed"
}

// validator takes over what a $jsonSchema says of top-level fields.
func validator(spec bson.Raw, s *shape) {
	schema, err := spec.LookupErr("validator", "$jsonSchema")
	if err != nil {
		return
	}
	var v struct {
		Required   []string `bson:"required"`
		Properties bson.D   `bson:"properties"`
	}
	if schema.Unmarshal(&v) != nil {
		return
	}
	nullable := map[string]bool{}
	for _, p := range v.Properties {
		f := s.field(p.Key)
		raw, err := bson.Marshal(p.Value)
		if err != nil {
			continue
		}
		nullable[p.Key] = slices.Contains(namesIn(bson.Raw(raw).Lookup("bsonType")), "null")
		switch name := allowedType(bson.Raw(raw).Lookup("bsonType")); {
		case name == "" || name == "array" || len(f.kinds) > 0 && (name == "object" || name == "number"):
		case name == "number":
			f.column.Type, f.column.Nullable = "double", true
		default:
			f.column.Type, f.column.Nullable = name, true
		}
		if list := namesIn(bson.Raw(raw).Lookup("enum")); len(list) > 0 {
			f.column.Enum = &Enum{Values: list}
		}
	}
	for _, name := range v.Required {
		f := s.field(name)
		if f.column.Type == "" {
			f.column.Type = joined(f.kinds)
		}
		f.column.Nullable = nullable[name]
	}
}

// namesIn are the texts of a value that is one or a list of them.
func namesIn(v bson.RawValue) []string {
	if s, ok := v.StringValueOK(); ok {
		return []string{s}
	}
	array, _ := v.ArrayOK()
	values, _ := array.Values()
	var list []string
	for _, x := range values {
		if s, ok := x.StringValueOK(); ok {
			list = append(list, s)
		}
	}
	return list
}

// allowedType is the one type that a bsonType allows beside null, "" where documents tell more.
func allowedType(v bson.RawValue) string {
	kinds := map[string]bool{}
	for _, name := range namesIn(v) {
		if name != "null" {
			kinds[name] = true
		}
	}
	if len(kinds) == 0 || joined(kinds) == "mixed" {
		return ""
	}
	return joined(kinds)
}

func (in *mongoInspection) indexes(ctx context.Context, c *mongo.Collection, t *Table) error {
	specs, err := c.Indexes().ListSpecifications(ctx)
	if err != nil {
		return err
	}
	for _, spec := range specs {
		if spec.Name == "_id_" {
			continue
		}
		ix := &Index{Name: spec.Name, Unique: spec.Unique != nil && *spec.Unique}
		elements, err := spec.KeysDocument.Elements()
		if err != nil {
			return err
		}
		for _, e := range elements {
			ix.Columns = append(ix.Columns, e.Key())
			if n, ok := e.Value().AsInt64OK(); !ok || n != 1 {
				ix.Beyond = "is not in ascending order"
			}
		}
		t.Indexes = append(t.Indexes, ix)
	}
	slices.SortStableFunc(t.Indexes, func(a, b *Index) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

// references finds fields that are called like a collection and hold keys of it only.
func (in *mongoInspection) references() {
	for _, t := range in.found.Tables {
		for _, c := range t.Columns {
			values := in.values[c]
			if c.Name == "_id" || len(values) == 0 || t.View {
				continue
			}
			to := in.named(c.Name)
			if to == nil || slices.ContainsFunc(values, func(v any) bool { return !in.keys[to][v] }) {
				continue
			}
			if strings.HasPrefix(c.Type, "array<") {
				c.Links = to.Name
			} else {
				t.ForeignKeys = append(t.ForeignKeys, &ForeignKey{Columns: []string{c.Name}, RefTable: to.Name, RefColumns: []string{"_id"}})
			}
		}
	}
}

// named finds the collection that a field is called like, with or without a word for the key.
func (in *mongoInspection) named(field string) *Table {
	list := words(field)
	if n := len(list) - 1; n > 0 && (slices.Contains(keyWords, list[n]) || list[n] == "ids") {
		list = list[:n]
	}
	one := goName(lastWord(list, singular))
	for _, t := range in.found.Tables {
		if !t.View && goName(lastWord(words(t.Name), singular)) == one {
			return t
		}
	}
	return nil
}

// mongoType maps a type of BSON.
func mongoType(c *Column) goType {
	elem, array := strings.CutPrefix(c.Type, "array<")
	elem = strings.TrimSuffix(elem, ">")
	var t goType
	switch elem {
	case "string":
		t = textType(0)
	case "int":
		t = intType(32, false)
	case "long":
		t = intType(64, false)
	case "double":
		t = floatType(64)
	case "bool":
		t = postgresType("boolean")
	case "date":
		t = timeType(3, 3)
	case "objectId":
		t = uuidType()
		t.name, t.kind.Kind = "mapper.ObjectID", mapper.ObjectIDKind
	case "decimal":
		t = decimalType(34, 10)
	case "binData":
		t = bytesType(0)
	case "uuid":
		t = uuidType()
	default:
		t = goType{name: "any", nilable: true, options: []option{{"json", ""}}}
		if array {
			t.name = "[]any"
		}
		return t
	}
	if array {
		t.name, t.nilable, t.senseless = "[]"+t.name, true, false
	}
	return t
}
