package histories_test

import (
	"slices"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// Owners and their parts, with orphan removal, in the four combinations of styles.
type (
	box struct {
		ID    int64
		Name  string
		Items rel.Collection[part] `orm:",mappedBy=Of,orphanRemoval"`
	}
	part struct {
		ID   int64
		Name string `orm:",unique,length=50"`
		Of   rel.Ref[box]
	}

	tray struct {
		ID    int64
		Name  string
		Items []*cup `orm:",mappedBy=Of,orphanRemoval"`
	}
	cup struct {
		ID   int64
		Name string `orm:",unique,length=50"`
		Of   *tray
	}

	bin struct {
		ID    int64
		Name  string
		Items rel.Collection[rag] `orm:",mappedBy=Of,orphanRemoval"`
	}
	rag struct {
		ID   int64
		Name string `orm:",unique,length=50"`
		Of   *bin
	}

	rack struct {
		ID    int64
		Name  string
		Items []*coat `orm:",mappedBy=Of,orphanRemoval"`
	}
	coat struct {
		ID   int64
		Name string `orm:",unique,length=50"`
		Of   rel.Ref[rack]
	}
)

var nests = []any{box{}, part{}, tray{}, cup{}, bin{}, rag{}, rack{}, coat{}}

// nest is one of the pairs above: what its styles do alike.
type nest[O, I any] struct {
	style string
	// lists says that the owner's side is a plain slice: what is not loaded cannot be changed.
	lists bool
	owner func(name string) *O
	item  func(name string) *I
	add   func(o *O, items ...*I)
	take  func(o *O, i *I)
	empty func(o *O)
	items func(o *O) []*I
	point func(i *I, o *O)
}

var (
	refs = nest[box, part]{
		style: "collection and ref",
		owner: func(name string) *box { return &box{Name: name} },
		item:  func(name string) *part { return &part{Name: name} },
		add:   func(o *box, items ...*part) { o.Items.Add(items...) },
		take:  func(o *box, i *part) { o.Items.Remove(i) },
		empty: func(o *box) { o.Items.RemoveAll() },
		items: func(o *box) []*part { return o.Items.Items() },
		point: func(i *part, o *box) { i.Of = orm.To(o) },
	}
	plains = nest[tray, cup]{
		style: "slice and pointer",
		lists: true,
		owner: func(name string) *tray { return &tray{Name: name} },
		item:  func(name string) *cup { return &cup{Name: name} },
		add:   func(o *tray, items ...*cup) { o.Items = append(o.Items, items...) },
		take:  func(o *tray, i *cup) { o.Items = without(o.Items, i) },
		empty: func(o *tray) { o.Items = []*cup{} },
		items: func(o *tray) []*cup { return slices.Clone(o.Items) },
		point: func(i *cup, o *tray) { i.Of = o },
	}
	pointers = nest[bin, rag]{
		style: "collection and pointer",
		owner: func(name string) *bin { return &bin{Name: name} },
		item:  func(name string) *rag { return &rag{Name: name} },
		add:   func(o *bin, items ...*rag) { o.Items.Add(items...) },
		take:  func(o *bin, i *rag) { o.Items.Remove(i) },
		empty: func(o *bin) { o.Items.RemoveAll() },
		items: func(o *bin) []*rag { return o.Items.Items() },
		point: func(i *rag, o *bin) { i.Of = o },
	}
	slicesAndRefs = nest[rack, coat]{
		style: "slice and ref",
		lists: true,
		owner: func(name string) *rack { return &rack{Name: name} },
		item:  func(name string) *coat { return &coat{Name: name} },
		add:   func(o *rack, items ...*coat) { o.Items = append(o.Items, items...) },
		take:  func(o *rack, i *coat) { o.Items = without(o.Items, i) },
		empty: func(o *rack) { o.Items = nil },
		items: func(o *rack) []*coat { return slices.Clone(o.Items) },
		point: func(i *coat, o *rack) { i.Of = orm.To(o) },
	}
)

// without returns a new list without an item.
func without[T any](items []*T, item *T) []*T {
	return slices.DeleteFunc(slices.Clone(items), func(x *T) bool { return x == item })
}

// nested is a unit with two owners p and q and an item t of p, all read.
type nested[O, I any] struct {
	em   *orm.EntityManager
	p, q *O
	t    *I
}

// seed stores p with t, and q, and reads them, with the items or without, q first
// when turned: no result may depend on the order in which entities are met.
func (n nest[O, I]) seed(w *world, loaded, turned bool) nested[O, I] {
	w.Helper()
	p, q, t := n.owner("p"), n.owner("q"), n.item("t")
	n.point(t, p)
	w.store(p, q, t)
	u := nested[O, I]{em: w.em()}
	var opts []orm.FindOption
	if loaded {
		opts = append(opts, orm.Populate("items"))
	}
	if turned {
		u.q = named[O](w, u.em, "q", opts...)
	}
	u.p = named[O](w, u.em, "p", opts...)
	u.q = named[O](w, u.em, "q", opts...)
	u.t = named[I](w, u.em, "t", orm.Populate("of"))
	return u
}

// each runs a part on all ways to read p, q and t.
func (n nest[O, I]) each(w *world, name string, part func(w *world, u nested[O, I])) {
	for _, way := range []struct {
		name           string
		loaded, turned bool
	}{{"loaded", true, false}, {"loaded, q first", true, true}, {"not loaded", false, false}} {
		if n.lists && !way.loaded {
			continue
		}
		w.each(n.style+", "+name+", "+way.name, func(w *world) { part(w, n.seed(w, way.loaded, way.turned)) })
	}
}

// shows compares what memory shows of a loaded unit.
func (n nest[O, I]) shows(w *world, u nested[O, I], p, q, t string) {
	w.Helper()
	if got := show(u.p, "Items"); got != "unloaded" {
		w.is("items of p in memory", got, p)
	}
	if got := show(u.q, "Items"); got != "unloaded" {
		w.is("items of q in memory", got, q)
	}
	if t != "" {
		w.is("owner of t in memory", show(u.t, "Of"), t)
	}
}
