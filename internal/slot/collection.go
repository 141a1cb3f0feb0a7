package slot

import (
	"slices"
	"unsafe"
)

// Collection is the memory layout of every rel.Collection: two words inside the
// owning struct. The zero value belongs to a new entity and is empty.
//
//	Owner  Items   meaning
//	nil    nil     nobody manages the owner, nothing added yet
//	nil    set     nobody manages the owner, with items
//	set    nil     managed owner, items unknown (not loaded)
//	set    set     managed owner; Items.Loaded tells whether all items are there
type Collection struct {
	Owner *Entry
	Items *Items
}

// Items is the state behind a collection that has been touched.
type Items struct {
	// Self is the address of the Collection these items were created for. A
	// copied struct carries the pointer but has another address, which is how
	// copies are told apart. It is nil for plain slices and for [Empty].
	Self *Collection
	// list holds the items: all of them when Loaded, otherwise those added since.
	// For a plain slice, whose field is the user's, it is what the unit last agreed to.
	list List
	// Added and Removed are what joined and left since the last load or flush.
	Added, Removed Changes
	// Untold are items that joined before a manager listened, nil for none: the unit
	// carries them over with its next run.
	Untold *List
	// Known is the list as the database has it: for an ordered relation, and where it was
	// read without what had left before.
	Known []unsafe.Pointer
	// Sets counts how often the whole collection was set.
	Sets int
	// Placed reports that an item stands in Known where its stored place is, with nil in
	// places that have none.
	Placed bool
	// Loaded reports that the list is the whole collection.
	Loaded bool
	// Partial reports that the list was loaded through a condition or a limit: it
	// can be read, but rows never seen may belong to the collection too.
	Partial bool
	// Unsure reports a loaded list that was read without what the other side has given up:
	// an item that is not there may be stored.
	Unsure bool
	// Wiped reports that the whole collection was set while it was not known, so
	// that rows never seen must go as well. It lasts until the next flush.
	Wiped bool
	// Dirty reports a change since the last load or flush.
	Dirty bool
	// Noted reports that the unit has these items on its list of changed ones.
	Noted bool
	// Stated says that the whole collection was set since the items were read: what the list shows
	// is then what the user has said of all of it.
	Stated bool
}

// begun are items that are made with the first that joins: one piece of memory for both.
type begun struct {
	Items
	added List
}

// Empty stands for the items of a loaded collection that has none, until it is changed.
var Empty = &Items{Loaded: true}

// NewItems returns the items of a collection, in the given order.
func NewItems(self *Collection, list []unsafe.Pointer, loaded bool) *Items {
	s := ItemsOf(self, list, loaded)
	return &s
}

// ItemsOf is NewItems for memory the caller has.
func ItemsOf(self *Collection, list []unsafe.Pointer, loaded bool) Items {
	return Items{Self: self, list: ListOf(list), Loaded: loaded}
}

// Len returns the number of items in the list.
func (s *Items) Len() int { return s.list.Len() }

// View returns the list; the memory is never changed.
func (s *Items) View() []unsafe.Pointer {
	if s == Empty {
		return nil
	}
	return s.list.View()
}

// Read returns the list until the next change.
func (s *Items) Read() []unsafe.Pointer { return s.list.Read() }

// Has reports whether p is in the list. It may make an index, so that it counts as a change.
func (s *Items) Has(p unsafe.Pointer) bool { return s.list.Has(p) }

// Join puts p, which is not in the list, at its end.
func (s *Items) Join(p unsafe.Pointer) { s.JoinAt(-1, p) }

// JoinAt puts p, which is not in the list, at a position; a negative one is the end.
// What left a list that is not known as a whole may not have been there.
func (s *Items) JoinAt(i int, p unsafe.Pointer) {
	if s.Removed.Len() == 0 || s.Removed.Delete(p) < 0 || !s.whole() {
		s.Added.Append(p)
	}
	if i < 0 {
		s.list.Append(p)
	} else {
		s.list.Insert(i, p)
	}
	s.Dirty = true
}

// Leave takes p out, also where the list does not tell that it is there, and
// returns its position in the list, or -1. What joined a list that is not known as a
// whole may have been there before.
func (s *Items) Leave(p unsafe.Pointer) int {
	i := s.list.Delete(p)
	s.tell(p)
	if s.Added.Len() == 0 || s.Added.Delete(p) < 0 || !s.whole() {
		if !s.Removed.Has(p) {
			s.Removed.Append(p)
		}
	}
	s.Dirty = true
	return i
}

// whole reports that the database has no items that the list does not tell.
func (s *Items) whole() bool { return s.Loaded && !s.Partial }

