package load

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"sync"
	"time"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/populate"
)

// Image is the answer of a find as canonical values: what a result cache keeps.
type Image struct {
	// Tokens are those of the tags of the answer, from before it was read.
	Tokens   []string
	Roots    []int
	Entities []imageEntity
	Links    []imageLink
	// Count is the answer of a count, which has no entities.
	Count int64
}

// imageEntity is one entity: its leaves that were read. A relation is the parts of its key.
type imageEntity struct {
	Name   string
	Key    []any
	Leaves []int
	Values []any
}

// imageLink is what a relation was populated with.
type imageLink struct {
	Owner, Relation int
	Entity          string
	Items           []int
	Partial         bool
}

// canonical registers the canonical values, which an image holds as any, for those who use images.
var canonical = sync.OnceFunc(func() {
	for _, v := range []any{mapper.Decimal(""), mapper.UUID{}, mapper.ULID{}, mapper.ObjectID{}, time.Time{}, json.RawMessage{}, []any{}} {
		gob.Register(v)
	}
})

// Encode returns the image as bytes.
func (g *Image) Encode() ([]byte, error) {
	canonical()
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(g)
	return b.Bytes(), err
}

// DecodeImage reads what Encode wrote.
func DecodeImage(raw []byte) (*Image, error) {
	canonical()
	g := &Image{}
	return g, gob.NewDecoder(bytes.NewReader(raw)).Decode(g)
}

// Capture runs a request in a unit that is thrown away afterwards, and returns the answer.
func (l *Loader) Capture(ctx context.Context, r *Request) (*Image, error) {
	st, args, err := l.prepare(r)
	if err != nil {
		return nil, err
	}
	nodes := st.nodes.Nodes
	rows, err := l.session.Query(ctx, st.program, args)
	if err != nil {
		return nil, err
	}
	roots, rd, err := l.read(rows, st, r.Options)
	if err != nil {
		return nil, err
	}
	defer rd.release()
	if err := l.below(ctx, roots, nodes, rd, r.Options); err != nil {
		return nil, err
	}
	c := &capture{l: l, at: map[*managed]int{}, image: &Image{}}
	for _, m := range roots {
		i, err := c.entity(m)
		if err != nil {
			return nil, err
		}
		c.image.Roots = append(c.image.Roots, i)
	}
	return c.image, c.below(roots, nodes)
}

// capture is an image in the making.
type capture struct {
	l     *Loader
	at    map[*managed]int
	image *Image
}

// entity puts an entity into the image, once.
func (c *capture) entity(m *managed) (int, error) {
	if i, known := c.at[m]; known {
		return i, nil
	}
	e := imageEntity{Name: m.Meta.Name, Key: mapper.Parts(nil, m.Key)}
	for _, p := range m.Meta.Leaves {
		if p.Kind.IsToMany() || p.Virtual && p.Formula == "" || !m.Loaded.Has(p.Index) {
			continue
		}
		v, err := c.value(m, p)
		if err != nil {
			return 0, err
		}
		e.Leaves, e.Values = append(e.Leaves, p.Index), append(e.Values, v)
	}
	i := len(c.image.Entities)
	c.at[m] = i
	c.image.Entities = append(c.image.Entities, e)
	return i, nil
}

func (c *capture) value(m *managed, p *mapper.Property) (any, error) {
	if p.Kind.IsToOne() {
		target := c.l.unit.Reference(m, p)
		if target == nil {
			return nil, nil
		}
		return mapper.Parts(nil, p.Relation.Target.Join(unit.Of(target).Meta, target.Key)), nil
	}
	if p.Absent(m.Entity) {
		return nil, nil
	}
	v := p.Access.Value(m.Entity)
	if err, failed := v.(error); failed {
		return nil, err
	}
	return v, nil
}

// below puts what was populated into the image, and nothing else.
func (c *capture) below(owners []*managed, nodes []*populate.Node) error {
	for _, node := range nodes {
		p := node.Relation.Edge()
		var targets []*managed
		seen := map[*managed]bool{}
		for _, owner := range c.l.along(ofType(owners, p.Entity), node.Relation) {
			link := imageLink{Owner: c.at[owner], Entity: owner.Meta.Name, Relation: p.Index, Partial: restricted(node)}
			for _, m := range c.targets(owner, p) {
				i, err := c.entity(m)
				if err != nil {
					return err
				}
				link.Items = append(link.Items, i)
				if !seen[m] {
					seen[m] = true
					targets = append(targets, m)
				}
			}
			c.image.Links = append(c.image.Links, link)
		}
		if err := c.below(targets, node.Children); err != nil {
			return err
		}
	}
	return nil
}

