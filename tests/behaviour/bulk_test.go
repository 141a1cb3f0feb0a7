package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// Member has a key made by the database, a unique property, values made on create
// and on update, and a version.
type Member struct {
	ID      int64
	Email   string `orm:",unique"`
	Name    string
	Points  int
	Joined  time.Time `orm:",onCreate=now,precision=3"`
	Changed time.Time `orm:",onCreate=now,onUpdate=now,precision=3"`
	Token   string    `orm:",onCreate=ulid"`
	Version int       `orm:",version"`
	hooks   []string
}

func (m *Member) BeforeCreate(context.Context) error { m.hooks = append(m.hooks, "create"); return nil }

func members(n int) []*Member {
	list := make([]*Member, n)
	for i := range list {
		list[i] = &Member{Email: fmt.Sprintf("m%03d@example.org", i), Name: fmt.Sprintf("member %d", i), Points: i}
	}
	return list
}

func TestInsertManyEntities(t *testing.T) {
	engines(t, []any{Member{}}, func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		list := members(250)
		ok(t, orm.BulkInsert(ctx, em, list))
		rows, err := orm.Find[Member](ctx, e.db.Fork(), nil, orm.OrderBy("email"))
		ok(t, err)
		if len(rows) != 250 {
			t.Fatalf("%d rows", len(rows))
		}
		seen := map[int64]bool{}
		for i, m := range list {
			s := rows[i]
			if m.ID == 0 || seen[m.ID] || m.ID != s.ID || m.Version != 1 || s.Version != 1 || m.Token == "" || m.Token != s.Token ||
				m.Joined.IsZero() || !m.Joined.Truncate(time.Millisecond).Equal(s.Joined) || s.Points != i || len(m.hooks) > 0 {
				t.Fatalf("row %d: %+v, stored %+v", i, m, s)
			}
			seen[m.ID] = true
		}
		if em.Contains(list[0]) {
			t.Error("the entities are managed")
		}
		// What was inserted does not disturb the keys made afterwards.
		late := &Member{Email: "late@example.org"}
		em.Persist(late)
		ok(t, em.Flush(ctx))
		if seen[late.ID] {
			t.Errorf("key %d was given twice", late.ID)
		}
	})
}

func TestInsertManyIsAllOrNothing(t *testing.T) {
	engines(t, []any{Member{}}, func(t *testing.T, e engine) {
		if !e.caps.Transactions {
			t.Skip("no transactions")
		}
		ctx := t.Context()
		for _, opts := range [][]orm.BulkOption{nil, {orm.DiscardGenerated()}} {
			em := e.db.Fork()
			list := members(300)
			list[299].Email = list[0].Email
			err := orm.BulkInsert(ctx, em, list, opts...)
			var violated *orm.ConstraintError
			if !orm.IsUnique(err, "email") || !errors.As(err, &violated) || violated.Entity != "Member" {
				t.Errorf("error = %v", err)
			}
			if !e.caps.Savepoints {
				continue
			}
			// Inside a transaction a savepoint lets it go on.
			ok(t, em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
				em.Persist(&Member{Email: fmt.Sprint("kept", len(opts))})
				ok(t, em.Flush(ctx))
				if err := orm.BulkInsert(ctx, em, list, opts...); !orm.IsUnique(err, "email") {
					t.Errorf("error = %v", err)
				}
				return orm.BulkInsert(ctx, em, []*Member{{Email: fmt.Sprint("late", len(opts))}}, opts...)
			}))
		}
		n, err := orm.Count[Member](ctx, e.db.Fork(), nil)
		ok(t, err)
		if want := map[bool]int64{true: 4}[e.caps.Savepoints]; n != want {
			t.Errorf("%d rows, want %d", n, want)
		}
	})
}

