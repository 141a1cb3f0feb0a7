package mongo

import (
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// keyField is where every document holds its primary key.
const keyField = "_id"

// Collection returns the name of the collection that holds the documents of an
// entity. The types of a hierarchy share that of the root, also where the mapping
// gives each a table.
func Collection(e *mapper.Entity) string { return e.Root().Table.Name }

// columnPath is the dotted path of a column in the documents of its entity.
func columnPath(c *mapper.Column) string {
	p := c.Property
	switch {
	case p == nil:
		return c.Name
	case p.Primary && len(p.Entity.KeyColumns) == 1:
		return keyField
	case p.Primary:
		return keyField + "." + c.Name
	case len(p.Columns) > 1 && !sharesColumns(p):
		return idPath(p, referenceField(p)) + "." + c.References.Name
	}
	return idPath(p, c.Name)
}

// The fields of a DBRef, in their order. The server takes these three names, and no others
// with a dollar sign, where it takes paths.
const (
	refField = "$ref"
	idField  = "$id"
)

// idPath is the path of the key of a relation that a field, or its elements, hold.
func idPath(p *mapper.Property, field string) string {
	if isDBRef(p) {
		return field + "." + idField
	}
	return field
}

// isDBRef reports a relation whose keys are kept as {$ref, $id}.
func isDBRef(p *mapper.Property) bool { return p.Relation != nil && p.Relation.DBRef }

// reference is the stored form of the key of a relation: the key itself, or a DBRef. The
// database is the one that the reference stands in, unless the mapping names another.
func reference(p *mapper.Property, key any) any {
	if !isDBRef(p) || key == nil {
		return key
	}
	target := p.Relation.Target
	d := bson.D{{Key: refField, Value: Collection(target)}, {Key: idField, Value: key}}
	if schema := target.Root().Table.Schema; schema != p.Entity.Root().Table.Schema && schema != "*" && schema != "" {
		d = append(d, bson.E{Key: "$db", Value: schema})
	}
	return d
}

// referenceField is the field of a reference to a composite key, or of an array of keys.
func referenceField(p *mapper.Property) string { return strings.ReplaceAll(p.Path, ".", "_") }

// referencePaths are the paths under which a to-one relation holds the key of its target:
// one, or those of all parts in their order where no field holds the whole. A composite
// reference has none whose columns belong to other properties too, or stand in the primary key.
func referencePaths(p *mapper.Property) []string {
	switch {
	case len(p.Columns) == 1:
	case p.Primary && isWholeKey(p):
		return []string{keyField}
	case !p.Primary && !sharesColumns(p):
		return []string{idPath(p, referenceField(p))}
	}
	return pathsOf(p.Columns)
}

// isWholeKey reports a reference that is the primary key, by the names of the target's.
func isWholeKey(p *mapper.Property) bool {
	other := func(c *mapper.Column) bool { return c.Name != c.References.Name }
	return len(p.Entity.Key) == 1 && !slices.ContainsFunc(p.Columns, other)
}

// sharesColumns reports a reference whose columns are fields of their own: one is that of
// another property, or tells the type of the target.
func sharesColumns(p *mapper.Property) bool {
	return p.Relation != nil && p.Relation.IsAny() || slices.ContainsFunc(p.Columns, func(c *mapper.Column) bool { return c.Property != p })
}

// pathsOf are the paths of columns.
func pathsOf(columns []*mapper.Column) []string {
	paths := make([]string, len(columns))
	for i, c := range columns {
		paths[i] = columnPath(c)
	}
	return paths
}

// arrayPath is the path of the keys in the array of a many-to-many relation, on the owning
// side's documents.
func arrayPath(p *mapper.Property) (string, error) {
	field, err := arrayField(p)
	return idPath(owning(p), field), err
}

// arrayField is the field of that array.
func arrayField(p *mapper.Property) (string, error) {
	owner := owning(p)
	if pivot := owner.Relation.Pivot; pivot != nil && pivot.Entity != nil {
		return "", unsupported(p, "", "the pivot has an entity of its own ("+pivot.Entity.Name+"); go through that entity")
	}
	return referenceField(owner), nil
}

// owning returns the owning side of a relation.
func owning(p *mapper.Property) *mapper.Property {
	if p.Relation.Owning || p.Relation.Inverse == nil {
		return p
	}
	return p.Relation.Link()
}

// link says how a relation joins two collections: where local (on the owner's
// documents) equals foreign (on the target's), arrays standing for their elements.
type link struct {
	target         *mapper.Entity
	from           string
	local, foreign string
	// rest are the further parts of a key that no field holds as a whole: they must be equal too.
	rest []part
}

// part is a part of a key in the documents of both sides, or a value that a local field has.
type part struct{ local, foreign, value string }

// foreigns are the paths of the key, or of its parts, on the target's documents.
func (l *link) foreigns() []string {
	paths := []string{l.foreign}
	for _, part := range l.rest {
		if part.foreign != "" {
			paths = append(paths, part.foreign)
		}
	}
	return paths
}

// join makes the link one over these paths: one, or those of the parts of a key.
func (l *link) join(local, foreign []string) {
	l.local, l.foreign = local[0], foreign[0]
	for i := 1; i < len(local); i++ {
		l.rest = append(l.rest, part{local: local[i], foreign: foreign[i]})
	}
}

// linkOf returns the link of a relation whose sides lie in one database, as a lookup needs it.
func linkOf(p *mapper.Property) (link, error) {
	if p.Entity.Root().Table.Schema != p.Relation.Target.Root().Table.Schema {
		return link{}, unsupported(p, "", "its target lies in another database, which a lookup cannot reach; load it by select-in")
	}
	return keysOf(p)
}

// keysOf returns the link of a relation, wherever its sides lie.
func keysOf(p *mapper.Property) (link, error) {
	if p.Relation.Target.Query != "" || p.Relation.Target.ViewSQL != "" {
		return link{}, unsupported(p, "", "its target is a view written in SQL")
	}
	l := link{target: p.Relation.Target, from: Collection(p.Relation.Target), local: keyField, foreign: keyField}
	var err error
	switch {
	case p.Kind == mapper.ManyToMany && p.Relation.Owning:
		l.local, err = arrayPath(p)
	case p.Kind == mapper.ManyToMany:
		l.foreign, err = arrayPath(p)
	default:
		ref := owning(p)
		paths, key := referencePaths(ref), []string{keyField}
		if len(paths) > 1 || ref.Relation.By != nil {
			key = pathsOf(ref.Relation.Keys)
		}
		if p.Relation.Owning {
			l.join(paths, key)
			if typ, value := p.TypeColumn(); typ != nil {
				l.rest = append(l.rest, part{local: columnPath(typ), value: value})
			}
		} else {
			l.join(key, paths)
		}
	}
	return l, err
}

// keyDocument assembles the stored form of a key from its encoded parts.
func keyDocument(columns []*mapper.Column, parts []any) any {
	if len(parts) == 1 {
		return parts[0]
	}
	d := make(bson.D, len(parts))
	for i, part := range parts {
		d[i] = bson.E{Key: columns[i].Name, Value: part}
	}
	return d
}

// keyParts spreads a canonical key given as a value, []any or Tuple.
func keyParts(key any) []any {
	if list, ok := key.([]any); ok {
		return list
	}
	return mapper.Parts(nil, key)
}

// encodeKey makes the stored form of a canonical key of an entity; nil when a part is nil.
func encodeKey(columns []*mapper.Column, key any) (any, error) {
	parts := keyParts(key)
	if len(parts) != len(columns) {
		return nil, &ValueError{Class: ErrValue, Kind: "key of another length", Want: columns[0].Table.Name}
	}
	out := make([]any, len(parts))
	for i, part := range parts {
		if part == nil {
			return nil, nil
		}
		v, err := encodeColumn(columns[i], part)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return keyDocument(columns, out), nil
}

// keysFilter accepts the documents that hold one of a list of canonical keys, at a path of
// its own or, where there are several, in parts.
func keysFilter(paths []string, columns []*mapper.Column, keys conditions.Slot) any {
	if len(paths) == 1 {
		return is(paths[0], op("$in", computed(keys, "keys", func(arg any) (any, error) { return encodeKeys(columns, arg) })))
	}
	return computed(keys, "keys at "+strings.Join(paths, ", "), func(arg any) (any, error) {
		list, err := encodeKeys(columns, arg)
		if err != nil {
			return nil, err
		}
		either := make([]any, len(list))
		for i, key := range list {
			parts := slices.Clone(key.(bson.D))
			for j := range parts {
				parts[j].Key = paths[j]
			}
			either[i] = parts
		}
		return or(either...), nil
	})
}

// encodeKeys makes the stored forms of a list of canonical keys.
func encodeKeys(columns []*mapper.Column, arg any) (bson.A, error) {
	list, ok := arg.([]any)
	if !ok {
		return nil, &ValueError{Class: ErrValue, Kind: typeName(arg), Want: "list of keys"}
	}
	out := make(bson.A, 0, len(list))
	for _, key := range list {
		v, err := encodeKey(columns, key)
		if err != nil {
			return nil, err
		}
		if v != nil {
			out = append(out, v)
		}
	}
	return out, nil
}

// checkEntity refuses what documents cannot hold.
func checkEntity(e *mapper.Entity) error {
	if e.Query != "" || e.ViewSQL != "" { // what lies under the name of the view, if anything, is something else
		return unsupportedClause(e, "", "a view written in SQL; map the entity without the query to read a view of the server's own")
	}
	if e.Inheritance != mapper.NoInheritance {
		return checkHierarchy(e)
	}
	return nil
}

// checkHierarchy refuses types that keep different things in one field: asked
// about through their base, the documents of one would answer for the other.
func checkHierarchy(e *mapper.Entity) error {
	seen := map[string]*mapper.Property{}
	for _, p := range e.Root().HierarchyLeaves() {
		var fields []string
		for _, c := range p.Columns {
			fields = append(fields, columnPath(c))
		}
		if p.Kind == mapper.ManyToMany && p.Relation.Owning {
			fields = append(fields, referenceField(p))
		}
		for i := range fields {
			fields[i] = strings.TrimSuffix(fields[i], "."+idField)
		}
		for _, field := range fields {
			if other := seen[field]; other != nil && other.Entity != p.Entity {
				return unsupportedClause(e, "", "different values in one field of a collection: "+other.String()+" and "+p.String()+" are both kept in "+field+"; give one of them a column of its own")
			}
			seen[field] = p
		}
	}
	return nil
}
