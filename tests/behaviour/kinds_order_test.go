package behaviour_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// Shelf has books in an order of their own, and a room on every read.
type Shelf struct {
	_      struct{} `orm:"orderBy=-rank|id"`
	ID     int64    `orm:",assigned"`
	Rank   int
	Room   rel.Ref[Room]           `orm:",eager"`
	Tomes  rel.Collection[Tome]    `orm:",mappedBy=Shelf,orderBy=-title|id"`
	Topics rel.Collection[Subject] `orm:",orderBy=-name"`
}

// Room is where shelves stand, and knows its doors on every read.
type Room struct {
	ID      int64 `orm:",assigned"`
	Name    string
	Shelves rel.Collection[Shelf] `orm:",mappedBy=Room"`
	Doors   rel.Collection[Door]  `orm:",mappedBy=Room,eager,orderBy=width"`
}

// Door has an order that its collection overrides.
type Door struct {
	_     struct{} `orm:"orderBy=-width"`
	ID    int64    `orm:",assigned"`
	Width int
	Room  rel.Ref[Room]
}

// Tome stands on a shelf.
type Tome struct {
	ID    int64 `orm:",assigned"`
	Title string
	Shelf rel.Ref[Shelf]
}

// Subject is what a shelf is about.
type Subject struct {
	ID   int64 `orm:",assigned"`
	Name string
}

// furnish stores two rooms with three shelves.
func furnish(t *testing.T, db *orm.DB) {
	t.Helper()
	em := db.Fork()
	hall, cellar := &Room{ID: 1, Name: "hall"}, &Room{ID: 2, Name: "cellar"}
	for i, width := range []int{90, 70, 80} {
		em.Persist(&Door{ID: int64(i + 1), Width: width, Room: rel.To(hall)})
	}
	subjects := []*Subject{{ID: 1, Name: "art"}, {ID: 2, Name: "zoology"}, {ID: 3, Name: "math"}}
	for i, rank := range []int{5, 9, 5} {
		shelf := &Shelf{ID: int64(i + 1), Rank: rank, Room: rel.To([]*Room{hall, cellar, hall}[i])}
		shelf.Topics.Add(subjects[:3-i]...)
		em.Persist(shelf)
		for j, title := range []string{"b", "c", "a", "b"} {
			em.Persist(&Tome{ID: int64(10*i + j), Title: title, Shelf: rel.To(shelf)})
		}
	}
	ok(t, em.Flush(t.Context()))
}

func doors(room *Room) string {
	var b strings.Builder
	for _, d := range room.Doors.Items() {
		fmt.Fprint(&b, d.Width, " ")
	}
	return strings.TrimSpace(b.String())
}

func shelfIDs(shelves []*Shelf) string {
	var b strings.Builder
	for _, s := range shelves {
		fmt.Fprint(&b, s.ID, " ")
	}
	return strings.TrimSpace(b.String())
}

func tomes(s *Shelf) string {
	var b strings.Builder
	for _, x := range s.Tomes.Items() {
		fmt.Fprint(&b, x.Title, x.ID%10, " ")
	}
	for _, x := range s.Topics.Items() {
		fmt.Fprint(&b, x.Name, " ")
	}
	return strings.TrimSpace(b.String())
}

var loading = []string{"select-in", "joined", "balanced"}

// TestEager reads relations that are mapped as eager without asking for them.
func TestEager(t *testing.T) {
	engines(t, []any{Shelf{}, Room{}, Door{}, Tome{}, Subject{}}, func(t *testing.T, e engine) {
		furnish(t, e.db)
		for _, strategy := range loading {
			em := e.db.Fork()
			shelves, err := orm.Find[Shelf](t.Context(), em, nil, orm.OrderBy("id"), orm.Strategy(strategy))
			ok(t, err)
			for i, want := range []string{"hall 70 80 90", "cellar", "hall 70 80 90"} {
				room := shelves[i].Room.Get()
				if got := strings.TrimSpace(room.Name + " " + doors(room)); got != want || !room.Doors.IsLoaded() {
					t.Errorf("%s: shelf %d has the room %q, want %q", strategy, i+1, got, want)
				}
			}
			idle(t, em)

			em = e.db.Fork()
			tome, err := orm.FindOneOrFail[Tome](t.Context(), em, 10, orm.Populate("shelf"), orm.Strategy(strategy))
			ok(t, err)
			if room := tome.Shelf.Get().Room.Get(); room.Name != "cellar" || !room.Doors.IsLoaded() {
				t.Errorf("%s: populate of a parent gives %+v", strategy, room)
			}
		}
	})
}

// TestDefaultOrders reads without an order: rows come in that of their entity, items in
// that of their relation.
func TestDefaultOrders(t *testing.T) {
	engines(t, []any{Shelf{}, Room{}, Door{}, Tome{}, Subject{}}, func(t *testing.T, e engine) {
		furnish(t, e.db)
		for _, strategy := range loading {
			em := e.db.Fork()
			shelves, err := orm.Find[Shelf](t.Context(), em, nil, orm.Populate("tomes", "topics"), orm.Strategy(strategy))
			ok(t, err)
			if got := shelfIDs(shelves); got != "2 1 3" {
				t.Errorf("%s: shelves %s", strategy, got)
			}
			for i, topics := range []string{"zoology art", "zoology math art", "art"} {
				if got, want := tomes(shelves[i]), "c1 b0 b3 a2 "+topics; got != want {
					t.Errorf("%s: shelf %d has %q, want %q", strategy, shelves[i].ID, got, want)
				}
			}
			idle(t, em)
			page, err := orm.Find[Shelf](t.Context(), e.db.Fork(), nil, orm.Populate("tomes", "topics"), orm.Strategy(strategy), orm.Limit(2))
			ok(t, err)
			if got := shelfIDs(page); got != "2 1" || tomes(page[1]) != "c1 b0 b3 a2 zoology math art" {
				t.Errorf("%s: page %s", strategy, got)
			}
			doors, err := orm.Find[Door](t.Context(), e.db.Fork(), nil, orm.OrderBy("id"))
			ok(t, err)
			if doors[0].ID != 1 {
				t.Error("a given order does not replace the entity's")
			}
		}
		first, err := orm.FindOneOrFail[Door](t.Context(), e.db.Fork(), orm.M{"width:gt": 0})
		ok(t, err)
		if first.Width != 90 {
			t.Errorf("the first door has width %d", first.Width)
		}
		em := e.db.Fork()
		shelf, err := orm.FindOneOrFail[Shelf](t.Context(), em, 1)
		ok(t, err)
		ok(t, orm.Load(t.Context(), em, shelf, "tomes", "topics"))
		if got := tomes(shelf); got != "c1 b0 b3 a2 zoology math art" {
			t.Errorf("loaded %s", got)
		}
	})
}
