package histories_test

import (
	"slices"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

var linkInputs = []input{
	{"12 links of new entities", links, input12},
	{"13 link that exists", links, input13},
	{"29 target of links removed", slices.Concat([]any{lonely29{}, note29{}}, links), input29},
	{"32 another order", []any{list32{}, song32{}, disc32{}, tune32{}}, input32},
	{"42 unread inverse side emptied", links, input42},
	{"43 one side added to, the other emptied", links, input43},
	{"45 orphans of links", nil, input45},
}

// Many-to-many in collections, in plain slices, and mixed.
type (
	team struct {
		ID    int64
		Name  string
		Items rel.Collection[member]
	}
	member struct {
		ID    int64
		Name  string
		Items rel.Collection[team] `orm:",mappedBy=Items"`
	}
	club struct {
		ID    int64
		Name  string
		Items []*guest
	}
	guest struct {
		ID    int64
		Name  string
		Items []*club `orm:",mappedBy=Items"`
	}
	band struct {
		ID    int64
		Name  string
		Items []*fan
	}
	fan struct {
		ID    int64
		Name  string
		Items rel.Collection[band] `orm:",mappedBy=Items"`
	}
)

var links = []any{team{}, member{}, club{}, guest{}, band{}, fan{}}

// end is one side of a many-to-many relation in one style.
type end[A, B any] struct {
	style string
	slice bool
	one   func(name string) *A
	add   func(a *A, b *B)
	take  func(a *A, b *B)
	empty func(a *A)
	set   func(a *A, b ...*B)
}

func collectionEnd[A, B any](style string, one func(name string) *A, items func(a *A) *rel.Collection[B]) end[A, B] {
	return end[A, B]{
		style: style,
		one:   one,
		add:   func(a *A, b *B) { items(a).Add(b) },
		take:  func(a *A, b *B) { items(a).Remove(b) },
		empty: func(a *A) { items(a).RemoveAll() },
		set:   func(a *A, b ...*B) { items(a).Set(b...) },
	}
}

func sliceEnd[A, B any](style string, one func(name string) *A, items func(a *A) *[]*B) end[A, B] {
	return end[A, B]{
		style: style,
		slice: true,
		one:   one,
		add:   func(a *A, b *B) { *items(a) = append(*items(a), b) },
		take:  func(a *A, b *B) { *items(a) = without(*items(a), b) },
		empty: func(a *A) { *items(a) = []*B{} },
		set:   func(a *A, b ...*B) { *items(a) = slices.Clone(b) },
	}
}

var (
	teams   = collectionEnd("team (collections)", func(n string) *team { return &team{Name: n} }, func(a *team) *rel.Collection[member] { return &a.Items })
	members = collectionEnd("member (collections)", func(n string) *member { return &member{Name: n} }, func(a *member) *rel.Collection[team] { return &a.Items })
	clubs   = sliceEnd("club (slices)", func(n string) *club { return &club{Name: n} }, func(a *club) *[]*guest { return &a.Items })
	guests  = sliceEnd("guest (slices)", func(n string) *guest { return &guest{Name: n} }, func(a *guest) *[]*club { return &a.Items })
	bands   = sliceEnd("band (mixed)", func(n string) *band { return &band{Name: n} }, func(a *band) *[]*fan { return &a.Items })
	fans    = collectionEnd("fan (mixed)", func(n string) *fan { return &fan{Name: n} }, func(a *fan) *rel.Collection[band] { return &a.Items })
)

// 12: links made on one side are known on the other, also those of new entities.
func input12(w *world) {
	newLinks(w, teams, members)
	newLinks(w, members, teams)
	newLinks(w, clubs, guests)
	newLinks(w, guests, clubs)
	newLinks(w, bands, fans)
	newLinks(w, fans, bands)
}

func newLinks[A, B any](w *world, left end[A, B], right end[B, A]) {
	w.each(left.style+", both new", func(w *world) {
		em := w.em()
		a, b := left.one("a"), right.one("b")
		left.add(a, b)
		em.Persist(a)
		w.flush(em)
		stored[A](w, "Name Items", "a [b]")
		right.empty(b)
		w.flush(em)
		stored[A](w, "Name Items", "a []")
		w.is("memory", show(a, "Items")+show(b, "Items"), "[][]")
	})
	w.each(left.style+", to one that was stored", func(w *world) {
		w.store(right.one("b"), left.one("other"))
		other := w.em()
		left.add(named[A](w, other, "other", orm.Populate("items")), named[B](w, other, "b"))
		w.flush(other)
		em := w.em()
		a, b := left.one("a"), named[B](w, em, "b", orm.Populate("items"))
		left.add(a, b)
		em.Persist(a)
		w.flush(em)
		stored[A](w, "Name Items", "a [b], other [b]")
		right.empty(b)
		w.flush(em)
		stored[A](w, "Name Items", "a [], other []")
		w.is("memory", show(a, "Items")+show(b, "Items"), "[][]")
	})
	if right.slice {
		return
	}
	w.each(left.style+", to one that was not read", func(w *world) {
		w.store(right.one("b"))
		em := w.em()
		a, b := left.one("a"), named[B](w, em, "b")
		left.add(a, b)
		em.Persist(a)
		w.flush(em)
		stored[A](w, "Name Items", "a [b]")
		right.empty(b)
		w.flush(em)
		stored[A](w, "Name Items", "a []")
		w.is("memory", show(a, "Items"), "[]")
	})
}

// linked stores a with b and reads both without their links.
func linked[A, B any](w *world, left end[A, B], right end[B, A]) (em *orm.EntityManager, a *A, b *B) {
	w.Helper()
	one, two := left.one("a"), right.one("b")
	left.add(one, two)
	w.store(one, two)
	em = w.em()
	return em, named[A](w, em, "a"), named[B](w, em, "b")
}

// 13: a link that is there already is no change. (A plain slice must be read before it can be added to.)
func input13(w *world) {
	again(w, teams, members)
	again(w, members, teams)
	again(w, fans, bands)
	// Once it is known from one side and pending on the other.
	w.each("both sides", func(w *world) {
		em, a, b := linked(w, teams, members)
		a.Items.Add(b)
		b.Items.Add(a)
		w.flush(em)
		stored[team](w, "Name Items", "a [b]")
	})
}

func again[A, B any](w *world, left end[A, B], right end[B, A]) {
	w.each(left.style, func(w *world) {
		em, a, b := linked(w, left, right)
		left.add(a, b)
		w.flush(em)
		stored[A](w, "Name Items", "a [b]")
		left.take(a, b)
		w.flush(em)
		stored[A](w, "Name Items", "a []")
		// and a link that is not there any more is none either
		left.take(a, b)
		w.flush(em)
		stored[A](w, "Name Items", "a []")
	})
}

// An owner alone: its targets do not know of it.
type (
	lonely29 struct {
		ID    int64
		Name  string
		Notes rel.Collection[note29]
		Other []*note29 `orm:",pivot=lonely29_other"`
	}
	note29 struct {
		ID   int64
		Name string
	}
)

// 29: the links of a removed entity go with it, in the arrays of keys of document
// stores as well: counts ask for the array there, not for what it leads to.
func input29(w *world) {
	targetGone(w, teams, members)
	targetGone(w, members, teams)
	targetGone(w, clubs, guests)
	targetGone(w, bands, fans)
	for _, loaded := range []bool{true, false} {
		w.each(map[bool]string{true: "one side only, loaded", false: "one side only, not loaded"}[loaded], func(w *world) {
			gone, kept := &note29{Name: "gone"}, &note29{Name: "kept"}
			l := &lonely29{Name: "l", Other: []*note29{kept, gone}}
			l.Notes.Add(gone, kept)
			w.store(l)
			em := w.em()
			if loaded {
				l = named[lonely29](w, em, "l", orm.Populate("notes", "other"))
			}
			em.Remove(named[note29](w, em, "gone"))
			w.flush(em)
			stored[lonely29](w, "Name Notes Other", "l [kept] [kept]")
			count[lonely29](w, orm.M{"notes": orm.M{"$size": 1}, "other": orm.M{"$size": 1}}, 1)
			if loaded {
				w.is("memory", show(l, "Notes", "Other"), "[kept] [kept]")
			}
		})
	}
}

// count compares the number of rows that match.
func count[T any](w *world, cond orm.M, want int64) {
	w.Helper()
	n, err := orm.Count[T](w.ctx, w.em(), cond)
	w.ok(err)
	w.is("rows that match", n, want)
}

func targetGone[A, B any](w *world, left end[A, B], right end[B, A]) {
	for _, loaded := range []bool{true, false} {
		w.each(left.style+map[bool]string{true: ", loaded", false: ", not loaded"}[loaded], func(w *world) {
			em, a, b := linked(w, left, right)
			if loaded {
				w.ok(orm.Load(w.ctx, em, a, "items"))
			}
			em.Remove(b)
			w.flush(em)
			stored[A](w, "Name Items", "a []")
			count[A](w, orm.M{"items": orm.M{"$size": 0}}, 1)
			if loaded {
				w.is("memory", show(a, "Items"), "[]")
			}
		})
	}
}

// Ordered many-to-many in both styles.
type (
	list32 struct {
		ID    int64
		Name  string
		Songs rel.Collection[song32] `orm:",ordered"`
	}
	song32 struct {
		ID   int64
		Name string
	}
	disc32 struct {
		ID    int64
		Name  string
		Tunes []*tune32 `orm:",ordered"`
	}
	tune32 struct {
		ID   int64
		Name string
	}
)

// 32: an ordered many-to-many is stored in its order.
func input32(w *world) {
	w.each("collection", func(w *world) {
		l := &list32{Name: "l"}
		l.Songs.Add(&song32{Name: "a"}, &song32{Name: "b"}, &song32{Name: "c"})
		w.store(l)
		em := w.em()
		l = named[list32](w, em, "l", orm.Populate("songs"))
		s := l.Songs.Items()
		l.Songs.Set(s[2], s[0], s[1])
		w.flush(em)
		stored[list32](w, "Name Songs", "l [c a b]")
		w.is("memory", show(l, "Songs"), "[c a b]")
	})
	w.each("slice", func(w *world) {
		w.store(&disc32{Name: "d", Tunes: []*tune32{{Name: "a"}, {Name: "b"}, {Name: "c"}}})
		em := w.em()
		d := named[disc32](w, em, "d", orm.Populate("tunes"))
		d.Tunes[0], d.Tunes[1] = d.Tunes[1], d.Tunes[0]
		w.flush(em)
		stored[disc32](w, "Name Tunes", "d [b a c]")
		d.Tunes = []*tune32{d.Tunes[2], {Name: "n"}, d.Tunes[0]}
		w.flush(em)
		stored[disc32](w, "Name Tunes", "d [c n b]")
	})
}

// 42: an inverse side that was never read can be emptied and replaced.
func input42(w *world) {
	unread(w, teams, members)
	unread(w, members, teams)
	unread(w, bands, fans)
}

func unread[A, B any](w *world, left end[A, B], right end[B, A]) {
	w.each(right.style+", emptied", func(w *world) {
		em, _, b := linked(w, left, right)
		right.empty(b)
		w.flush(em)
		stored[A](w, "Name Items", "a []")
	})
	w.each(right.style+", replaced", func(w *world) {
		em, _, b := linked(w, left, right)
		right.set(b, left.one("n"))
		w.flush(em)
		stored[A](w, "Name Items", "a [], n [b]")
	})
	w.each(right.style+", replaced by what is there", func(w *world) {
		em, a, b := linked(w, left, right)
		right.set(b, a)
		w.flush(em)
		stored[A](w, "Name Items", "a [b]")
	})
}

// 43: plain slices follow each other.
func input43(w *world) {
	bothFollow(w, clubs, guests)
	bothFollow(w, guests, clubs)
	bothFollow(w, bands, fans)
	bothFollow(w, fans, bands)
	bothFollow(w, teams, members)
}

func bothFollow[A, B any](w *world, left end[A, B], right end[B, A]) {
	w.each(left.style, func(w *world) {
		w.store(left.one("a"), right.one("b"))
		em := w.em()
		a, b := named[A](w, em, "a", orm.Populate("items")), named[B](w, em, "b", orm.Populate("items"))
		left.add(a, b)
		w.flush(em)
		stored[A](w, "Name Items", "a [b]")
		w.is("memory", show(a, "Items")+show(b, "Items"), "[b][a]")
		right.empty(b)
		w.flush(em)
		stored[A](w, "Name Items", "a []")
		w.is("memory", show(a, "Items")+show(b, "Items"), "[][]")
		right.add(b, a)
		w.flush(em)
		left.take(a, b)
		w.flush(em)
		stored[A](w, "Name Items", "a []")
		w.is("memory", show(a, "Items")+show(b, "Items"), "[][]")
	})
}

// Links with orphan removal.
type (
	album45 struct {
		ID    int64
		Name  string
		Songs rel.Collection[song45] `orm:",orphanRemoval"`
	}
	song45 struct {
		ID     int64
		Name   string
		Albums rel.Collection[album45] `orm:",mappedBy=Songs"`
	}
)

// 45: orphan removal of a many-to-many is done or refused by the mapping, not ignored.
func input45(w *world) {
	db, err := orm.Open(w.ctx, w.connector, orm.Entities(album45{}, song45{}))
	if err != nil {
		w.fails(err, err, "album45.Songs", "orphanRemoval")
		return
	}
	w.ok(db.Close())
	own, refused := openWorld(w.T, w.connector, []any{album45{}, song45{}})
	w.ok(refused)
	a, b := &album45{Name: "a"}, &album45{Name: "b"}
	s, kept := &song45{Name: "s"}, &song45{Name: "kept"}
	a.Songs.Add(s, kept)
	b.Songs.Add(kept)
	own.store(a, b)
	em := own.em()
	named[album45](own, em, "a", orm.Populate("songs")).Songs.RemoveAll()
	own.flush(em)
	stored[song45](own, "Name Albums", "kept [b]")
}
