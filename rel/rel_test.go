package rel_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/rel"
)

type author struct {
	ID    int64
	Books rel.Collection[book]
}

type book struct {
	ID     int64
	Author rel.Ref[author]
}

// home is a manager that knows one author.
type home struct {
	author *author
	loads  int
	events []string
}

func (h *home) Load(_ context.Context, e *slot.Entry, c *slot.Collection) error {
	if c == nil {
		h.loads++
		e.Entity = unsafe.Pointer(h.author)
		return nil
	}
	if c.Items != nil && c.Items.Loaded {
		return nil // nothing is missing
	}
	h.loads++
	c.Items = slot.NewItems(c, []unsafe.Pointer{unsafe.Pointer(&book{ID: 1})}, true)
	return nil
}

func (h *home) Changed(_ *slot.Entry, _ *slot.Collection, item unsafe.Pointer, joined bool) {
	if item == nil {
		h.events = append(h.events, "wiped")
		return
	}
	h.events = append(h.events, fmt.Sprint((*book)(item).ID, joined))
}

func (h *home) ItemKey(_ *slot.Entry, _ *slot.Collection, item unsafe.Pointer) any {
	return (*book)(item).ID
}

func (h *home) Describe(e *slot.Entry, c *slot.Collection) string {
	switch {
	case c == nil:
		return fmt.Sprintf("author %v", e.Key)
	case uintptr(unsafe.Pointer(c)) == uintptr(e.Entity)+unsafe.Offsetof(author{}.Books):
		return fmt.Sprintf("author %v.books", e.Key)
	default:
		return ""
	}
}

// managed returns an author whose books are not loaded.
func managed() (*author, *home) {
	a := &author{ID: 7}
	h := &home{author: a}
	c := (*slot.Collection)(unsafe.Pointer(&a.Books))
	c.Owner = &slot.Entry{Entity: unsafe.Pointer(a), Key: int64(7), Home: &slot.Manager{Home: h}}
	return a, h
}

func TestRefStates(t *testing.T) {
	jon := &author{ID: 7}
	tests := []struct {
		name        string
		ref         rel.Ref[author]
		nil, loaded bool
		key         any
		text, json  string
	}{
		{"null", rel.Ref[author]{}, true, false, nil, "nil", "null"},
		{"null from nil", rel.To[author](nil), true, false, nil, "nil", "null"},
		{"new", rel.To(jon), false, true, nil, "new author", "null"},
		{"unloaded", rel.ToKey[author](7), false, false, 7, "author 7", "7"},
		{"unloaded zero key", rel.ToKey[author](0), false, false, 0, "author 0", "0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.ref.IsNil(); got != tt.nil {
				t.Errorf("IsNil() = %v", got)
			}
			if got := tt.ref.IsLoaded(); got != tt.loaded {
				t.Errorf("IsLoaded() = %v", got)
			}
			if got := tt.ref.Key(); got != tt.key {
				t.Errorf("Key() = %v", got)
			}
			if got := tt.ref.String(); got != tt.text {
				t.Errorf("String() = %q", got)
			}
			if got, err := json.Marshal(tt.ref); err != nil || string(got) != tt.json {
				t.Errorf("json = %s, %v", got, err)
			}
		})
	}
	if key, ok := rel.To(jon).ReferenceKey(); !ok || key != jon {
		t.Errorf("ReferenceKey of a new target = %v, %v", key, ok)
	}
	if _, ok := (rel.Ref[author]{}).ReferenceKey(); ok {
		t.Error("the null reference has a key")
	}
	if got := (rel.Ref[author]{}).TargetType(); got != reflect.TypeFor[author]() {
		t.Errorf("TargetType() = %v", got)
	}
}

func TestRefGetUnloadedPanicsWithRemedy(t *testing.T) {
	err := recovered(func() { rel.ToKey[author](7).Get() })
	if !errors.Is(err, rel.ErrNotLoaded) {
		t.Fatalf("panic value = %v", err)
	}
	want := "rel: author 7: relation is not loaded: populate the relation, call Load(ctx), or use Peek"
	if err.Error() != want {
		t.Errorf("message = %q", err)
	}
}

