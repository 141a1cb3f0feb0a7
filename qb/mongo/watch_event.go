package mongo

import (
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/mapper"
)

// DecodeKey returns the canonical key of an entity for a stored _id.
func DecodeKey(v bson.RawValue, e *mapper.Entity) (any, error) {
	if len(e.KeyColumns) == 1 {
		return Decode(v, e.KeyColumns[0].Type)
	}
	doc, ok := v.DocumentOK()
	if !ok {
		return nil, &ValueError{Class: ErrDocument, Kind: v.Type.String(), Want: "composite key"}
	}
	parts := make([]any, len(e.KeyColumns))
	for i, c := range e.KeyColumns {
		var err error
		if parts[i], err = Decode(doc.Lookup(c.Name), c.Type); err != nil {
			return nil, err
		}
	}
	return mapper.NewTuple(parts), nil
}

// PropertiesAt returns the paths of the properties of an entity that dotted fields lie in,
// in order of declaration. Fields of nobody are left out.
func PropertiesAt(e *mapper.Entity, fields []string) []string {
	var paths []string
	for _, p := range e.Root().HierarchyLeaves() {
		for _, place := range placesOf(p) {
			if anyInside(fields, place) {
				paths = append(paths, p.Path)
				break
			}
		}
	}
	return paths
}

// placesOf are the fields that hold a property.
func placesOf(p *mapper.Property) []string {
	if p.Kind == mapper.ManyToMany && p.Relation.Owning {
		return []string{referenceField(p)}
	}
	var places []string
	for _, c := range p.Columns {
		places = append(places, strings.TrimSuffix(columnPath(c), "."+idField))
		if len(p.Columns) > 1 && !p.Primary {
			places = append(places, referenceField(p))
		}
	}
	return places
}

func anyInside(fields []string, place string) bool {
	for _, f := range fields {
		if f == place || strings.HasPrefix(f, place+".") {
			return true
		}
	}
	return false
}
