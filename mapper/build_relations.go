package mapper

import (
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
)

// relations finds the targets of an entity's relations and copies their facts.
func (b *builder) relations(d *draft) {
	for _, p := range d.props {
		if p.prop.Relation == nil {
			b.refuseRelationOptions(p)
			continue
		}
		if p.prop.Relation.Type != nil {
			if b.targets(p); p.prop.Relation.Target == nil {
				continue
			}
			b.relationFacts(p)
			continue
		}
		for _, o := range []string{"targets", "discriminator"} {
			if p.facts.has(o) {
				b.report(p.pos(), `option "`+o+`" is for polymorphic references, rel.Any; `+p.typ.Text+" is none")
			}
		}
		target := b.byType[p.target.id()]
		if target == nil {
			b.report(p.pos(), "the target "+p.target.Text+" is not registered"+suggest.Hint(p.target.Text, b.typeNames()))
			continue
		}
		p.prop.Relation.Target = target.entity
		b.relationFacts(p)
	}
}

// relationFacts copies what is said about a relation whose target is known.
func (b *builder) relationFacts(p *propDraft) {
	f, r := p.facts, p.prop.Relation
	r.Owning = f.mappedBy == "" && f.through == ""
	r.Where, r.ReadOnly = f.where, f.where != nil || f.through != ""
	if f.has("cascade") {
		r.Cascade = f.cascade
	}
	if r.ReadOnly {
		r.Cascade = 0
	}
	r.OrphanRemoval, r.NoConstraint, r.Eager = f.orphanRemoval, r.NoConstraint || f.noConstraint, f.eager
	r.OnDelete, r.OrderBy, r.Strategy = f.onDelete, f.orderBy, f.strategy
	r.Ordered, r.DBRef = f.ordered, f.dbref
	if f.onUpdate != "" {
		rule, err := parseRule(f.onUpdate)
		if err != nil {
			b.report(p.pos(), `option "onUpdate": `+err.Error())
		}
		r.OnUpdate = rule
	}
	if p.prop.Kind.IsToOne() {
		p.prop.Nullable = (!f.required || p.via != nil) && !p.prop.Primary
		p.prop.Unique = r.Owning && (p.prop.Kind == OneToOne || f.unique)
	}
	b.refuseSideOptions(p)
}

func (b *builder) typeNames() []string {
	names := make([]string, len(b.drafts))
	for i, d := range b.drafts {
		names[i] = d.info.Type.Text
	}
	return names
}

// relationOptions make sense on relations only, scalarOptions on values only.
var (
	relationOptions = []string{"cascade", "dbref", "discriminator", "eager", "fk", "inverseJoinColumn", "inversedBy", "joinColumn", "mappedBy", "noConstraint",
		"onDelete", "oneToOne", "ordered", "orphanRemoval", "pivot", "references", "strategy", "targets", "through", "where"}
	scalarOptions = []string{"auto", "collation", "default", "enum", "formula", "generated", "json", "layout", "length", "nativeEnum",
		"precision", "scale", "softDelete", "type", "unsigned", "version", "uuid", "uuid4", "ulid", "objectid", "prefix", "inline", "onCreate", "optional", "sqlType", "types"}
)

// refuseRelationOptions reports options of relations on a value.
func (b *builder) refuseRelationOptions(p *propDraft) {
	for _, o := range relationOptions {
		if p.facts.has(o) && !(o == "discriminator" && p.variants != nil) {
			b.report(p.pos(), `option "`+o+`" is for relations; `+p.typ.Text+" is none")
		}
	}
	if p.facts.has("orderBy") {
		b.report(p.pos(), `option "orderBy" is for to-many relations; `+p.typ.Text+" is none")
	}
}

// refuseSideOptions reports options that do not fit this kind or side of relation.
func (b *builder) refuseSideOptions(p *propDraft) {
	f, many := p.facts, p.prop.Kind.IsToMany()
	refuse := func(option, why string) {
		if f.has(option) {
			b.report(p.pos(), `option "`+option+`" `+why)
		}
	}
	for _, o := range scalarOptions {
		refuse(o, "is for values, not for relations")
	}
	if f.mappedBy != "" {
		for _, o := range []string{"pivot", "joinColumn", "inverseJoinColumn", "fk", "inversedBy", "dbref", "onDelete", "onUpdate", "noConstraint", "ordered", "references", "required"} {
			refuse(o, "belongs on the owning side, not beside mappedBy")
		}
	}
	if many {
		for _, o := range []string{"oneToOne", "fk", "required", "nullable", "unique", "index", "through", "references"} {
			refuse(o, "is for relations to one target")
		}
		return
	}
	for _, o := range []string{"pivot", "inverseJoinColumn", "ordered", "orderBy", "where"} {
		if o != "orderBy" || f.through == "" {
			refuse(o, "is for relations to many targets")
		}
	}
	if f.dbref {
		for _, o := range []string{"fk", "pk", "references", "targets"} {
			refuse(o, "has no place beside dbref: the key stands in a document of its own")
		}
	}
	if f.through != "" {
		for _, o := range throughRefuses {
			refuse(o, "has no effect beside through: the reference is read-only")
		}
	}
	if f.orphanRemoval && p.prop.Kind == ManyToOne {
		b.report(p.pos(), `option "orphanRemoval" needs a one-to-one or one-to-many relation: a target of a many-to-one may have other owners`)
	}
}