// Expects reports whether taking p out would change anything: it is in the list, or
// may be among items that are not known.
func (s *Items) Expects(p unsafe.Pointer) bool {
	return s.list.Has(p) || !s.whole() && !s.Removed.Has(p)
}

// Mark is what is said of an item besides its place in the list.
type Mark struct{ added, removed, dirty bool }

// Mark returns what is said of p now.
func (s *Items) Mark(p unsafe.Pointer) Mark { return Mark{s.Added.Has(p), s.Removed.Has(p), s.Dirty} }

// Share makes what is said of p, in a list that is not known as a whole, what the other
// side of the same link says of own, if that is; an ordered list stays changed, as its
// order may be.
func (s *Items) Share(p unsafe.Pointer, other *Items, own unsafe.Pointer, ordered bool) {
	if s.whole() || !other.whole() || other.Unsure {
		return
	}
	m := other.Mark(own)
	m.dirty = s.Dirty && ordered
	s.mark(p, m)
}

// Unjoin takes p out of the list as if it had never joined, when this was its mark.
func (s *Items) Unjoin(p unsafe.Pointer, before Mark) {
	s.list.Delete(p)
	s.tell(p)
	s.mark(p, before)
}

// Place returns where p would stand in the list by what is known of the database, -1 when
// it is not there.
func (s *Items) Place(p unsafe.Pointer) int {
	at := 0
	for _, x := range s.Known {
		switch {
		case x == p:
			return at
		case s.list.Has(x):
			at++
		}
	}
	return -1
}

// Unleave puts p back to a position as if it had never left, when this was its mark. At
// -1 it had not been in the list.
func (s *Items) Unleave(i int, p unsafe.Pointer, before Mark) {
	if i >= 0 {
		s.list.Insert(i, p)
	}
	s.mark(p, before)
}

func (s *Items) mark(p unsafe.Pointer, m Mark) {
	s.Added.set(p, m.added)
	s.Removed.set(p, m.removed)
	s.Dirty = m.dirty || s.Wiped || s.Added.Len() > 0 || s.Removed.Len() > 0
}

// Wipe makes list the whole collection, whatever is in it now.
func (s *Items) Wipe(list []unsafe.Pointer) {
	s.list = ListOf(list)
	s.Added.of(list)
	s.Removed.Clear()
	s.Untold = nil
	s.Wiped, s.Loaded, s.Partial, s.Dirty = true, true, false, true
}

// state notes that the whole collection is set.
func (s *Items) state() {
	s.Sets++
	s.Stated = true
}

// Reorder puts the list, which has the same items, into another order, and reports
// whether it was another.
func (s *Items) Reorder(list []unsafe.Pointer) bool {
	if slices.Equal(s.list.Read(), list) {
		return false
	}
	s.list = ListOf(list)
	s.Dirty = true
	return true
}

// Forget takes p out without a trace: its row is gone.
func (s *Items) Forget(p unsafe.Pointer) int {
	s.Added.Delete(p)
	s.Removed.Delete(p)
	s.tell(p)
	return s.list.Delete(p)
}

// Become puts y in the place of p, another instance of the same row, whatever is said of that.
func (s *Items) Become(p, y unsafe.Pointer) {
	for _, l := range []*List{&s.list, s.Added.list, s.Removed.list, s.Untold} {
		if l == nil {
			continue
		}
		l.Read() // without holes, which positions count
		if i := l.Delete(p); i >= 0 && !l.Has(y) {
			l.Insert(i, y)
		}
	}
	if i := slices.Index(s.Known, p); i >= 0 {
		s.Known = slices.Clone(s.Known)
		s.Known[i] = y
	}
}

// tell notes that the other side of p need not be told any more.
func (s *Items) tell(p unsafe.Pointer) {
	if s.Untold != nil {
		s.Untold.Delete(p)
	}
}

// Restore puts p back where it was, as if it had never left.
func (s *Items) Restore(i int, p unsafe.Pointer) { s.list.Insert(i, p) }

// Settle reports that the database has what the list says.
func (s *Items) Settle() {
	s.Added.Clear()
	s.Removed.Clear()
	s.Wiped, s.Unsure, s.Dirty, s.Noted = false, false, false, false
}

