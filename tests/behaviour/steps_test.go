package behaviour_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// stepShelf is a tree whose rows may be removed softly; items lie in it.
type stepShelf struct {
	ID        string
	Parent    rel.Ref[stepShelf]
	Children  rel.Collection[stepShelf] `orm:",mappedBy=Parent"`
	Items     rel.Collection[stepItem]  `orm:",mappedBy=Shelf"`
	Also      rel.Collection[stepShelf] // a net
	DeletedAt *time.Time                `orm:",softDelete"`
}

type stepItem struct {
	ID    int64
	Name  string
	Shelf rel.Ref[stepShelf]
}

// stepWord has a key of two parts, and a tree of its own.
type stepWord struct {
	Language string `orm:",pk,length=10"`
	Text     string `orm:",pk,length=20"`
	From     rel.Ref[stepWord]
	Heirs    rel.Collection[stepWord] `orm:",mappedBy=From"`
}

// stepNode is a hierarchy: folders hold files and folders.
type stepNode struct {
	_      struct{} `orm:"inheritance=single,abstract,discriminator=kind"`
	ID     string
	Folder rel.Ref[stepFolder]
}

type stepFolder struct {
	stepNode
	Nodes rel.Collection[stepNode] `orm:",mappedBy=Folder"`
	Was   rel.Ref[stepFolder]
}

type stepFile struct{ stepNode }

var stepEntities = []any{stepShelf{}, stepItem{}, stepWord{}, stepNode{}, stepFolder{}, stepFile{}}

// stepShelves makes the tree a(b(d e(g)) c(f)) with an item in each, and a ring x(y(z(x))).
func stepShelves(t *testing.T, e engine) {
	t.Helper()
	em := e.db.Fork()
	made := map[string]*stepShelf{}
	for i, pair := range []string{"a", "ba", "ca", "db", "eb", "fc", "ge", "x", "yx", "zy"} {
		s := &stepShelf{ID: pair[:1]}
		if len(pair) > 1 {
			s.Parent = rel.To(made[pair[1:]])
		}
		made[s.ID] = s
		em.Persist(s, &stepItem{ID: int64(i + 1), Name: "item of " + s.ID, Shelf: rel.To(s)})
	}
	ok(t, em.Flush(t.Context()))
	made["x"].Parent = rel.To(made["z"])
	made["a"].Also.Add(made["x"], made["f"])
	made["f"].Also.Add(made["a"], made["g"])
	ok(t, em.Flush(t.Context()))
}

func shelfNames(list []*stepShelf) string {
	var ids []string
	for _, s := range list {
		ids = append(ids, s.ID)
	}
	slices.Sort(ids)
	return strings.Join(ids, "")
}