func TestRefCopiesSeeTheTargetArrive(t *testing.T) {
	jon := &author{ID: 7}
	e := &slot.Entry{Key: int64(7), Home: &slot.Manager{Home: &home{author: jon}}}
	a := *(*rel.Ref[author])(unsafe.Pointer(&e))
	b := a
	if _, err := b.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, loaded := a.Peek(); got != jon || !loaded {
		t.Errorf("Peek() = %v, %v", got, loaded)
	}
	if _, err := rel.ToKey[author](7).Load(t.Context()); !errors.Is(err, rel.ErrDetached) {
		t.Errorf("loading a detached reference: %v", err)
	}
}

func TestCollectionOfNewEntity(t *testing.T) {
	x, y, z := &book{ID: 1}, &book{ID: 2}, &book{ID: 3}
	var a author
	if a.Books.Len() != 0 || !a.Books.IsLoaded() || a.Books.IsDirty() {
		t.Fatal("the zero collection is not an empty clean one")
	}
	a.Books.Add(x, y, x, nil)
	a.Books.Remove(x, z)
	a.Books.Add(z)
	if got := a.Books.Items(); !slices.Equal(got, []*book{y, z}) {
		t.Errorf("Items() = %v", got)
	}
	for i, b := range a.Books.All() {
		if b.ID == y.ID {
			a.Books.Remove(y)
		}
		_ = i
	}
	copied := a
	copied.Books.Add(x)
	if a.Books.Len() != 1 || copied.Books.Len() != 2 {
		t.Errorf("copies share items: %d, %d", a.Books.Len(), copied.Books.Len())
	}
	a.Books.RemoveAll()
	if a.Books.Len() != 0 || !a.Books.IsDirty() {
		t.Error("RemoveAll left items")
	}
}

func TestUnloadedCollection(t *testing.T) {
	a, h := managed()
	err := recovered(func() { a.Books.Len() })
	want := "rel: author 7.books: relation is not loaded: populate the relation or call Load(ctx) before Len"
	if err == nil || err.Error() != want {
		t.Errorf("panic = %v", err)
	}
	x, y := &book{ID: 1}, &book{ID: 2}
	a.Books.Add(x)
	a.Books.Remove(y, y)
	if got, loaded := a.Books.Peek(); loaded || !slices.Equal(got, []*book{x}) {
		t.Errorf("Peek() = %v, %v", got, loaded)
	}
	if !slices.Equal(h.events, []string{"1 true", "2 false"}) {
		t.Errorf("events = %v", h.events)
	}
	a.Books.Set(y)
	if !a.Books.IsLoaded() || a.Books.Len() != 1 {
		t.Error("Set does not make the collection known")
	}
	if !slices.Equal(h.events[2:], []string{"1 false", "wiped", "2 true"}) {
		t.Errorf("events = %v", h.events)
	}
}

func TestCollectionLoad(t *testing.T) {
	a, h := managed()
	if err := a.Books.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Books.Load(t.Context()); err != nil || h.loads != 1 {
		t.Errorf("loads = %d, %v", h.loads, err)
	}
	if got, _ := json.Marshal(*a); string(got) != `{"ID":7,"Books":[1]}` {
		t.Errorf("json = %s", got)
	}
}

func TestCopyOfManagedEntity(t *testing.T) {
	a, _ := managed()
	unloaded := *a
	if err := recovered(func() { unloaded.Books.Add(&book{}) }); !errors.Is(err, rel.ErrCopied) {
		t.Errorf("adding through a copy: %v", err)
	}
	if got, _ := json.Marshal(unloaded); string(got) != `{"ID":7,"Books":null}` {
		t.Errorf("json = %s", got)
	}
	if err := a.Books.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	loaded := *a
	if loaded.Books.Len() != 1 {
		t.Error("a copy cannot be read")
	}
	if err := recovered(func() { loaded.Books.RemoveAll() }); !errors.Is(err, rel.ErrCopied) {
		t.Errorf("removing through a copy: %v", err)
	}
}

// recovered returns the error f panics with.
func recovered(f func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	f()
	return nil
}
