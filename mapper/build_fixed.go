package mapper

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/weft-orm/weft/internal/suggest"
)

// setWhere reads the fixed condition of a collection, a JSON object.
func setWhere(f *facts, v string) error {
	d := json.NewDecoder(bytes.NewReader([]byte(v)))
	d.UseNumber()
	var cond map[string]any
	err := d.Decode(&cond)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is something after the condition")
		}
	}
	switch {
	case err != nil:
		return fmt.Errorf("it is no JSON object of conditions, as in where='{\"published\": true}': %w", err)
	case len(cond) == 0:
		return errors.New("the condition is empty")
	}
	f.where = cond
	return nil
}

// refuseFixed reports options that a collection with a fixed condition cannot have.
func (b *builder) refuseFixed(p *propDraft) {
	f := p.facts
	if !f.has("where") || !p.prop.Kind.IsToMany() {
		return
	}
	switch {
	case f.where == nil:
		b.report(p.pos(), `option "where" needs a condition`)
	case f.mappedBy == "":
		b.report(p.pos(), `option "where" needs mappedBy: a collection with a condition shows what the reference at the other end keeps`)
	}
	for _, o := range []string{"cascade", "orphanRemoval"} {
		if f.has(o) {
			b.report(p.pos(), `option "`+o+`" has no effect on a collection with a condition, which is read-only; give it to the collection without one`)
		}
	}
}

// fixed settles a collection with a fixed condition. The owning side does not know it.
func (b *builder) fixed(p *propDraft, other *Property) {
	p.prop.Relation.Inverse = other
	other.Relation.shown = append(other.Relation.shown, p.prop)
}

// further settles an inverse side beside others: each holds the rows of a subtype of its own.
func (b *builder) further(p *propDraft, other *Property) {
	sides := append([]*Property{other.Relation.Inverse}, other.Relation.Further...)
	where := other.Entity.Name + "." + p.facts.mappedBy
	for _, before := range sides {
		if p.prop.Kind != OneToMany || before.Kind != OneToMany || before.Relation.Target == p.prop.Relation.Target {
			b.report(p.pos(), "mappedBy: "+where+" already has the inverse side "+before.String()+
				"; a further one is a collection of another subtype, or has a condition of its own (where)")
			return
		}
	}
	p.prop.Relation.Inverse = other
	other.Relation.Further = append(other.Relation.Further, p.prop)
	for _, side := range append(sides, p.prop) {
		if side.Relation.OrphanRemoval {
			b.report(p.pos(), "mappedBy: "+where+" has several inverse sides, none of which can have orphanRemoval: "+side.String())
		}
	}
}

// throughRefuses are the options that a reference to the first item of a collection cannot have.
var throughRefuses = []string{"cascade", "dbref", "fk", "index", "inversedBy", "joinColumn", "mappedBy", "noConstraint", "nullable", "onDelete", "onUpdate",
	"oneToOne", "orphanRemoval", "pk", "references", "required", "unique"}

// throughs settles the references of an entity that lead to the first items of collections.
func (b *builder) throughs(d *draft) {
	for _, p := range d.props {
		if r := p.prop.Relation; r != nil && r.Target != nil && p.facts.through != "" && p.prop.Kind == OneToOne {
			b.through(p)
		}
	}
}

func (b *builder) through(p *propDraft) {
	e, r, name := p.owner.entity, p.prop.Relation, p.facts.through
	many := b.find(e, name)
	at := e.Name + "." + name
	switch {
	case many == nil:
		b.report(p.pos(), "through: "+e.Name+" has no property "+name+suggest.Hint(name, e.PropertyNames()))
	case many.Relation == nil || many.Kind != OneToMany:
		b.report(p.pos(), "through: "+at+" is no collection with mappedBy of a reference to one "+e.Name)
	case many.Relation.Target != r.Target:
		b.report(p.pos(), "through: the items of "+at+" are "+many.Relation.Target.Name+", not "+r.Target.Name)
	case r.Style != RefField:
		b.report(p.pos(), "through: a pointer cannot be unloaded; make the field a rel.Ref["+r.Target.Name+"]")
	case p.parent != nil:
		b.report(p.pos(), "through: the reference cannot stand inside an embeddable")
	case len(r.Target.Key) != 1:
		b.report(p.pos(), "through: "+r.Target.Name+" has a composite key")
	case len(r.OrderBy) == 0 && len(many.Relation.OrderBy) == 0:
		b.report(p.pos(), "through: say by orderBy which item of "+at+" is the first")
	default:
		r.Through, r.Inverse = many, many.Relation.Inverse
		if len(r.OrderBy) == 0 {
			r.OrderBy = many.Relation.OrderBy
		}
	}
}

// Fixed returns the relations of the registry that have a condition, see [Relation.Where].
func (r *Registry) Fixed() []*Property { return r.fixed }

// Firsts returns the references of the registry to first items, see [Relation.Through].
func (r *Registry) Firsts() []*Property { return r.firsts }

// findFixed lists the relations with a condition, and those to first items, in registration
// order, each once.
func (r *Registry) findFixed() {
	for _, e := range r.entities {
		for _, p := range e.Relations {
			if p.Relation.Where != nil && p.Entity == e {
				r.fixed = append(r.fixed, p)
			}
			if p.Relation.Through != nil && p.Entity == e {
				r.firsts = append(r.firsts, p)
			}
		}
	}
}

// ReadOnlyHint tells what to change in the place of a read-only relation.
func (p *Property) ReadOnlyHint() string {
	owner := p.Relation.Inverse
	switch {
	case p.Relation.Through != nil:
		return "it leads to the first of " + p.Relation.Through.String() + "; change that"
	case owner == nil:
		return "it shows what others keep"
	}
	return "it shows rows of " + owner.Entity.Name + "; change what leads there, " + owner.String()
}