func TestSteps(t *testing.T) {
	engines(t, stepEntities, func(t *testing.T, e engine) {
		ok(t, e.refused)
		stepShelves(t, e)
		for _, c := range []struct {
			cond any
			want string
		}{
			{orm.M{"parent+": "a"}, "bcdefg"},
			{orm.M{"parent*": "a"}, "abcdefg"},
			{orm.M{"parent+": []string{"b", "c"}}, "defg"},
			{orm.M{"parent{1,1}": "a"}, "bc"},
			{orm.M{"parent{1,2}": "a"}, "bcdef"},
			{orm.M{"parent{0,1}": "b"}, "bde"},
			{orm.M{"children+": "g"}, "abe"},
			{orm.M{"children*": "g"}, "abeg"},
			{orm.M{"children{1,2}": "g"}, "be"},
			{orm.M{"parent+": "y"}, "xyz"},
			{orm.M{"children+": "y"}, "xyz"},
			{orm.M{"parent{1,2}": "y"}, "xz"},
			{orm.M{"$not": orm.M{"parent*": []string{"a", "x"}}}, ""},
			{orm.M{"$not": orm.M{"parent+": []string{"a", "x"}}}, "a"},
			{orm.M{"parent+": nil}, "a"},
			{orm.M{"children+": nil}, "dfg"},
			{orm.M{"also+": "g"}, "af"},
			{orm.M{"also+": "a"}, "af"},
			{orm.M{"also{1,1}": "g"}, "f"},
			{orm.M{"parent+.also+": "g"}, "bcdefg"},
			{orm.M{"parent+.items.name": "item of b"}, "deg"},
			{orm.M{"parent+": orm.M{"$some": orm.M{"id": "b"}, "$none": orm.M{"id": "e"}}}, "de"},
			{orm.M{"id": []string{"d", "f"}, "parent+": "b"}, "d"},
			{orm.M{"$or": []any{orm.M{"parent+": "e"}, orm.M{"children+": "f"}}}, "acg"},
			{orm.M{"parent+": orm.M{"id >": "a", "also": nil, "parent": "a"}}, "defg"},
			{conditions.Eq("parent+", "e"), "g"},
		} {
			found, err := orm.Find[stepShelf](t.Context(), e.db.Fork(), c.cond)
			ok(t, err)
			if got := shelfNames(found); got != c.want {
				t.Errorf("%v: %s, want %s", c.cond, got, c.want)
			}
			n, err := orm.Count[stepShelf](t.Context(), e.db.Fork(), c.cond)
			if err != nil || int(n) != len(c.want) {
				t.Errorf("%v: counted %d, %v", c.cond, n, err)
			}
		}
		items, err := orm.Find[stepItem](t.Context(), e.db.Fork(), orm.M{"shelf.parent*": "e"}, orm.OrderBy("name"))
		if err != nil || len(items) != 2 || items[1].Name != "item of g" {
			t.Errorf("%v, %v", items, err)
		}
		page, total, err := orm.FindAndCount[stepShelf](t.Context(), e.db.Fork(), orm.M{"parent+": "a"}, orm.OrderBy("-id"), orm.Page(2, 2))
		if err != nil || total != 6 || len(page) != 2 || page[0].ID != "e" {
			t.Errorf("%d of %d, %v", len(page), total, err)
		}
		streamed := ""
		for s, err := range orm.Stream[stepShelf](t.Context(), e.db.Fork(), orm.M{"parent+": "a"}, orm.StreamPage(2), orm.OrderBy("id")) {
			ok(t, err)
			streamed += s.ID
		}
		if streamed != "bcdefg" {
			t.Errorf("streamed %s", streamed)
		}
	})
}

// TestStepsOfJoinedRows asks a row of an outer join, which may be none.
func TestStepsOfJoinedRows(t *testing.T) {
	engines(t, stepEntities, func(t *testing.T, e engine) {
		stepShelves(t, e)
		for _, c := range []struct {
			cond any
			want string
		}{
			{orm.M{"p.children+": nil}, "a"},
			{orm.M{"p.children+:none": orm.M{"id": "g"}}, "afxyz"},
			{orm.M{"p.parent+": "a"}, "defg"},
			{orm.M{"p.parent*": "a"}, "bcdefg"},
			{orm.M{"p.parent*": nil}, "a"},
		} {
			em := e.db.Fork()
			found, err := orm.All[stepShelf](t.Context(), em, orm.QB[stepShelf](em, "s").LeftJoin("parent", "p").Where(c.cond))
			if errors.Is(err, driver.ErrUnsupported) {
				t.Skip(err)
			}
			if err != nil || shelfNames(found) != c.want {
				t.Errorf("%v: %s, want %s, %v", c.cond, shelfNames(found), c.want, err)
			}
		}
	})
}

// TestStepsOfEntities decides in memory what the engines do.
func TestStepsOfEntities(t *testing.T) {
	engines(t, stepEntities, func(t *testing.T, e engine) {
		stepShelves(t, e)
		em := e.db.Fork()
		all, err := orm.Find[stepShelf](t.Context(), em, nil, orm.Populate("parent", "children", "also"))
		ok(t, err)
		for _, cond := range []any{orm.M{"parent+": "a"}, orm.M{"children*": "g"}, orm.M{"also{1,2}": "g"}, orm.M{"parent+:none": orm.M{"id": "y"}}} {
			found, err := orm.Find[stepShelf](t.Context(), e.db.Fork(), cond)
			ok(t, err)
			var matching []*stepShelf
			for _, s := range all {
				yes, err := conditions.Matches(e.db.Registry(), cond, s)
				ok(t, err)
				if yes {
					matching = append(matching, s)
				}
			}
			if shelfNames(found) != shelfNames(matching) {
				t.Errorf("%v: %s found, %s match", cond, shelfNames(found), shelfNames(matching))
			}
		}
	})
}

