package mapper

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

// Fixed returns the relations of the registry that have a condition, see [Relation.Where].
func (r *Registry) Fixed() []*Property { return r.fixed }

// findFixed lists the relations with a condition, in registration order, each once.
func (r *Registry) findFixed() {
	for _, e := range r.entities {
		for _, p := range e.Relations {
			if p.Relation.Where != nil && p.Entity == e {
				r.fixed = append(r.fixed, p)
			}
		}
	}
}

// ReadOnlyHint tells what to change in the place of a read-only relation.
func (p *Property) ReadOnlyHint() string {
	owner := p.Relation.Inverse
	if owner == nil {
		return "it shows what others keep"
	}
	return "it shows rows of " + owner.Entity.Name + "; change what leads there, " + owner.String()
}
