package seed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// Fixtures returns a seeder that puts the rows of YAML and JSON files into the
// database: those of a file system that match a pattern, in the order of their
// names. types are the entities that files may name.
//
//	Author:
//	  jon: {name: Jon, email: jon@example.org}
//	Book:
//	  $key: [title]
//	  winter: {title: Winter, author: jon, tags: [fantasy]}
//	Tag:
//	  fantasy: {name: fantasy}
//
// A row has a name, by which others refer to it, also before it stands there and
// from other files. A row that the database has already, by its natural key or by
// the properties that $key lists, is given the values of the file; see [Ensure].
func Fixtures(name string, files fs.FS, pattern string, types ...Type) Seeder {
	return Seeder{Name: name, Run: func(ctx context.Context, r *Run) error {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			return &Error{Class: ErrFixture, Detail: pattern, Err: err}
		}
		if len(names) == 0 {
			return &Error{Class: ErrFixture, Detail: "no file matches " + pattern}
		}
		slices.Sort(names)
		l := &loading{run: r, types: types, rows: map[rowName]*row{}}
		for _, n := range names {
			text, err := fs.ReadFile(files, n)
			if err == nil {
				err = l.read(path.Base(n), text)
			}
			if err != nil {
				return err
			}
		}
		return l.store(ctx)
	}}
}

// loading is one run of fixtures.
type loading struct {
	run   *Run
	types []Type
	rows  map[rowName]*row
	order []*row
	// later are properties that are set when all rows are there.
	later []laterValue
}

// laterValue is a property that is set when all rows are there.
type laterValue struct {
	row  *row
	prop *mapper.Property
	node *yaml.Node
}

// rowName is the name of a row among those of its entity.
type rowName struct {
	entity *mapper.Entity
	name   string
}

// A row is what a file says about one entity.
type row struct {
	file string
	name string
	typ  Type
	meta *mapper.Entity
	by   []string
	node *yaml.Node
	// entity is the result; busy while references of the row are being resolved.
	entity any
	busy   bool
}

func (l *loading) fail(file string, n *yaml.Node, format string, args ...any) error {
	return &Error{Class: ErrFixture, Detail: fmt.Sprintf("%s:%d: %s", file, n.Line, fmt.Sprintf(format, args...))}
}

