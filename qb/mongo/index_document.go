package mongo

import (
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// documentIndex makes an index of what only documents have.
func documentIndex(e *mapper.Entity, declared *mapper.Index) (Index, error) {
	d := declared.Document
	index := Index{Name: declared.Name, Unique: declared.Unique, Sparse: d.Sparse}
	for _, c := range declared.Columns {
		key := bson.E{Key: columnPath(c), Value: 1}
		switch {
		case declared.Fulltext:
			key.Value = "text"
		case d.Geo:
			key.Value = "2dsphere"
		case d.Wildcard:
			key.Key += ".$**"
		}
		index.Keys = append(index.Keys, key)
	}
	if len(declared.Columns) == 0 {
		index.Keys = bson.D{{Key: "$**", Value: 1}}
	}
	if d.Expires {
		seconds := int64(d.After.Seconds())
		index.Expire = &seconds
	}
	if d.Locale != "" {
		index.Collation = bson.D{{Key: "locale", Value: d.Locale}}
		if d.Strength != 0 {
			index.Collation = append(index.Collation, bson.E{Key: "strength", Value: d.Strength})
		}
	}
	if d.Filter == nil {
		return index, nil
	}
	var err error
	index.Partial, err = indexFilter(e, declared)
	return index, err
}

// indexFilter compiles the condition that limits an index.
func indexFilter(e *mapper.Entity, declared *mapper.Index) (bson.D, error) {
	clause := "index " + declared.Name
	tree, args, err := conditions.Compile(conditions.Env{Entity: e}, declared.Document.Filter, 0)
	if err != nil {
		return nil, err
	}
	s := (&compiler{}).newScope(e)
	s.root = true
	if err := s.where(tree.Root); err != nil {
		return nil, err
	}
	r := &reader{scope: s, sort: &sorting{}}
	template, ok := r.onlyFilter()
	if !ok {
		return nil, unsupportedClause(e, clause, "a filter that leads elsewhere than to the document itself")
	}
	filter, err := document(template, args)
	if err != nil {
		return nil, err
	}
	if operator := beyondIndex(filter); operator != "" {
		return nil, unsupportedClause(e, clause, operator+" in the filter of an index: it knows $eq, $in, $gt, $gte, $lt, $lte, $and and $or")
	}
	return filter, nil
}

// beyondIndex returns an operator of a filter that an index cannot be limited by, "" when
// there is none.
func beyondIndex(v any) string {
	switch v := v.(type) {
	case bson.D:
		for _, e := range v {
			switch e.Key {
			case "$eq", "$in", "$gt", "$gte", "$lt", "$lte", "$and", "$or", "$type":
			default:
				if strings.HasPrefix(e.Key, "$") {
					return e.Key
				}
			}
			if operator := beyondIndex(e.Value); operator != "" {
				return operator
			}
		}
	case bson.A:
		for _, item := range v {
			if operator := beyondIndex(item); operator != "" {
				return operator
			}
		}
	case bson.Regex:
		return "$regex"
	}
	return ""
}

// Spec returns the index as a command describes it, its name included.
func (i Index) Spec() bson.D {
	name := i.Name
	if name == "" {
		var words []string
		for _, k := range i.Keys {
			words = append(words, k.Key, fmt.Sprint(k.Value))
		}
		name = strings.Join(words, "_")
	}
	spec := bson.D{{Key: "key", Value: i.Keys}, {Key: "name", Value: name}}
	if i.Unique {
		spec = append(spec, bson.E{Key: "unique", Value: true})
	}
	if i.Sparse {
		spec = append(spec, bson.E{Key: "sparse", Value: true})
	}
	if i.Partial != nil {
		spec = append(spec, bson.E{Key: "partialFilterExpression", Value: i.Partial})
	}
	if i.Expire != nil {
		spec = append(spec, bson.E{Key: "expireAfterSeconds", Value: *i.Expire})
	}
	if i.Collation != nil {
		spec = append(spec, bson.E{Key: "collation", Value: i.Collation})
	}
	return spec
}