// SettleTo is Settle for what the list said when f was made of it: what has joined and left
// since remains to be told.
func (s *Items) SettleTo(f *Items, ordered bool) {
	var added, removed []unsafe.Pointer
	for _, x := range s.Added.View() {
		if !f.Added.Has(x) {
			added = append(added, x)
		}
	}
	for _, x := range f.Removed.View() {
		if s.list.Has(x) && !slices.Contains(added, x) {
			added = append(added, x) // it came back
		}
	}
	for _, x := range s.Removed.View() {
		if !f.Removed.Has(x) && !(s.list.Has(x) && f.list.Has(x)) {
			removed = append(removed, x)
		}
	}
	for _, x := range f.Added.View() {
		if !s.list.Has(x) && !slices.Contains(removed, x) {
			removed = append(removed, x)
		}
	}
	moved := ordered && s.Loaded && !slices.Equal(f.View(), s.View())
	if !s.Loaded {
		s.list = ListOf(added) // the others are stored, and not known
	}
	s.Settle()
	s.Added.of(added)
	s.Removed.of(removed)
	s.Dirty = moved || len(added)+len(removed) > 0
}

// Unsettle takes Settle back: these were added and removed before, but for what the user
// has done with them since.
func (s *Items) Unsettle(added, removed []unsafe.Pointer) {
	for i, x := range added {
		switch {
		case s.list.Has(x):
			s.Added.set(x, true)
		case s.whole():
			s.Removed.Delete(x) // it was taken out since, and never stored
		case !s.Removed.Has(x):
			s.list.Insert(i, x)
			s.Added.set(x, true)
		}
	}
	for _, x := range removed {
		switch {
		case !s.list.Has(x):
			s.Removed.set(x, true)
		case s.whole():
			s.Added.Delete(x) // it was put back since
		}
	}
}

// CloneFor returns a copy of s for the collection at self, sharing no memory.
func (s *Items) CloneFor(self *Collection) *Items {
	c := *s
	c.Self = self
	c.list, c.Added, c.Removed = s.list.Clone(), s.Added.Clone(), s.Removed.Clone()
	c.Known = slices.Clone(s.Known)
	if s.Untold != nil {
		untold := s.Untold.Clone()
		c.Untold = &untold
	}
	return &c
}

// Change returns the items for a change, making them when there are none.
func (c *Collection) Change() *Items {
	switch {
	case c.Items == nil || c.Items == Empty:
		b := &begun{Items: Items{Self: c, Loaded: c.Owner == nil || c.Items == Empty}}
		b.Added.list = &b.added
		c.Items = &b.Items
	case c.Items.Self != c:
		c.Items = c.Items.CloneFor(c)
	}
	return c.Items
}

// Add adds those of a list that are not in the collection yet.
func (c *Collection) Add(list []unsafe.Pointer) {
	s := c.Change()
	for _, p := range list {
		if p == nil || s.Has(p) {
			c.confirm(p)
			continue
		}
		s.Join(p)
		c.Changed(p, true)
	}
}

// Confirm is Replace with the items that are there: what weft has taken out, and puts back when
// it takes back its own, is not among them.
func (c *Collection) Confirm() {
	s := c.Change()
	s.state()
	for _, p := range s.View() {
		c.confirm(p)
	}
}

// confirm tells a manager that heeds it of an item that is there already.
func (c *Collection) confirm(p unsafe.Pointer) {
	if p == nil || c.Owner == nil {
		return
	}
	if h, ok := As[Heeding](c.Owner.Home); ok && h.Heeds() {
		c.Changed(p, true)
	}
}

// Replace makes list, distinct items, the whole collection.
func (c *Collection) Replace(list []unsafe.Pointer) {
	s := c.Change()
	s.state()
	before := s.View()
	wiped := !s.Loaded || s.Partial
	is := ListOf(list)
	var left []unsafe.Pointer
	for _, p := range before {
		if !is.Has(p) {
			left = append(left, p)
		}
	}
	was := ListOf(before)
	if wiped {
		s.Wipe(list)
	}
	for _, p := range left {
		if !wiped {
			s.Leave(p)
		}
		c.Changed(p, false)
	}
	if wiped {
		c.Changed(nil, false)
	}
	for _, p := range list {
		if was.Has(p) && !wiped {
			c.confirm(p)
			continue
		}
		if !wiped {
			s.Join(p)
		}
		c.Changed(p, true)
	}
	if s.Reorder(list) {
		c.Changed(nil, true)
	}
}

// Restate is Replace with the items that are there, whatever the database has.
func (c *Collection) Restate() {
	s := c.Change()
	s.Partial = true
	c.Replace(s.View())
}

// Changed tells the manager of the owner, if there is one, that an item joined or
// left. A nil item that left means that all items not in the list left, those never
// seen included; one that joined that the order is another.
func (c *Collection) Changed(item unsafe.Pointer, joined bool) {
	if c.Owner != nil {
		c.Owner.Home.Changed(c.Owner, c, item, joined)
	}
}