func TestInsertManyInATransactionThatIsRolledBack(t *testing.T) {
	engines(t, []any{Member{}}, func(t *testing.T, e engine) {
		if !e.caps.Transactions {
			t.Skip("no transactions")
		}
		ctx, em := t.Context(), e.db.Fork()
		ok(t, em.Begin(ctx))
		ok(t, orm.BulkInsert(ctx, em, members(150), orm.DiscardGenerated()))
		n, err := orm.Count[Member](ctx, em, nil)
		ok(t, err)
		ok(t, em.Rollback(ctx))
		after, err := orm.Count[Member](ctx, e.db.Fork(), nil)
		ok(t, err)
		if n != 150 || after != 0 {
			t.Errorf("%d rows inside, %d after", n, after)
		}
	})
}

// TestEveryKindIsLoaded writes every kind of value by the loading protocol, which has an
// encoding of its own on some engines.
func TestEveryKindIsLoaded(t *testing.T) {
	engines(t, []any{Scalars{}, Nullables{}}, func(t *testing.T, e engine) {
		kinds, nulls := scalars(), nullables()
		for i := range 200 { // enough rows for it
			k, n := *kinds[i%2], *nulls[i%3]
			k.ID, n.ID = int64(1000+i), int64(1000+i)
			k.S = fmt.Sprintf("%.40s %d \\ \t \r\n \\N", k.S, i)
			kinds, nulls = append(kinds, &k), append(nulls, &n)
		}
		ok(t, orm.BulkInsert(t.Context(), e.db.Fork(), kinds))
		ok(t, orm.BulkInsert(t.Context(), e.db.Fork(), nulls))
		stored(t, e, kinds)
		stored(t, e, nulls)
	})
}

func TestInsertManyWithReferences(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		authors := []*model.Author{{Name: "a", Email: "a"}, {Name: "b", Email: "b"}}
		book := &model.Book{Title: "lost", Author: orm.To(authors[0])}
		err := orm.BulkInsert(ctx, em, []*model.Book{book})
		if want := "orm: bulk insert: Book.author: new entity is not persisted: it leads to a Author without a key; insert that first"; !errors.Is(err, orm.ErrNotPersisted) || err.Error() != want {
			t.Errorf("error = %v", err)
		}
		ok(t, orm.BulkInsert(ctx, em, authors))
		books := []*model.Book{{Title: "one", Author: orm.To(authors[0])}, {Title: "two", Author: orm.ToKey[model.Author](authors[1].ID)}}
		ok(t, orm.BulkInsert(ctx, em, books))
		found, err := orm.Find[model.Author](ctx, e.db.Fork(), orm.M{"books.title": "two"})
		ok(t, err)
		if len(found) != 1 || found[0].Name != "b" {
			t.Errorf("%d authors", len(found))
		}
		tagged := &model.Book{Title: "three", Author: orm.To(authors[0])}
		tagged.Tags.Add(&model.Tag{Name: "t"})
		if err := orm.BulkInsert(ctx, em, []*model.Book{tagged}); !errors.Is(err, orm.ErrInvalidOption) {
			t.Errorf("error = %v", err)
		}
		em.Persist(tagged)
		if err := orm.BulkInsert(ctx, em, []*model.Book{tagged}); !errors.Is(err, orm.ErrInvalidOption) {
			t.Errorf("error = %v", err)
		}
		if err := orm.BulkInsert(ctx, e.db.Fork(), []*model.Book{nil}); !errors.Is(err, orm.ErrInvalidOption) {
			t.Errorf("error = %v", err)
		}
	})
}