// targets are the loaded targets of a relation.
func (c *capture) targets(owner *managed, p *mapper.Property) (list []*managed) {
	u := c.l.unit
	if p.Kind.IsToMany() {
		for _, item := range u.List(owner, p) {
			if m := u.Find(item); m != nil {
				list = append(list, m)
			}
		}
		return list
	}
	if m := u.EntryOf(u.Reference(owner, p)); m != nil && m.Entity != nil {
		list = append(list, m)
	}
	return list
}

// Apply brings an image into the unit, as its rows would be: what is managed already keeps
// its values. It returns the roots.
func (l *Loader) Apply(g *Image) ([]*unit.Managed, error) {
	list := make([]*managed, len(g.Entities))
	for i := range g.Entities {
		m, err := l.applyEntity(&g.Entities[i])
		if err != nil {
			return nil, err
		}
		list[i] = m
	}
	for i := range g.Links {
		if err := l.applyLink(list, &g.Links[i]); err != nil {
			return nil, err
		}
	}
	roots := make([]*managed, len(g.Roots))
	for i, at := range g.Roots {
		roots[i] = list[at]
	}
	return roots, nil
}

// applyEntity makes the entity of an image managed, or completes the one that is.
func (l *Loader) applyEntity(i *imageEntity) (*managed, error) {
	e := l.db.Registry.Entity(i.Name)
	if e == nil || len(i.Values) != len(i.Leaves) {
		return nil, misshapen(i.Name)
	}
	x, foreign := e.New(), map[*mapper.Property]*slot.Entry{}
	set := changeset.NoLeaves(len(e.Leaves))
	for at, index := range i.Leaves {
		if index < 0 || index >= len(e.Leaves) {
			return nil, misshapen(i.Name)
		}
		p := e.Leaves[index]
		set.Add(index)
		if err := l.applyValue(p, x, i.Values[at], foreign); err != nil {
			return nil, err
		}
	}
	m := l.unit.Entry(e, mapper.NewTuple(i.Key))
	if m.Entity == nil {
		m.Meta = e
		if m.Loaded = set; l.db.Shape(e).covers(set) {
			m.Loaded = nil
		}
		l.unit.Adopt(m, x)
		for _, p := range e.Leaves {
			if p.Relation != nil && p.Relation.Style == mapper.PointerField && set.Has(p.Index) && p.Kind.IsToOne() {
				l.unit.SetForeign(m, p, foreign[p])
			}
		}
		l.unit.Part(m)
		l.unit.Snapshot(m)
		l.unit.Greet(m)
		l.arrived(m, true)
		return m, nil
	}
	if m.IsNew() || m.Loaded == nil || !m.Meta.IsSubtypeOf(e) {
		return m, nil
	}
	for _, index := range i.Leaves {
		if p := e.Leaves[index]; !m.Loaded.Has(p.Index) {
			if err := l.unit.Take(m, p, x, foreign[p], unit.Complete); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

func (l *Loader) applyValue(p *mapper.Property, x unsafe.Pointer, v any, foreign map[*mapper.Property]*slot.Entry) error {
	if !p.Kind.IsToOne() {
		if v == nil && p.AbsentIn(x) != nil {
			return nil
		}
		return p.Access.Store(x, v)
	}
	parts, ok := v.([]any)
	if !ok {
		p.SetReference(x, nil, nil)
		return nil
	}
	entry := &l.unit.Entry(p.Relation.Target, mapper.NewTuple(parts)).Entry
	if p.Relation.Style == mapper.PointerField {
		foreign[p] = entry
		return nil
	}
	p.SetReference(x, entry, nil)
	return nil
}

// applyLink gives a relation what it was populated with, unless it is known.
func (l *Loader) applyLink(list []*managed, k *imageLink) error {
	e := l.db.Registry.Entity(k.Entity)
	if e == nil || k.Owner >= len(list) || k.Relation < 0 || k.Relation >= len(e.Leaves) {
		return misshapen(k.Entity)
	}
	owner, p := list[k.Owner], e.Leaves[k.Relation]
	items := make([]*managed, 0, len(k.Items))
	for _, at := range k.Items {
		if at >= len(list) {
			return misshapen(k.Entity)
		}
		items = append(items, list[at])
	}
	switch {
	case p.Kind.IsToOne() && len(items) == 0 && l.unit.Reference(owner, p) != nil:
		l.unit.Hide(l.unit.Reference(owner, p))
	case p.Kind.IsToMany():
		if !l.unit.ItemsLoaded(owner, p) {
			l.unit.SetItems(owner, p, items, k.Partial)
		}
	case !p.Relation.Owning && p.Relation.Style == mapper.PointerField:
		l.unit.SetTarget(owner, p, first(items))
	default:
		l.unit.Point(owner, p)
	}
	return nil
}

// misshapen is an image of another model.
func misshapen(entity string) error {
	return fmt.Errorf("orm: the cached answer about %s is of another model", entity)
}