// TestTreeLoaded loads a tree with its collections in two statements, and a way up in one.
func TestTreeLoaded(t *testing.T) {
	engines(t, stepEntities, func(t *testing.T, e engine) {
		stepShelves(t, e)
		em := e.db.Fork()
		ctx, stats := orm.WithStats(t.Context())
		all, err := orm.Find[stepShelf](ctx, em, orm.M{"parent*": "a"}, orm.Populate("children"))
		ok(t, err)
		if n := stats.Statements(); n != 2 {
			t.Errorf("%d statements", n)
		}
		var text func(s *stepShelf) string
		text = func(s *stepShelf) string {
			var inside []string
			for _, c := range s.Children.All() {
				inside = append(inside, text(c))
			}
			slices.Sort(inside)
			return s.ID + "(" + strings.Join(inside, "") + ")"
		}
		for _, s := range all {
			if s.ID == "a" && text(s) != "a(b(d()e(g()))c(f()))" {
				t.Errorf("%s", text(s))
			}
		}
		idle(t, em)

		em = e.db.Fork()
		leaf, err := orm.FindOneOrFail[stepShelf](t.Context(), em, "g")
		ok(t, err)
		_, err = orm.Find[stepShelf](t.Context(), em, orm.M{"children+": leaf})
		ok(t, err)
		path := leaf.ID
		for s, _ := leaf.Parent.Peek(); s != nil; s, _ = s.Parent.Peek() {
			path += s.ID
		}
		if path != "geba" {
			t.Errorf("the way up is %s", path)
		}
	})
}

// TestStepsOverHiddenRows ends at rows that a filter hides.
func TestStepsOverHiddenRows(t *testing.T) {
	engines(t, stepEntities, func(t *testing.T, e engine) {
		stepShelves(t, e)
		em := e.db.Fork()
		b, err := orm.FindOneOrFail[stepShelf](t.Context(), em, "b")
		ok(t, err)
		em.Remove(b)
		ok(t, em.Flush(t.Context()))
		for _, c := range []struct {
			cond any
			want string
			all  string
		}{
			{orm.M{"parent+": "a"}, "cf", "bcdefg"},
			{orm.M{"parent*": "a"}, "acf", "abcdefg"},
			{orm.M{"parent+": "b"}, "", "deg"},
			{orm.M{"parent{1,2}": "a"}, "cf", "bcdef"},
			{orm.M{"children+": "g"}, "e", "abe"},
			{orm.M{"id": "g", "parent+": "a"}, "", "g"},
			{orm.M{"$not": orm.M{"parent*": "a"}}, "degxyz", "xyz"},
		} {
			found, err := orm.Find[stepShelf](t.Context(), e.db.Fork(), c.cond)
			ok(t, err)
			every, err := orm.Find[stepShelf](t.Context(), e.db.Fork(), c.cond, orm.WithoutFilter(orm.SoftDeleteFilter))
			ok(t, err)
			if shelfNames(found) != c.want || shelfNames(every) != c.all {
				t.Errorf("%v: %s and %s, want %s and %s", c.cond, shelfNames(found), shelfNames(every), c.want, c.all)
			}
		}
	})
}

// TestStepsOfCompositeKeys walks over references of two columns, and over a hierarchy.
func TestStepsOfCompositeKeys(t *testing.T) {
	engines(t, stepEntities, func(t *testing.T, e engine) {
		em := e.db.Fork()
		root := &stepWord{Language: "la", Text: "pater"}
		it := &stepWord{Language: "it", Text: "padre", From: rel.To(root)}
		scn := &stepWord{Language: "scn", Text: "patri", From: rel.To(it)}
		em.Persist(root, it, scn, &stepWord{Language: "en", Text: "father"})
		docs := &stepFolder{stepNode: stepNode{ID: "docs"}}
		sub := &stepFolder{stepNode: stepNode{ID: "sub", Folder: rel.To(docs)}, Was: rel.To(docs)}
		em.Persist(docs, sub, &stepFile{stepNode{ID: "file", Folder: rel.To(sub)}})
		ok(t, em.Flush(t.Context()))
		for _, c := range []struct {
			cond any
			want string
		}{
			{orm.M{"from+": []any{[]any{"la", "pater"}}}, "it scn"},
			{orm.M{"from*.text": "padre"}, "it scn"},
			{orm.M{"heirs+.language": "scn"}, "it la"},
			{orm.M{"from+:none": orm.M{"language": "la"}}, "en la"},
			{orm.M{"heirs{1,1}.language": "scn"}, "it"},
		} {
			found, err := orm.Find[stepWord](t.Context(), e.db.Fork(), c.cond, orm.OrderBy("language"))
			ok(t, err)
			var got []string
			for _, w := range found {
				got = append(got, w.Language)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%v: %v, want %s", c.cond, got, c.want)
			}
		}
		for _, c := range []struct {
			cond any
			want int64
		}{{orm.M{"folder+": "docs"}, 2}, {orm.M{"folder{1,1}": "docs"}, 1}, {orm.M{"folder+.folder": "docs"}, 1},
			{orm.M{"was*": nil}, 1}, {orm.M{"was*": "docs"}, 2}, {orm.M{"was{0,1}:none": orm.M{"id": "docs"}}, 1}, {orm.M{"was+": nil}, 2}} {
			n, err := orm.Count[stepNode](t.Context(), e.db.Fork(), c.cond)
			if err != nil || n != c.want {
				t.Errorf("%v: %d, %v", c.cond, n, err)
			}
		}
		n, err := orm.Count[stepFolder](t.Context(), e.db.Fork(), orm.M{"nodes+": "file"})
		if err != nil || n != 2 {
			t.Errorf("%d folders above, %v", n, err)
		}
	})
}