func TestUpsertManyEntities(t *testing.T) {
	engines(t, []any{Member{}}, func(t *testing.T, e engine) {
		ctx := t.Context()
		first := members(3)
		ok(t, orm.BulkInsert(ctx, e.db.Fork(), first))
		again := members(5)
		for _, m := range again {
			m.Name, m.Points, m.Joined = "again", 100, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		ok(t, orm.BulkUpsert(ctx, e.db.Fork(), again, orm.MergeExcept("points")))
		rows, err := orm.Find[Member](ctx, e.db.Fork(), nil, orm.OrderBy("email"))
		ok(t, err)
		if len(rows) != 5 {
			t.Fatalf("%d rows", len(rows))
		}
		for i, s := range rows {
			version, points := 1, 100
			if i < 3 {
				version, points = 2, i
				if s.ID != first[i].ID || s.Token != first[i].Token || s.Joined.Year() == 2000 {
					t.Errorf("row %d lost what it had: %+v", i, s)
				}
			}
			if s.Name != "again" || s.Points != points || s.Version != version || again[i].ID != s.ID || again[i].Version != version {
				t.Errorf("row %d: %+v, entity %+v", i, s, again[i])
			}
		}
		only := &Member{Email: again[0].Email, Name: "only", Points: 7}
		ok(t, orm.BulkUpsert(ctx, e.db.Fork(), []*Member{only}, orm.ConflictOn("email"), orm.MergeOnly("points")))
		keep := &Member{Email: again[1].Email, Name: "keep", Points: 7}
		ok(t, orm.BulkUpsert(ctx, e.db.Fork(), []*Member{keep}, orm.KeepExisting()))
		byKey := &Member{ID: again[2].ID, Email: "other@example.org", Name: "by key"}
		ok(t, orm.BulkUpsert(ctx, e.db.Fork(), []*Member{byKey}))
		for email, want := range map[string]string{again[0].Email: "again 7 v3", again[1].Email: "again 1 v2", "other@example.org": "by key 0 v3"} {
			m, err := orm.FindOneOrFail[Member](ctx, e.db.Fork(), orm.M{"email": email})
			ok(t, err)
			if got := fmt.Sprintf("%s %d v%d", m.Name, m.Points, m.Version); got != want {
				t.Errorf("%s: %s, want %s", email, got, want)
			}
		}
		if only.ID != again[0].ID || keep.Version != 2 || byKey.Version != 3 {
			t.Errorf("key %d, versions %d and %d", only.ID, keep.Version, byKey.Version)
		}
		if err := orm.BulkUpsert(ctx, e.db.Fork(), members(1), orm.ConflictOn("emial")); !errors.Is(err, orm.ErrUnknownProperty) {
			t.Errorf("error = %v", err)
		}
	})
}

func TestUpsertManyByACompositeKey(t *testing.T) {
	engines(t, model.Shop(), func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		o := &model.Order{Customer: orm.To(&model.Customer{Name: "c", JoinedAt: time.Unix(0, 0)}), PlacedAt: time.Unix(0, 0)}
		p := &model.Product{Name: "p", Status: "draft", Price: "1.00"}
		em.Persist(o, p)
		ok(t, em.Flush(ctx))
		for _, quantity := range []int{1, 2} {
			line := &model.OrderLine{Order: orm.ToKey[model.Order](o.ID), Product: orm.ToKey[model.Product](p.ID), Quantity: quantity}
			ok(t, orm.BulkUpsert(ctx, e.db.Fork(), []*model.OrderLine{line}))
		}
		lines, err := orm.Find[model.OrderLine](ctx, e.db.Fork(), nil)
		ok(t, err)
		if len(lines) != 1 || lines[0].Quantity != 2 {
			t.Errorf("%d lines", len(lines))
		}
	})
}

// TestNativeInsertMakesKeys leaves the key to the database, also where nothing is to come back.
func TestNativeInsertMakesKeys(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		n, err := orm.NativeInsert[model.Tag](t.Context(), e.db.Fork(), orm.M{"name": "a"}, orm.M{"name": "b"})
		ok(t, err)
		tags, err := orm.Find[model.Tag](t.Context(), e.db.Fork(), nil, orm.OrderBy("name"))
		ok(t, err)
		if n != 2 || len(tags) != 2 || tags[0].ID == 0 || tags[0].ID == tags[1].ID {
			t.Errorf("%d rows, %d tags", n, len(tags))
		}
	})
}

func TestRequiredValuesOfInsertMany(t *testing.T) {
	engines(t, model.Shop(), func(t *testing.T, e engine) {
		err := orm.BulkInsert(t.Context(), e.db.Fork(), []*model.Order{{PlacedAt: time.Unix(0, 0)}})
		if !errors.Is(err, orm.ErrRequired) || !errors.Is(err, mapper.ErrValue) {
			t.Errorf("error = %v", err)
		}
		var sent *driver.Error
		if errors.As(err, &sent) {
			t.Errorf("it was sent: %v", err)
		}
	})
}
