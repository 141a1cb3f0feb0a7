package mongo

import (
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/mapper"
)

// pipeline collects the stages of an aggregation, as templates.
type pipeline struct{ stages bson.A }

// add appends a stage.
func (p *pipeline) add(stage string, argument any) {
	p.stages = append(p.stages, bson.D{{Key: stage, Value: argument}})
}

// match appends a $match unless the filter is always true.
func (p *pipeline) match(filter any) {
	if !isAlways(filter) {
		p.add("$match", filter)
	}
}

// lookup appends a $lookup of sub, or of whole documents when sub is empty. The local
// fields stand below prefix.
func (p *pipeline) lookup(l link, prefix, as string, sub *pipeline) {
	stage := bson.D{
		{Key: "from", Value: l.from},
		{Key: "localField", Value: prefix + l.local},
		{Key: "foreignField", Value: l.foreign},
	}
	stages := sub.stages
	if len(l.rest) > 0 {
		vars, tests, equal := bson.D{}, bson.A{}, &pipeline{}
		for i, part := range l.rest {
			name := "part" + strconv.Itoa(i)
			vars = append(vars, bson.E{Key: name, Value: "$" + prefix + part.local})
			foreign := any("$" + part.foreign)
			if part.foreign == "" {
				foreign = op("$literal", part.value)
			}
			tests = append(tests, op("$eq", bson.A{foreign, "$$" + name}))
		}
		if len(tests) == 1 {
			equal.match(is("$expr", tests[0]))
		} else {
			equal.match(is("$expr", op("$and", tests)))
		}
		stage = append(stage, bson.E{Key: "let", Value: vars})
		stages = append(equal.stages, stages...)
	}
	if len(stages) > 0 {
		stage = append(stage, bson.E{Key: "pipeline", Value: stages})
	}
	p.add("$lookup", append(stage, bson.E{Key: "as", Value: as}))
}

// lookupFrom is lookup from a row, which may be that of an outer join that found none:
// a local field that is not there equals every foreign one that is not either.
func (p *pipeline) lookupFrom(r row, l link, as string, sub *pipeline) {
	if r.prefix != "" && l.foreign != keyField {
		present := &pipeline{}
		present.match(is(l.foreign, op("$ne", nil)))
		sub = &pipeline{stages: append(present.stages, sub.stages...)}
	}
	p.lookup(l, r.prefix, as, sub)
}

// set appends a $set of one field.
func (p *pipeline) set(field string, expr any) { p.add("$set", bson.D{{Key: field, Value: expr}}) }

// unwind appends an $unwind that keeps documents without the field when asked.
func (p *pipeline) unwind(field string, keep bool) {
	if !keep {
		p.add("$unwind", "$"+field)
		return
	}
	p.add("$unwind", bson.D{
		{Key: "path", Value: "$" + field},
		{Key: "preserveNullAndEmptyArrays", Value: true},
	})
}

// projection is the ordered set of top-level fields a result keeps.
type projection struct{ fields bson.D }

// keep adds a field as it is; its own sub-fields come along.
func (p *projection) keep(field string) {
	if index(p.fields, field) < 0 {
		p.fields = append(p.fields, bson.E{Key: field, Value: 1})
	}
}

// compute adds a field made by an expression.
func (p *projection) compute(field string, expr any) {
	p.fields = append(p.fields, bson.E{Key: field, Value: expr})
}

// covers reports that all fields are kept that documents of e have by the mapping. The server
// hands out whole documents as they are, and makes others anew, field by field.
func (p *projection) covers(e *mapper.Entity) bool {
	for _, leaf := range e.HierarchyLeaves() {
		for _, place := range placesOf(leaf) {
			field, _, _ := strings.Cut(place, ".")
			if index(p.fields, field) < 0 {
				return false
			}
		}
	}
	return true
}

// document returns the argument of $project.
func (p *projection) document() bson.D {
	if i := index(p.fields, keyField); i >= 0 {
		out := bson.D{p.fields[i]}
		out = append(out, p.fields[:i]...)
		return append(out, p.fields[i+1:]...)
	}
	return append(bson.D{{Key: keyField, Value: 0}}, p.fields...)
}