// read notes the rows of a file.
func (l *loading) read(file string, text []byte) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return &Error{Class: ErrFixture, Detail: file, Err: err}
	}
	if len(doc.Content) == 0 {
		return nil
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		return l.fail(file, top, "a file begins with names of entities")
	}
	for i := 0; i < len(top.Content); i += 2 {
		if err := l.entity(file, top.Content[i], top.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (l *loading) entity(file string, name, rows *yaml.Node) error {
	var known []string
	for _, t := range l.types {
		e, err := l.run.entityOf(t.goType)
		if err != nil {
			return err
		}
		if known = append(known, e.Name); e.Name == name.Value {
			return l.named(file, t, e, rows)
		}
	}
	return l.fail(file, name, "unknown entity %s%s; the seeder lists those there are", name.Value, suggest.Hint(name.Value, known))
}

// named notes the rows of an entity.
func (l *loading) named(file string, t Type, e *mapper.Entity, rows *yaml.Node) error {
	if rows.Kind != yaml.MappingNode {
		return l.fail(file, rows, "the rows of %s each need a name", e.Name)
	}
	var by []string
	for i := 0; i < len(rows.Content); i += 2 {
		key, value := rows.Content[i], rows.Content[i+1]
		switch {
		case key.Value == "$key":
			if err := value.Decode(&by); err != nil {
				return l.fail(file, value, "$key is a list of properties")
			}
			for _, p := range by {
				if e.Property(p) == nil {
					return l.fail(file, value, "%s has no property %s%s", e.Name, p, suggest.Hint(p, e.PropertyNames()))
				}
			}
		case value.Kind != yaml.MappingNode:
			return l.fail(file, value, "%s %s is not a map of properties", e.Name, key.Value)
		case l.rows[rowName{e, key.Value}] != nil:
			return l.fail(file, key, "there is another %s called %s", e.Name, key.Value)
		default:
			r := &row{file: file, name: key.Value, typ: t, meta: e, node: value}
			l.rows[rowName{e, key.Value}] = r
			l.order = append(l.order, r)
		}
	}
	for _, r := range l.order {
		if r.meta == e && r.file == file {
			r.by = by
		}
	}
	return nil
}

// store makes all rows, those that others refer to first.
func (l *loading) store(ctx context.Context) error {
	for _, r := range l.order {
		if _, err := l.get(ctx, r); err != nil {
			return err
		}
	}
	for _, v := range l.later {
		x, err := l.value(ctx, v.row, v.prop, v.node)
		if err != nil {
			return err
		}
		if err := l.run.assign(ctx, v.row.meta, v.row.entity, orm.M{v.prop.Name: x}); err != nil {
			return err
		}
	}
	return nil
}

// get returns the entity of a row, made at first sight.
func (l *loading) get(ctx context.Context, r *row) (any, error) {
	if r.entity != nil {
		return r.entity, nil
	}
	if r.busy {
		return nil, errRing
	}
	r.busy = true
	defer func() { r.busy = false }()
	data, err := l.data(ctx, r, r.meta, r.node)
	if err != nil {
		return nil, err
	}
	x, err := l.run.ensure(ctx, r.typ, r.meta, data, r.by)
	if err != nil {
		return nil, fmt.Errorf("%w (%s:%d, %s)", err, r.file, r.node.Line, r.name)
	}
	r.entity = x
	return x, nil
}

// data reads the properties of a row, with entities in place of the names of others.
func (l *loading) data(ctx context.Context, r *row, e *mapper.Entity, node *yaml.Node) (orm.M, error) {
	data := orm.M{}
	for i := 0; i < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		p := e.Property(key.Value)
		if p == nil {
			return nil, l.fail(r.file, key, "%s has no property %s%s", e.Name, key.Value, suggest.Hint(key.Value, e.PropertyNames()))
		}
		if l.mayWait(r, p) {
			l.later = append(l.later, laterValue{r, p, value})
			continue
		}
		v, err := l.value(ctx, r, p, value)
		switch {
		case errors.Is(err, errRing) && p.Kind.IsToOne() && !p.Nullable:
			return nil, l.fail(r.file, value, "%s, which is required, leads back to %s by a ring of references", p, r.name)
		case errors.Is(err, errRing):
			l.later = append(l.later, laterValue{r, p, value})
		case err != nil:
			return nil, err
		default:
			data[p.Name] = v
		}
	}
	return data, nil
}

// mayWait reports a reference that need not be there when the row is made, nor tells
// it from others: it is set when all rows are there, so that rings do no harm.
func (l *loading) mayWait(r *row, p *mapper.Property) bool {
	if p.Relation == nil || !p.Kind.IsToMany() && !p.Nullable || slices.Contains(r.by, p.Name) {
		return false
	}
	return !slices.ContainsFunc(constraints(r.meta), func(props []*mapper.Property) bool { return slices.Contains(props, p) })
}

func (l *loading) value(ctx context.Context, r *row, p *mapper.Property, node *yaml.Node) (any, error) {
	switch {
	case p.Relation == nil:
		var v any
		if err := node.Decode(&v); err != nil {
			return nil, l.fail(r.file, node, "%s: %v", p, err)
		}
		return plain(v), nil
	case node.Tag == "!!null":
		return nil, nil
	case p.Kind.IsToOne():
		return l.refer(ctx, r, p, node)
	case node.Kind != yaml.SequenceNode:
		return nil, l.fail(r.file, node, "%s is a list of names", p)
	}
	var items []any
	for _, n := range node.Content {
		x, err := l.refer(ctx, r, p, n)
		if err != nil {
			return nil, err
		}
		items = append(items, x)
	}
	return items, nil
}

// refer finds the row that a reference names.
func (l *loading) refer(ctx context.Context, r *row, p *mapper.Property, node *yaml.Node) (any, error) {
	if node.Kind != yaml.ScalarNode {
		return nil, l.fail(r.file, node, "%s is the name of a row of %s", p, p.Relation.Target.Name)
	}
	var names []string
	for _, other := range l.order {
		if other.meta != p.Relation.Target && !other.meta.IsSubtypeOf(p.Relation.Target) {
			continue
		}
		if other.name == node.Value {
			return l.get(ctx, other)
		}
		names = append(names, other.name)
	}
	return nil, l.fail(r.file, node, "%s: no %s is called %s%s", p, p.Relation.Target.Name, node.Value, suggest.Hint(node.Value, names))
}

// plain turns maps of YAML into those of JSON.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			v[k] = plain(x)
		}
		return orm.M(v)
	case []any:
		for i, x := range v {
			v[i] = plain(x)
		}
	}
	return v
}