// TestWritesInSteps changes and removes what lies below.
func TestWritesInSteps(t *testing.T) {
	engines(t, stepEntities, func(t *testing.T, e engine) {
		stepShelves(t, e)
		if e.caps.Name == "memory" {
			t.Skip("the engine in memory has no bulk writes by condition")
		}
		n, err := orm.NativeDelete[stepItem](t.Context(), e.db.Fork(), orm.M{"shelf.parent+": "b"})
		if errors.Is(err, driver.ErrUnsupported) {
			t.Skip(err)
		}
		if err != nil || n != 3 {
			t.Errorf("removed %d, %v", n, err)
		}
	})
}

// TestStepsAreDeep follows more steps than a server counts to by itself.
func TestStepsAreDeep(t *testing.T) {
	const depth = 1200
	engines(t, stepEntities, func(t *testing.T, e engine) {
		em := e.db.Fork()
		var above *stepShelf
		for i := range depth {
			s := &stepShelf{ID: fmt.Sprintf("%04d", i)}
			if above != nil {
				s.Parent = rel.To(above)
			}
			em.Persist(s)
			above = s
		}
		ok(t, em.Flush(t.Context()))
		n, err := orm.Count[stepShelf](t.Context(), e.db.Fork(), orm.M{"parent+": "0000"})
		if err != nil || n != depth-1 {
			t.Errorf("%d, %v", n, err)
		}
	})
}

func TestStepsRefused(t *testing.T) {
	engines(t, stepEntities, func(t *testing.T, e engine) {
		for _, c := range []struct {
			cond  any
			class error
			says  string
		}{
			{orm.M{"items+": 1}, conditions.ErrOperator, "leads to its own type"},
			{orm.M{"id+": "a"}, conditions.ErrOperator, "leads to its own type"},
			{orm.M{"parent{2,3}": "a"}, conditions.ErrOperator, "begin with 0 or 1"},
			{orm.M{"parent{1,0}": "a"}, conditions.ErrOperator, "begin with 0 or 1"},
			{orm.M{"parent{1}": "a"}, conditions.ErrOperator, "are written"},
			{orm.M{"parent++": "a"}, conditions.ErrOperator, "are written"},
			{orm.M{"parnt+": "a"}, conditions.ErrUnknownProperty, `"parent"`},
			{orm.M{"children+:size": 2}, conditions.ErrOperator, "$some, $none"},
			{orm.M{"children+:every": orm.M{"id": "a"}}, conditions.ErrOperator, "$some, $none"},
			{orm.M{"id": conditions.Col("parent+.id")}, conditions.ErrValue, ""},
		} {
			_, err := orm.Find[stepShelf](t.Context(), e.db.Fork(), c.cond)
			if !errors.Is(err, c.class) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v: %v", c.cond, err)
			}
		}
		if _, err := orm.Find[stepShelf](t.Context(), e.db.Fork(), nil, orm.OrderBy("parent+.id")); err == nil {
			t.Error("an order in steps")
		}
		if _, err := orm.Find[stepNode](t.Context(), e.db.Fork(), orm.M{"folder*": "docs"}); !errors.Is(err, conditions.ErrOperator) {
			t.Errorf("no step to another type: %v", err)
		}
	})
}
