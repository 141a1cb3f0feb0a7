package mapper

import "strings"

// key finds the primary key of an entity and who makes its values.
func (b *builder) key(d *draft) {
	e := d.entity
	if d.base != nil {
		b.inheritedKey(d)
		return
	}
	var parts []*propDraft
	for _, p := range d.props {
		if p.prop.Primary {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		parts = b.keyByName(d)
	}
	for _, p := range parts {
		b.keyPart(p, len(parts) == 1)
		e.Key = append(e.Key, p.prop)
	}
	if len(parts) == 0 && e.Query == "" && !e.ReadOnly {
		b.report(d.info.Type.Text, "has no key: name a field ID or give one the option pk")
	}
}

// inheritedKey takes the key of the base.
func (b *builder) inheritedKey(d *draft) {
	d.entity.Key = d.base.entity.Key
	for _, p := range d.props {
		if p.prop.Primary {
			b.report(p.pos(), "the key is declared by the base "+d.base.info.Type.Text)
		}
	}
}

// keyByName takes the field ID as the key.
func (b *builder) keyByName(d *draft) []*propDraft {
	for _, p := range d.props {
		if p.parent == nil && strings.EqualFold(p.prop.Name, "id") && !p.prop.Virtual && p.prop.Formula == "" {
			p.prop.Primary = true
			return []*propDraft{p}
		}
	}
	return nil
}

// keyPart settles one part of a key.
func (b *builder) keyPart(p *propDraft, alone bool) {
	prop := p.prop
	switch {
	case prop.Kind == Inline || prop.Kind == Document || prop.Kind.IsToMany():
		b.report(p.pos(), "cannot be a key")
		return
	case prop.Virtual || prop.Formula != "":
		b.report(p.pos(), "a computed or virtual property cannot be a key")
	case prop.Kind == OneToOne && p.facts.mappedBy != "":
		b.report(p.pos(), "the inverse side of a relation cannot be a key")
	case prop.Kind == Scalar && (prop.Type.Kind == Bytes || prop.Type.Kind == JSON || prop.Type.Kind == Array):
		b.report(p.pos(), "a value of type "+p.typ.Text+" cannot be a key")
	case prop.Kind == Scalar && p.facts.nullable:
		b.report(p.pos(), "a key cannot be nullable")
	}
	prop.Nullable = false
	if prop.Kind != Scalar {
		return
	}
	switch t := prop.Type.Kind; {
	case p.facts.generate == "auto" && t != Int && t != Uint:
		b.report(p.pos(), `option "auto" needs an integer, not `+p.typ.Text)
	case p.facts.generate == "auto", p.facts.generate == "" && alone && (t == Int || t == Uint) && p.prop.OnCreate == nil && p.facts.defaultSQL == "":
		prop.Generated = AutoIncrement
	case p.facts.generate != "" || prop.OnCreate != nil:
		if prop.OnCreate != nil {
			prop.Generated = ByClient
		}
	case alone && t == UUIDKind:
		prop.Generated, prop.OnCreate = ByClient, generators["uuid"]
	case alone && t == ULIDKind:
		prop.Generated, prop.OnCreate = ByClient, generators["ulid"]
	case alone && t == ObjectIDKind:
		prop.Generated, prop.OnCreate = ByClient, generators["objectid"]
	case p.facts.defaultSQL != "":
		prop.Generated = ByDatabase
	}
}
