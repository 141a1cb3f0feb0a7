package histories_test

import (
	"context"
	"iter"
	"reflect"
	"slices"
	"strings"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// typ is an entity type as the model knows it: what must be written down once more,
// by hand, because the model must not believe the mapping it is to check.
type typ struct {
	name string
	at   int // in types
	base *typ
	// abstract types have no rows of their own here, though the mapping would allow it.
	abstract bool
	scalars  []*scalar
	views    []*view
	unique   []group
	version  bool
	// madeKey says that the database makes the key.
	madeKey bool

	blank func() any
	find  func(ctx context.Context, em *orm.EntityManager, cond any, opts ...orm.FindOption) ([]any, error)
	merge func(em *orm.EntityManager, x any) (any, error)
	// insert, update and remove write past the unit.
	insert func(ctx context.Context, em *orm.EntityManager, row orm.M) (int64, error)
	update func(ctx context.Context, em *orm.EntityManager, cond any, set orm.M) (int64, error)
	remove func(ctx context.Context, em *orm.EntityManager, cond any) (int64, error)
	// stream reads all rows of the type, page by page.
	stream func(ctx context.Context, em *orm.EntityManager, page int) iter.Seq2[any, error]
}

// group is a unique constraint over scalars and to-one views, by name.
type group struct {
	names []string
	// key marks the primary key.
	key bool
}

// kind is what values a scalar may have.
type kind int

const (
	text kind = iota
	number
	maybeText
	maybeNumber
	embedded      // an address, "street|city"
	maybeEmbedded // *address
)

// scalar is a property with a value.
type scalar struct {
	name string
	kind kind
	// fixed values are assigned when the entity is made and never again: parts of keys.
	fixed bool
	at    int // in typ.scalars
}

// style is the Go form of a view.
type style int

const (
	asRef style = iota
	asPointer
	asCollection
	asSlice
	asScalar // the foreign key itself, beside a reference
)

// view is a field that shows edges: one side of an association.
type view struct {
	typ   *typ
	name  string // the Go field
	assoc *assoc
	style style
	// left is the side that owns the association: it has the foreign key or writes the links.
	left           bool
	many           bool
	orphan, remove bool
	at             int // in project.views

	to    func(target any) any // makes a Ref
	toKey func(key any) any
}

func (v *view) path() string { return strings.ToLower(v.name[:1]) + v.name[1:] }

func (v *view) String() string { return v.typ.name + "." + v.name }

// assoc is a relation: a set of edges from left to right.
type assoc struct {
	name          string
	left, right   *typ
	views         []*view // all views, the left ones first
	links         bool    // many-to-many
	oneToOne      bool
	ordered       bool
	required      bool
	key           bool // the reference is a part of the left key: it never changes
	setNull       bool // ON DELETE SET NULL
	cascade       bool // ON DELETE CASCADE
	followsNewKey bool
	by            string // the scalar of the right that is stored of it, "" for its key
	at            int    // in project.assocs
}

// leftView is the field with the foreign key or the links.
func (a *assoc) leftView() *view { return a.views[0] }

// rightViews are those of the other side.
func (a *assoc) side(left bool) *view {
	for _, v := range a.views {
		if v.left == left && v.style != asScalar {
			return v
		}
	}
	return nil
}

// project is what random histories are about, in the model's words.
type project struct {
	// keysChange says that the engine can change the key of a row.
	keysChange bool
	// statements says that the engine runs statements in SQL.
	statements bool
	types      []*typ
	assocs     []*assoc
	views      []*view
}

// typed makes the description of T.
func typed[T any](s *project, name string) *typ {
	t := &typ{name: name, at: len(s.types), madeKey: true}
	t.blank = func() any { return new(T) }
	t.find = func(ctx context.Context, em *orm.EntityManager, cond any, opts ...orm.FindOption) ([]any, error) {
		found, err := orm.Find[T](ctx, em, cond, opts...)
		list := make([]any, len(found))
		for i, x := range found {
			list[i] = x
		}
		return list, err
	}
	t.insert = func(ctx context.Context, em *orm.EntityManager, row orm.M) (int64, error) {
		return orm.NativeInsert[T](ctx, em, row)
	}
	t.update = func(ctx context.Context, em *orm.EntityManager, cond any, set orm.M) (int64, error) {
		return orm.NativeUpdate[T](ctx, em, cond, set)
	}
	t.remove = func(ctx context.Context, em *orm.EntityManager, cond any) (int64, error) {
		return orm.NativeDelete[T](ctx, em, cond)
	}
	t.merge = func(em *orm.EntityManager, x any) (any, error) { return orm.Merge(em, x.(*T)) }
	t.stream = func(ctx context.Context, em *orm.EntityManager, page int) iter.Seq2[any, error] {
		return func(yield func(any, error) bool) {
			for x, err := range orm.Stream[T](ctx, em, nil, orm.StreamPage(page)) {
				if !yield(x, err) {
					return
				}
			}
		}
	}
	s.types = append(s.types, t)
	return t
}

func (t *typ) with(k kind, names ...string) *typ {
	for _, name := range names {
		t.scalars = append(t.scalars, &scalar{name: name, kind: k, at: len(t.scalars)})
	}
	return t
}

// keyed adds the scalars of a key that the application makes.
func (t *typ) keyed(k kind, names ...string) *typ {
	t.with(k, names...)
	t.madeKey = false
	for _, s := range t.scalars {
		s.fixed = s.fixed || slices.Contains(names, s.name)
	}
	t.unique = append(t.unique, group{names, true})
	return t
}

func (t *typ) uniquely(names ...string) *typ {
	t.unique = append(t.unique, group{names, false})
	return t
}

func (t *typ) versioned() *typ { t.version = true; return t }

// extends makes t a subtype.
func (t *typ) extends(base *typ) *typ {
	t.base, base.abstract = base, true
	t.scalars = nil
	for _, s := range base.scalars {
		own := *s
		t.scalars = append(t.scalars, &own)
	}
	t.unique = slices.Clone(base.unique)
	t.madeKey, t.version = base.madeKey, base.version
	return t
}

// is reports that t is u or a subtype of it.
func (t *typ) is(u *typ) bool { return t == u || t.base == u }

// root is the type at the top of the hierarchy.
func (t *typ) root() *typ {
	if t.base != nil {
		return t.base
	}
	return t
}

func (t *typ) scalar(name string) *scalar {
	for _, s := range t.scalars {
		if s.name == name {
			return s
		}
	}
	return nil
}

// view finds a view by name, those of the base included.
func (t *typ) view(name string) *view {
	for _, v := range t.allViews() {
		if v.name == name {
			return v
		}
	}
	return nil
}

func (t *typ) allViews() []*view {
	if t.base == nil {
		return t.views
	}
	return slices.Concat(t.base.views, t.views)
}

// field returns the Go field of a name.
func field(x any, name string) reflect.Value { return reflect.ValueOf(x).Elem().FieldByName(name) }

// option changes a view or its association.
type option func(v *view)

var (
	orphans    option = func(v *view) { v.orphan = true }
	removes    option = func(v *view) { v.remove = true }
	required   option = func(v *view) { v.assoc.required = true }
	inKey      option = func(v *view) { v.assoc.key, v.assoc.required = true, true }
	ordered    option = func(v *view) { v.assoc.ordered = true }
	setNull    option = func(v *view) { v.assoc.setNull = true }
	deletes    option = func(v *view) { v.assoc.cascade = true }
	follows    option = func(v *view) { v.assoc.followsNewKey = true }
	single     option = func(v *view) { v.assoc.oneToOne = true }
	manyToMany option = func(v *view) { v.assoc.links = true }
)

// owns adds an association by its owning view.
func (s *project) owns(left *typ, name string, right *typ, form style, opts ...option) *assoc {
	a := &assoc{name: left.name + "." + name, left: left, right: right, at: len(s.assocs)}
	s.assocs = append(s.assocs, a)
	s.view(a, left, name, form, true, opts)
	return a
}

// ownsRef is owns for a Ref.
func ownsRef[R any](s *project, left *typ, name string, right *typ, opts ...option) *assoc {
	a := s.owns(left, name, right, asRef, opts...)
	makeRef[R](a.leftView())
	return a
}

func makeRef[R any](v *view) {
	v.to = func(target any) any {
		if target == nil {
			return rel.Ref[R]{}
		}
		return rel.To(target.(*R))
	}
	v.toKey = func(key any) any { return rel.ToKey[R](key) }
}

// shows adds the inverse view.
func (s *project) shows(a *assoc, name string, form style, opts ...option) *view {
	return s.view(a, a.right, name, form, false, opts)
}

func (s *project) view(a *assoc, t *typ, name string, form style, left bool, opts []option) *view {
	v := &view{typ: t, name: name, assoc: a, style: form, left: left, at: len(s.views)}
	a.views = append(a.views, v)
	s.views = append(s.views, v)
	t.views = append(t.views, v)
	v.many = form == asCollection || form == asSlice
	for _, o := range opts {
		o(v)
	}
	return v
}
