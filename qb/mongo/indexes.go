package mongo

import (
	"strconv"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/mapper"
)

// Index is an index that the documents of an entity should have.
type Index struct {
	// Name is the declared name, or "" for the server's own choice.
	Name string
	// Keys are the fields and their directions.
	Keys bson.D
	// Unique refuses two documents with the same values. Partial limits the index
	// to documents that have values, so that null is never a duplicate.
	Unique  bool
	Partial bson.D
	// Sparse leaves documents without the fields out.
	Sparse bool
	// Expire is after how many seconds documents go, nil for never.
	Expire *int64
	// Collation is how text compares, nil for code points.
	Collation bson.D
}

// Indexes returns the indexes of an entity: unique properties, declared indexes,
// and one for each reference and key array, which lookups read by.
func Indexes(e *mapper.Entity) ([]Index, error) {
	if err := checkEntity(e); err != nil {
		return nil, err
	}
	var out []Index
	for _, p := range e.Leaves {
		switch {
		case p.Primary && len(e.KeyColumns) == 1:
			continue
		case p.Unique && p.Relation == nil:
			out = append(out, uniqueIndex("", p.Columns))
		case p.Kind.IsRelation() && p.Relation.Owning:
			index, err := referenceIndex(p)
			if err != nil {
				return nil, err
			}
			out = append(out, index)
		}
	}
	for _, declared := range e.Indexes {
		index, err := declaredIndex(e, declared)
		if err != nil {
			return nil, err
		}
		if declared.Document != nil || !holds(out, index.Keys) {
			out = append(out, index)
		}
	}
	return out, nil
}

// referenceIndex is the index on a foreign key or key array; of a one-to-one it is unique.
func referenceIndex(p *mapper.Property) (Index, error) {
	if p.Kind == mapper.ManyToMany {
		path, err := arrayPath(p)
		return Index{Keys: is(path, 1), Unique: p.Unique}, err
	}
	paths := referencePaths(p)
	unique := p.Unique || p.Kind == mapper.OneToOne
	if unique && len(paths) > 1 {
		return uniqueIndex("", p.Columns), nil
	}
	index := Index{Unique: unique}
	for _, path := range paths {
		index.Keys = append(index.Keys, bson.E{Key: path, Value: 1})
	}
	if unique && mayBeAbsent(p) {
		kind := "object"
		if len(p.Columns) == 1 {
			kind = storedType(p.Columns[0].Type)
		}
		index.Partial = is(paths[0], op("$type", kind))
	}
	return index, nil
}

// mayBeAbsent reports that documents of the collection can be without the
// property: where it is NULL, or where they are of another type.
func mayBeAbsent(p *mapper.Property) bool { return p != nil && (p.Nullable || p.Entity.Base != nil) }

func declaredIndex(e *mapper.Entity, declared *mapper.Index) (Index, error) {
	if declared.Where != "" || declared.Expression != "" {
		return Index{}, unsupportedClause(e, "index "+declared.Name, "a condition or expression written in SQL")
	}
	if declared.Document != nil {
		return documentIndex(e, declared)
	}
	if declared.Unique {
		return uniqueIndex(declared.Name, declared.Columns), nil
	}
	index := Index{Name: declared.Name}
	for _, c := range declared.Columns {
		direction := any(1)
		if declared.Fulltext {
			direction = "text"
		}
		index.Keys = append(index.Keys, bson.E{Key: columnPath(c), Value: direction})
	}
	return index, nil
}

func uniqueIndex(name string, columns []*mapper.Column) Index {
	index := Index{Name: name, Unique: true}
	for _, c := range columns {
		path := columnPath(c)
		index.Keys = append(index.Keys, bson.E{Key: path, Value: 1})
		if c.Nullable || mayBeAbsent(c.Property) {
			index.Partial = append(index.Partial, bson.E{Key: path, Value: op("$type", storedType(c.Type))})
		}
	}
	return index
}

func holds(indexes []Index, keys bson.D) bool {
	for _, index := range indexes {
		if flatText(index.Keys) == flatText(keys) {
			return true
		}
	}
	return false
}

// storedType is the alias of the BSON type that values of t are stored as.
func storedType(t *mapper.Type) string {
	switch t.StoredKind() {
	case mapper.Bool:
		return "bool"
	case mapper.String:
		return "string"
	case mapper.Bytes, mapper.UUIDKind, mapper.ULIDKind:
		return "binData"
	case mapper.Time, mapper.Date:
		return "date"
	case mapper.ObjectIDKind:
		return "objectId"
	case mapper.JSON:
		return "object"
	case mapper.Array:
		return "array"
	}
	return "number"
}

// ColumnNames turns field paths, as errors of the server name them, into column
// names; what is no column stays as it is.
func (c *Command) ColumnNames(paths []string) []string {
	var out []string
	for _, path := range paths {
		names := []string{path}
		if c.entity != nil {
			names = columnsAt(c.entity, path)
		}
		out = append(out, names...)
	}
	return out
}

func columnsAt(e *mapper.Entity, path string) []string {
	var names []string
	for _, c := range e.Columns {
		at := columnPath(c)
		if at == path || len(at) > len(path) && at[:len(path)] == path && at[len(path)] == '.' {
			names = append(names, c.Name)
		}
	}
	if names == nil {
		return []string{path}
	}
	return names
}

// String returns "{email: 1} unique where {email: {$type: "string"}}".
func (i Index) String() string {
	s := flatText(i.Keys)
	if i.Name != "" {
		s = i.Name + " " + s
	}
	if i.Unique {
		s += " unique"
	}
	if i.Sparse {
		s += " sparse"
	}
	if i.Partial != nil {
		s += " where " + flatText(i.Partial)
	}
	if i.Expire != nil {
		s += " expires after " + strconv.FormatInt(*i.Expire, 10) + " s"
	}
	if i.Collation != nil {
		s += " collation " + flatText(i.Collation)
	}
	return s
}
