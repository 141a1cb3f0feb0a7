package behaviour_test

import (
	"errors"
	"testing"
	"time"

	"github.com/weft-orm/weft/cache"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// media is a hierarchy, of which topics and replies may be.
type media struct {
	ID      int64
	Title   string
	Replies rel.Collection[reply] `orm:",mappedBy=To,cascade=persist|remove,orderBy=text"`
}

type film struct {
	media
	Minutes int
}

type tune struct {
	media
	Singer string
}

// reply answers media or another reply, and may be hidden.
type reply struct {
	ID      int64
	Text    string
	Gone    *time.Time            `orm:",softDelete"`
	To      rel.Any[any]          `orm:",targets=media|reply"`
	Replies rel.Collection[reply] `orm:",mappedBy=To,cascade=persist|remove,orderBy=text"`
}

func mediaEntities(kind mapper.Inheritance) []any {
	return []any{mapper.Define(func(e *mapper.Builder[media]) {
		if kind == mapper.SingleTable {
			e.SingleTable()
		} else {
			e.TablePerType()
		}
	}), film{}, tune{}, reply{}}
}

// TestPolymorphicTree: a tree of replies below a hierarchy goes in by one flush, is read by level, and goes with
// its root; rows that a filter hides are hidden behind the reference, too.
func TestPolymorphicTree(t *testing.T) {
	for _, kind := range []mapper.Inheritance{mapper.SingleTable, mapper.TablePerType} {
		t.Run(kind.String(), func(t *testing.T) {
			engines(t, mediaEntities(kind), func(t *testing.T, e engine) {
				em := e.db.Fork()
				f, s := &film{media: media{Title: "Heat"}, Minutes: 170}, &tune{media: media{Title: "Sun"}, Singer: "Nina"}
				one, two, three := &reply{Text: "1"}, &reply{Text: "1.1"}, &reply{Text: "1.1.1"}
				three.To = orm.ToAny[any](two)
				two.To = orm.ToAny[any](one)
				f.Replies.Add(one)
				em.Persist(f, s, three, &reply{Text: "s", To: orm.ToAny[any](s)})
				ok(t, em.Flush(t.Context()))
				idle(t, em)

				em = e.db.Fork()
				heat, err := orm.FindOneOrFail[film](t.Context(), em, orm.M{"title": "Heat"}, orm.Populate("replies.replies.replies"))
				ok(t, err)
				leaf := heat.Replies.Items()[0].Replies.Items()[0].Replies.Items()[0]
				if leaf.Text != "1.1.1" {
					t.Errorf("the leaf is %+v", leaf)
				}
				idle(t, em)
				for _, c := range []struct {
					cond any
					want int64
				}{
					{orm.M{"to.reply.to.reply.text": "1"}, 1}, {orm.M{"to.media.title": "Heat"}, 1}, {orm.M{"to.media.film.minutes": 170}, 1}, {orm.M{"to.media.tune.singer": "Nina"}, 1},
					{orm.M{"to.media.singer": "Nina"}, 1}, {orm.M{"to": heat}, 1}, {orm.M{"to.media": heat}, 1}, {orm.M{"to.media": orm.To(heat)}, 1}, {orm.M{"toType": "media"}, 2}, {orm.M{"replies.replies.text": "1.1.1"}, 1}, {orm.M{"to.title": "Sun"}, 1},
				} {
					n, err := orm.Count[reply](t.Context(), e.db.Fork(), c.cond)
					ok(t, err)
					if n != c.want {
						t.Errorf("%v counts %d", c.cond, n)
					}
				}
				for _, c := range []struct {
					cond any
					want int64
				}{
					{orm.M{"to.reply+.text": "1"}, 2}, {orm.M{"to.reply*.text": "1"}, 3}, {orm.M{"to.reply+": one.ID}, 2}, {orm.M{"to.reply{1,1}.text": "1"}, 1}, {orm.M{"replies+.text": "1.1.1"}, 2},
					{orm.M{"to.reply+.to.media.title": "Heat"}, 2}, {orm.M{"to.reply.to.reply+.text": "1"}, 1},
				} {
					n, err := orm.Count[reply](t.Context(), e.db.Fork(), c.cond)
					if err != nil && !errors.Is(err, orm.ErrUnsupported) || err == nil && n != c.want {
						t.Errorf("%v counts %d, %v", c.cond, n, err)
					}
				}
				if _, err := orm.Count[reply](t.Context(), em, orm.M{"to+": one}); err == nil {
					t.Error("steps along a reference to several types are no mistake")
				}
				em = e.db.Fork()
				list, err := orm.Find[reply](t.Context(), em, nil, orm.Populate("to"), orm.OrderBy("text"))
				ok(t, err)
				if target, is := list[0].To.Get().(*film); !is || target.Minutes != 170 {
					t.Errorf("the subtype behind a reference: %T", list[0].To.Get())
				}
				em.Remove(list[1])
				ok(t, em.Flush(t.Context()))
				em = e.db.Fork()
				list, err = orm.Find[reply](t.Context(), em, orm.M{"text:like": "1%"}, orm.Populate("to"), orm.OrderBy("text"))
				ok(t, err)
				if len(list) != 1 {
					t.Errorf("%d replies are left of three", len(list))
				}
				em = e.db.Fork()
				list, err = orm.Find[reply](t.Context(), em, orm.M{"text": "1.1.1"}, orm.WithoutFilter(orm.SoftDeleteFilter), orm.OrderBy("text"))
				ok(t, err)
				if len(list) != 1 || list[0].To.IsNil() {
					t.Fatalf("%v", list)
				}
				ok(t, orm.PopulateAll(t.Context(), em, list, orm.Populate("to")))
				if !list[0].To.IsHidden() {
					t.Errorf("a removed reply is not hidden: %v", list[0].To)
				}
				idle(t, em)
			})
		})
	}
}

// TestPolymorphicCache: an answer with targets of several types comes from the result cache as it was.
func TestPolymorphicCache(t *testing.T) {
	enginesWith(t, []orm.Option{orm.ResultCache(cache.Memory(0))}, remarks(), func(t *testing.T, e engine) {
		writeRemarks(t, e)
		for round := range 2 {
			ctx, stats := orm.WithStats(t.Context())
			list, err := orm.Find[remark](ctx, e.db.Fork(), nil, orm.Populate("about.article.writer", "about.picture"), orm.OrderBy("text"), orm.Cached(time.Minute))
			ok(t, err)
			if n := stats.Statements(); round == 1 && n != 0 {
				t.Errorf("%d statements the second time", n)
			}
			if a, is := list[0].About.Get().(*article); !is || a.Writer.Get().Name != "Ann" || list[2].About.Get() != nil || list[3].About.Get().subject() != "picture Sea" {
				t.Errorf("round %d: %v, %v", round, list[0].About, list[3].About)
			}
		}
		em := e.db.Fork()
		p, err := orm.FindOneOrFail[picture](t.Context(), em, orm.M{"title": "Sea"})
		ok(t, err)
		p.Title = "Lake"
		ok(t, em.Flush(t.Context()))
		list, err := orm.Find[remark](t.Context(), e.db.Fork(), nil, orm.Populate("about.article.writer", "about.picture"), orm.OrderBy("text"), orm.Cached(time.Minute))
		ok(t, err)
		if list[3].About.Get().subject() != "picture Lake" {
			t.Errorf("the cache does not know that a picture was written: %v", list[3].About.Get().subject())
		}
	})
}
