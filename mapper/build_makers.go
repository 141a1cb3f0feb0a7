package mapper

import "strconv"

// hooks sets the makers of values.
func (b *builder) hooks(p *propDraft) {
	f := p.facts
	if f.onCreate != "" {
		p.prop.OnCreate = b.generator(p, "onCreate", f.onCreate)
	}
	if f.onUpdate != "" {
		if p.prop.OnUpdate = b.generator(p, "onUpdate", f.onUpdate); generators[f.onUpdate] == nil {
			b.report(p.pos(), `option "onUpdate": "`+f.onUpdate+`" is none of now, uuid, uuid4, ulid, objectid`)
		}
	}
	if f.createFunc != nil {
		p.prop.OnCreate = f.createFunc
	}
	if f.updateFunc != nil {
		p.prop.OnUpdate = f.updateFunc
	}
}

// generator finds a maker of values and checks that they fit the property.
func (b *builder) generator(p *propDraft, option, name string) func() any {
	g := generators[name]
	if g == nil {
		return nil
	}
	if p.prop.Type.Kind != Custom {
		if _, err := p.prop.Type.Decode(g()); err != nil {
			b.report(p.pos(), `option "`+option+`" makes a value that does not fit `+p.typ.Text)
		}
	}
	return g
}

// typeFacts checks that the facts about a type fit it and each other.
func (b *builder) typeFacts(p *propDraft) {
	f, t := p.facts, p.prop.Type
	if t.Kind == Array {
		t = t.Elem
	}
	kind := t.Kind
	if kind == Custom {
		kind = t.Custom.Kind()
	}
	refuse := func(option, only string, fits bool) {
		if f.has(option) && !fits {
			b.report(p.pos(), `option "`+option+`" is for `+only+", not for "+p.typ.Text)
		}
	}
	refuse("length", "text and bytes", kind == String || kind == Bytes)
	refuse("precision", "times and decimals", kind == Time || kind == DecimalKind)
	refuse("scale", "decimals", kind == DecimalKind)
	refuse("layout", "times", kind == Time || kind == Date)
	refuse("unsigned", "integers", kind == Int || kind == Uint)
	refuse("collation", "text", kind == String)
	refuse("fulltext", "text", kind == String)
	refuse("prefix", "embedded structs", false)
	refuse("inline", "embedded structs", false)
	switch {
	case f.nullable && f.required:
		b.report(p.pos(), `the options "nullable" and "required" contradict each other`)
	case t.Kind == Time && t.Precision > 9:
		b.report(p.pos(), "a time has at most 9 fractional digits, not "+strconv.Itoa(t.Precision))
	case t.Kind == DecimalKind && t.Scale > t.Precision:
		b.report(p.pos(), "a decimal of "+count(t.Precision, "digit")+" cannot have "+strconv.Itoa(t.Scale)+" after the point")
	case f.formula != "" && f.virtual:
		b.report(p.pos(), "a computed property cannot be virtual as well")
	}
}
