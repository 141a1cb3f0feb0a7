package mongo

import (
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// A filter is a template: a bson.D, or a hole that becomes one. The empty
// document is true.

// always accepts every document, never none: every document has a key, and an
// empty range of the key's index is found without reading any.
var (
	always = bson.D{}
	never  = bson.D{{Key: keyField, Value: bson.D{{Key: "$in", Value: bson.A{}}}}}
)

// is makes the filter {path: condition}.
func is(path string, condition any) bson.D { return bson.D{{Key: path, Value: condition}} }

// op makes the operator document {name: operand}.
func op(name string, operand any) bson.D { return bson.D{{Key: name, Value: operand}} }

func isAlways(f any) bool { d, ok := f.(bson.D); return ok && len(d) == 0 }

func isNever(f any) bool {
	d, ok := f.(bson.D)
	if !ok || len(d) != 1 || d[0].Key != keyField {
		return false
	}
	in, ok := d[0].Value.(bson.D)
	if !ok || len(in) != 1 || in[0].Key != "$in" {
		return false
	}
	list, ok := in[0].Value.(bson.A)
	return ok && len(list) == 0
}

// and joins filters. Documents about different fields, or about one field by
// different operators, become one document; the rest goes under $and.
func and(filters ...any) any {
	var merged bson.D
	var rest bson.A
	for _, f := range filters {
		switch {
		case isNever(f):
			return never
		case isAlways(f):
			continue
		}
		if d, ok := f.(bson.D); ok && canMerge(merged, d) {
			merged = merge(merged, d)
			continue
		}
		rest = append(rest, f)
	}
	switch {
	case len(rest) == 0 && merged == nil:
		return always
	case len(rest) == 0:
		return merged
	case len(rest) == 1 && merged == nil:
		return rest[0]
	case merged != nil:
		rest = append(bson.A{merged}, rest...)
	}
	return bson.D{{Key: "$and", Value: rest}}
}

// or joins filters; none of them is false.
func or(filters ...any) any {
	var list bson.A
	for _, f := range filters {
		switch {
		case isAlways(f):
			return always
		case isNever(f):
			continue
		}
		list = append(list, f)
	}
	switch len(list) {
	case 0:
		return never
	case 1:
		return list[0]
	}
	return bson.D{{Key: "$or", Value: list}}
}

// nor accepts what f does not. MongoDB's $ne is the exact opposite of its $eq.
func nor(f any) any {
	switch {
	case isAlways(f):
		return never
	case isNever(f):
		return always
	}
	if d, ok := f.(bson.D); ok && len(d) == 1 {
		if test, ok := d[0].Value.(bson.D); ok && len(test) == 1 {
			switch test[0].Key {
			case "$eq":
				return is(d[0].Key, op("$ne", test[0].Value))
			case "$ne":
				return is(d[0].Key, op("$eq", test[0].Value))
			}
		}
	}
	return bson.D{{Key: "$nor", Value: bson.A{f}}}
}

func canMerge(into, d bson.D) bool {
	for _, e := range d {
		i := index(into, e.Key)
		if i < 0 {
			continue
		}
		if strings.HasPrefix(e.Key, "$") { // $expr and $or take one operand
			return false
		}
		old, ok1 := into[i].Value.(bson.D)
		more, ok2 := e.Value.(bson.D)
		if !ok1 || !ok2 || !isOperators(old) || !isOperators(more) {
			return false
		}
		for _, o := range more {
			if j := index(old, o.Key); j >= 0 && !same(old[j].Value, o.Value) {
				return false
			}
		}
	}
	return true
}

func merge(into, d bson.D) bson.D {
	out := append(bson.D(nil), into...)
	for _, e := range d {
		i := index(out, e.Key)
		if i < 0 {
			out = append(out, e)
			continue
		}
		both := append(bson.D(nil), out[i].Value.(bson.D)...)
		for _, o := range e.Value.(bson.D) {
			if index(both, o.Key) < 0 {
				both = append(both, o)
			}
		}
		out[i].Value = both
	}
	return out
}

// same reports two operands without holes that are alike.
func same(a, b any) bool { return !open(a) && !open(b) && flatText(a) == flatText(b) }

// isOperators reports a document of operators, {$gt: 1}, as opposed to a value.
func isOperators(d bson.D) bool { return len(d) > 0 && strings.HasPrefix(d[0].Key, "$") }

func index(d bson.D, key string) int {
	for i := range d {
		if d[i].Key == key {
			return i
		}
	}
	return -1
}
