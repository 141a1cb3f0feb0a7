package plan

import (
	"github.com/weft-orm/weft/mapper"
)

// typeTable joins a further table of a table-per-type entity by key: an
// ancestor's always has the row, a subtype's may not.
func (s *scope) typeTable(src *source, c *mapper.Column) string {
	if a, ok := src.tables[*c.Table]; ok {
		return a
	}
	alias := s.alias()
	if src.tables == nil {
		src.tables = map[mapper.Table]string{}
	}
	src.tables[*c.Table] = alias
	j := &Join{Source: s.table(c.Table, alias), Left: !isAncestor(src.entity, c)}
	j.On = equal(src.entity.KeyColumns, func(k *mapper.Column) (*Ref, *Ref) {
		return &Ref{Alias: alias, Name: k.Name, Type: k.Type}, &Ref{Alias: src.alias, Name: k.Name, Type: k.Type}
	})
	if src.join != nil {
		src.join.Nested = append(src.join.Nested, j)
	} else {
		*src.joins = append(*src.joins, j)
	}
	return alias
}

func isAncestor(e *mapper.Entity, c *mapper.Column) bool {
	for b := e.Base; b != nil; b = b.Base {
		if *b.Table == *c.Table {
			return true
		}
	}
	return false
}

// subtype restricts a row of a single-table hierarchy to the entity and what extends it.
func (s *scope) subtype(src *source) Pred {
	e := src.entity
	if e.Inheritance != mapper.SingleTable || e.Base == nil || e.Discriminator == nil {
		return nil
	}
	values := typeValues(e)
	if len(values) == 0 {
		return Bool(false)
	}
	return &InConsts{Expr: s.ref(src, e.Discriminator), Values: values}
}

// typeValues are the discriminator values of the rows of e.
func typeValues(e *mapper.Entity) []*Const {
	var values []*Const
	if !e.Abstract {
		values = append(values, &Const{Value: e.DiscriminatorValue, Type: e.Discriminator.Type})
	}
	for _, c := range e.Children {
		values = append(values, typeValues(c)...)
	}
	return values
}

// has reports that every row of src has the property, which one of a subtype may lack.
func (src *source) has(p *mapper.Property) bool {
	return src.entity == nil || src.entity.IsSubtypeOf(p.Entity)
}

// formula puts the row's alias where the formula asks for it.
func formula(text, alias string) *Raw {
	r := &Raw{Text: []string{""}}
	for _, c := range text {
		if c == '?' {
			r.Args = append(r.Args, Name(alias))
			r.Text = append(r.Text, "")
			continue
		}
		r.Text[len(r.Text)-1] += string(c)
	}
	return r
}

// computed is the formula of a property on a row, with the alias of the table of
// the type that declares it. On rows of other types it is NULL, whatever the
// formula makes of their columns.
func (s *scope) computed(src *source, p *mapper.Property) *Raw {
	alias := src.alias
	if src.entity != nil && !src.cte && *p.Entity.Table != *src.entity.Table {
		alias = s.typeTable(src, p.Entity.TableKey[0])
	}
	raw := formula(p.Formula, alias)
	if src.has(p) {
		return raw
	}
	test := &Raw{Text: []string{"case when ", " in ("}, Args: []Expr{s.ref(src, p.Entity.Discriminator)}}
	for i, v := range typeValues(p.Entity) {
		if i > 0 {
			test.Text = append(test.Text, ", ")
		}
		test.Args = append(test.Args, v)
	}
	test.Text = append(test.Text, ") then "+raw.Text[0])
	test.Text = append(test.Text, raw.Text[1:]...)
	test.Args = append(test.Args, raw.Args...)
	test.Text[len(test.Text)-1] += " end"
	return test
}
