package schema

import "slices"

// parts returns the options for each database that has a connection of its own:
// o itself where one connection reaches all schemas; on SQLite, where tables are
// made in the main database of a connection, one for each schema of the mapping.
func parts(t Target, o options) []options {
	a := atlasFor(t.Engine().Caps().Name)
	if a == nil || a.schemas {
		return []options{o}
	}
	var list []options
	seen := map[string]bool{}
	for _, table := range newLayout(t.Registry(), a.maxName, o.wildcard).tables {
		if !seen[table.schema] {
			seen[table.schema] = true
			part := o
			part.split, part.part = true, table.schema
			list = append(list, part)
		}
	}
	return list
}

// within keeps the tables of one part, which are the connection's own there.
func (o *options) within(a *atlas, tables []*table) ([]*table, error) {
	if !o.split {
		return tables, nil
	}
	var kept []*table
	for _, t := range tables {
		if t.schema != o.part {
			continue
		}
		for _, fk := range t.foreignKeys {
			if fk.refSchema != o.part {
				return nil, &UnsupportedError{Dialect: a.sql.Name(), Object: t.name + ": " + fk.name,
					Feature: "a foreign key into another schema (noConstraint on the relation leaves it out)"}
			}
			fk.refSchema = ""
		}
		t.schema = ""
		kept = append(kept, t)
	}
	return kept, nil
}

// in says that the statements of a plan run in a part.
func (p *Plan) in(part string) *Plan {
	for i := range p.Statements {
		p.Statements[i].Schema = part
	}
	return p
}

// join makes one plan of those of the parts.
func join(list []*Plan) *Plan {
	if len(list) == 1 {
		return list[0]
	}
	all := &Plan{Transactional: true}
	filled := 0
	for _, p := range list {
		all.Statements = append(all.Statements, p.Statements...)
		all.Transactional = all.Transactional && p.Transactional
		if !p.IsEmpty() {
			filled++
		}
	}
	all.Transactional = all.Transactional && filled <= 1
	return all
}

// then is one plan after another on the same connection. Settings, which a
// transaction would ignore, go around all of it.
func (p *Plan) then(next *Plan) *Plan {
	switch {
	case p.IsEmpty():
		return next
	case next.IsEmpty():
		return p
	}
	all := &Plan{
		Transactional: p.Transactional && next.Transactional,
		dropped:       slices.Concat(p.dropped, next.dropped), added: slices.Concat(p.added, next.added),
	}
	var body, closing []Statement
	for _, part := range []*Plan{p, next} {
		before, between, after := split(part.Statements)
		if len(before) > 0 {
			all.Statements, closing = before, after
		}
		body = append(body, between...)
	}
	all.Statements = append(all.Statements[:len(all.Statements):len(all.Statements)], body...)
	all.Statements = append(all.Statements, closing...)
	return all
}

// planPart is what of a plan runs on one connection.
type planPart struct {
	name string
	plan *Plan
}

// parts cuts a plan where the connection changes. Each part is transactional by itself on SQLite.
func (p *Plan) parts() []planPart {
	var list []planPart
	for i, s := range p.Statements {
		if i == 0 || s.Schema != list[len(list)-1].name {
			list = append(list, planPart{s.Schema, &Plan{Transactional: true}})
		}
		last := list[len(list)-1].plan
		last.Statements = append(last.Statements, s)
	}
	if len(list) == 1 {
		list[0].plan = p
	}
	return list
}
