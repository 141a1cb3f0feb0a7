package histories_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/weft-orm/weft/orm"
)

// shown are the handles of what a view shows in memory.
func (v *view) shown(x any) []int {
	if !v.many {
		if t := v.target(x); t != nil {
			return []int{handle(t)}
		}
		return nil
	}
	items, _ := v.list(x)
	out := make([]int, len(items))
	for i, item := range items {
		out[i] = handle(item)
	}
	return out
}

// readBack reads everything through a unit of its own, as users would, and expects
// both sides of every association to say the same.
func readBack(ctx context.Context, p *project, em *orm.EntityManager) (*dump, error) {
	d := &dump{database: newModel(p).db, keys: map[int]string{}}
	var all []any
	for _, t := range p.types {
		if t.abstract {
			continue
		}
		var found []any
		err := guarded(func() (err error) {
			found, err = t.find(ctx, em, nil, orm.Populate(t.paths()...), orm.OrderBy("h"))
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, x := range found {
			if err := d.take(t, x); err != nil {
				return nil, err
			}
			all = append(all, x)
		}
	}
	for _, x := range all {
		h := handle(x)
		for _, v := range d.rows[h].typ.allViews() {
			if v.left {
				continue
			}
			want := d.edges[v.assoc.at].lefts(h)
			if got := v.shown(x); !equalSets(got, want) {
				return nil, fmt.Errorf("%s of %d shows %v, the other side says %v", v, h, got, want)
			}
		}
	}
	return d, nil
}

// paths are those of all relations.
func (t *typ) paths() []string {
	var out []string
	for _, v := range t.allViews() {
		if v.style != asScalar {
			out = append(out, v.path())
		}
	}
	return out
}

// take reads a row off an entity with its relations.
func (d *dump) take(t *typ, x any) error {
	h := handle(x)
	if d.rows[h] != nil {
		return fmt.Errorf("%s %d was read twice", t.name, h)
	}
	r := &row{typ: t, values: make([]any, len(t.scalars))}
	for i, s := range t.scalars {
		r.values[i] = s.value(x)
	}
	if t.version {
		r.version = int(field(x, "Version").Int())
	}
	d.rows[h] = r
	if t.madeKey {
		d.keys[h] = fmt.Sprint(field(x, "ID").Int())
	} else if s := t.scalar("Code"); s != nil {
		d.keys[h] = r.values[s.at].(string)
	}
	for _, v := range t.allViews() {
		if !v.left || v.style == asScalar {
			continue
		}
		for _, target := range v.shown(x) {
			if slices.Contains(d.edges[v.assoc.at][h], target) {
				return fmt.Errorf("%s of %d shows %d twice", v, h, target)
			}
			d.edges[v.assoc.at].add(h, target)
		}
	}
	return nil
}
