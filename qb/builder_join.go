package qb

import (
	"strings"

	"github.com/weft-orm/weft/mapper"
)

type joinCall struct {
	at            step
	left, lateral bool
	path, alias   string
	query         *Builder
	source        string
	entity        *mapper.Entity
	on            []any
	selected      bool
}

// Join joins a relation ("books", or "a.books" from an alias) under an alias,
// inner, with a join's multiplicity: a root comes once for each joined row. on
// are further conditions about the joined row. Conditions and orders that merely
// walk a relation need no join.
func (b *Builder) Join(path, alias string, on ...any) *Builder {
	return b.join("Join", joinCall{path: path, alias: alias, on: on})
}

// InnerJoin is Join.
func (b *Builder) InnerJoin(path, alias string, on ...any) *Builder {
	return b.join("InnerJoin", joinCall{path: path, alias: alias, on: on})
}

// LeftJoin is Join that keeps rows without a joined one.
func (b *Builder) LeftJoin(path, alias string, on ...any) *Builder {
	return b.join("LeftJoin", joinCall{path: path, alias: alias, on: on, left: true})
}

// JoinAndSelect is Join that reads the joined rows too.
func (b *Builder) JoinAndSelect(path, alias string, on ...any) *Builder {
	return b.join("JoinAndSelect", joinCall{path: path, alias: alias, on: on, selected: true})
}

// LeftJoinAndSelect is LeftJoin that reads the joined rows too.
func (b *Builder) LeftJoinAndSelect(path, alias string, on ...any) *Builder {
	return b.join("LeftJoinAndSelect", joinCall{path: path, alias: alias, on: on, left: true, selected: true})
}

// JoinQuery joins the rows of a sub-query. Paths that begin with the alias name
// properties of the sub-query's entity, which it must read.
func (b *Builder) JoinQuery(q Source, alias string, on ...any) *Builder {
	return b.join("JoinQuery", joinCall{query: untyped(q), alias: alias, on: on})
}

// LeftJoinQuery is JoinQuery that keeps rows without a joined one.
func (b *Builder) LeftJoinQuery(q Source, alias string, on ...any) *Builder {
	return b.join("LeftJoinQuery", joinCall{query: untyped(q), alias: alias, on: on, left: true})
}

// JoinLateral joins a sub-query that may speak of the rows before it, see
// [Builder.Within] (PostgreSQL, MySQL).
func (b *Builder) JoinLateral(q Source, alias string, on ...any) *Builder {
	return b.join("JoinLateral", joinCall{query: untyped(q), alias: alias, on: on, lateral: true})
}

// LeftJoinLateral is JoinLateral that keeps rows without a joined one.
func (b *Builder) LeftJoinLateral(q Source, alias string, on ...any) *Builder {
	return b.join("LeftJoinLateral", joinCall{query: untyped(q), alias: alias, on: on, left: true, lateral: true})
}

// JoinCTE joins a common table expression that has the columns of an entity.
func (b *Builder) JoinCTE(name, entity, alias string, on ...any) *Builder {
	return b.join("JoinCTE", joinCall{source: name, entity: b.registry.Entity(entity), path: entity, alias: alias, on: on})
}

// JoinEntity joins the table of an entity by the conditions on alone.
func (b *Builder) JoinEntity(entity, alias string, on ...any) *Builder {
	return b.join("JoinEntity", joinCall{entity: b.registry.Entity(entity), path: entity, alias: alias, on: on})
}

func (b *Builder) join(name string, j joinCall) *Builder {
	c, at := b.next(name)
	j.at = at
	if j.alias == "" || j.alias == c.alias {
		return c.blame(at, ErrStep, j.alias, "a join needs an alias of its own")
	}
	for _, have := range c.joins {
		if have.alias == j.alias {
			return c.blame(at, ErrStep, j.alias, "the alias is taken")
		}
	}
	switch {
	case j.query != nil, j.entity != nil:
	case name == "JoinCTE" || name == "JoinEntity":
		return c.blame(at, ErrUnknownEntity, j.path, "")
	default:
		switch _, p := c.relation(j.path); {
		case p == nil:
			return c.blame(at, ErrUnknownProperty, j.path, c.relationHint(j.path))
		case p.Relation.IsAny():
			return c.blame(at, ErrPath, j.path, "it may lead to several entities; name one, as in \""+j.path+"."+p.Relation.Target.Targets[0].Entity.Name+"\"")
		}
	}
	c.joins = add(c.joins, j)
	return c
}

// relation finds the relation a join path names, inside embedded values too, and the
// alias it starts at.
func (b *Builder) relation(path string) (from string, rel *mapper.Property) {
	from, e, name := b.start(path)
	if e == nil {
		return "", nil
	}
	if p, err := propertyAt(e, name); err == nil && p.Kind.IsRelation() {
		return from, p
	}
	return "", nil
}

// start is the alias a join path starts at, "" for the root, its entity, and the rest of the path.
func (b *Builder) start(path string) (from string, e *mapper.Entity, rest string) {
	alias, name, dotted := strings.Cut(path, ".")
	if dotted && alias == b.alias {
		return "", b.entity, name
	}
	for _, j := range b.joins {
		if dotted && j.alias == alias {
			return alias, b.joined(j), name
		}
	}
	if dotted && b.entity != nil {
		if p := b.entity.Property(alias); p == nil || p.Kind != mapper.Inline && (p.Relation == nil || !p.Relation.IsAny()) {
			return "", nil, name
		}
	}
	return "", b.entity, path
}

func (b *Builder) relationHint(path string) string {
	_, e, name := b.start(path)
	if e == nil {
		return "the path begins with an alias that no step has introduced"
	}
	var names []string
	for _, p := range e.Leaves {
		if p.Kind.IsRelation() {
			if p.Parent != nil && p.Name == name {
				return `did you mean "` + p.Path + `"?`
			}
			names = append(names, p.Path)
		}
	}
	return didYouMean(name, names)
}

// joined is the entity behind a join, nil when a mistake hides it.
func (b *Builder) joined(j joinCall) *mapper.Entity {
	switch {
	case j.query != nil:
		return j.query.entity
	case j.entity != nil:
		return j.entity
	}
	if _, rel := b.relation(j.path); rel != nil {
		return rel.Relation.Target
	}
	return nil
}