// refuseSharedOrphans reports orphan removal of a many-to-many relation, once its kind is known.
func (b *builder) refuseSharedOrphans(p *propDraft) {
	if p.facts.orphanRemoval && p.prop.Kind == ManyToMany {
		b.report(p.pos(), `option "orphanRemoval" needs a one-to-one or one-to-many relation: a target of a many-to-many may have other owners`)
	}
}

// inverses ties the two sides of each relation together.
func (b *builder) inverses(d *draft) {
	for _, p := range d.props {
		r := p.prop.Relation
		if r == nil || r.Target == nil {
			continue
		}
		if p.facts.mappedBy != "" {
			b.mappedBy(p)
		} else if p.facts.inversedBy != "" {
			b.inversedBy(p)
		}
		b.refuseSharedOrphans(p)
		b.refuseFixed(p)
	}
}

// find finds a property by name or path.
func (b *builder) find(target *Entity, name string) *Property {
	if p := target.byName[name]; p != nil {
		return p
	}
	top, rest, nested := strings.Cut(name, ".")
	if p := target.byName[top]; nested && p != nil {
		return p.Sub(rest)
	}
	return nil
}

// mappedBy settles the inverse side of a relation.
func (b *builder) mappedBy(p *propDraft) {
	r := p.prop.Relation
	other := b.find(r.Target, p.facts.mappedBy)
	where := r.Target.Name + "." + p.facts.mappedBy
	switch {
	case other == nil:
		b.report(p.pos(), "mappedBy: "+r.Target.Name+" has no property "+p.facts.mappedBy+suggest.Hint(p.facts.mappedBy, r.Target.PropertyNames()))
		return
	case other.Relation == nil:
		b.report(p.pos(), "mappedBy: "+where+" is not a relation")
		return
	case other.Relation.Target == nil:
		return // reported there
	case !p.owner.entity.IsSubtypeOf(other.Relation.Target) && !other.Relation.Target.IsSubtypeOf(p.owner.entity):
		b.report(p.pos(), "mappedBy: "+where+" leads to "+other.Relation.Target.Name+", not to "+p.owner.entity.Name)
		return
	case !other.Relation.Owning:
		b.report(p.pos(), "mappedBy: "+where+" is an inverse side itself; one side must own the relation")
		return
	}
	if !b.sides(p, other, where) {
		return
	}
	switch before := other.Relation.Inverse; {
	case other.Relation.IsAny():
		b.anyInverse(p, other)
	case p.facts.where != nil:
		b.fixed(p, other)
	case before != nil && before != p.prop:
		b.further(p, other)
	default:
		r.Inverse, other.Relation.Inverse = other, p.prop
	}
}

// sides checks that the kinds of two sides fit, and settles one-to-many.
func (b *builder) sides(p *propDraft, other *Property, where string) bool {
	switch {
	case p.prop.Kind == OneToOne && other.Kind == ManyToOne:
		b.report(p.pos(), "mappedBy: "+where+" is many-to-one; give it the option oneToOne, or make this side a collection")
		return false
	case p.prop.Kind == OneToOne && other.Kind != OneToOne:
		b.report(p.pos(), "mappedBy: "+where+" is a collection, so this side must be one too")
		return false
	case p.prop.Kind.IsToMany() && other.Kind == OneToOne:
		b.report(p.pos(), "mappedBy: "+where+" is one-to-one, so this side cannot be a collection")
		return false
	case p.prop.Kind.IsToMany() && other.Kind == ManyToOne:
		p.prop.Kind = OneToMany
	}
	if target := p.prop.Relation.Target; !target.IsSubtypeOf(other.Entity) && !other.Entity.IsSubtypeOf(target) {
		b.report(p.pos(), "mappedBy: "+where+" is a property of "+other.Entity.Name+", which is no "+target.Name)
		return false
	}
	return true
}

// inversedBy checks the owning side's word about the inverse side.
func (b *builder) inversedBy(p *propDraft) {
	r := p.prop.Relation
	other := b.find(r.Target, p.facts.inversedBy)
	where := r.Target.Name + "." + p.facts.inversedBy
	switch {
	case other == nil:
		b.report(p.pos(), "inversedBy: "+r.Target.Name+" has no property "+p.facts.inversedBy+suggest.Hint(p.facts.inversedBy, r.Target.PropertyNames()))
	case other.Relation == nil:
		b.report(p.pos(), "inversedBy: "+where+" is not a relation")
	case other.Relation.Target != nil && other.Relation.Owning:
		b.report(p.pos(), "inversedBy: both "+p.prop.String()+" and "+where+" own the relation; give "+where+" the option mappedBy="+p.field.Name)
	}
}

// bothOwn reports two collections that lead to each other's entity without
// knowing each other: nearly always a mappedBy that was forgotten. Who means two
// relations names a pivot.
func (b *builder) bothOwn(p *propDraft) bool {
	r := p.prop.Relation
	if r.Inverse != nil || p.facts.pivot != "" || r.Target == p.owner.entity {
		return false
	}
	for _, q := range b.byEntity[r.Target].props {
		o := q.prop.Relation
		if q.prop.Kind == ManyToMany && o.Owning && o.Inverse == nil && o.Target == p.owner.entity && q.facts.pivot == "" {
			b.report(p.pos(), "both this and "+q.prop.String()+" own a many-to-many relation; give one of them mappedBy, or each a pivot")
			return true
		}
	}
	return false
}
