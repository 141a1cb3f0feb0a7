package behaviour_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
)

func serialRules() []orm.Option {
	return []orm.Option{orm.Serialize(orm.Serialization[Score]{
		Groups:   map[string][]string{"code": {"admin"}, "loudness": {"admin", "player"}},
		Names:    map[string]string{"title": "name", "key.mode": "scale"},
		Values:   map[string]func(any) any{"title": func(v any) any { return strings.ToUpper(v.(string)) }},
		Computed: map[string]func(*Score) any{"loudness": func(s *Score) any { return len(s.Title) }},
	})}
}

// TestSerialize writes one score by options.
func TestSerialize(t *testing.T) {
	enginesWith(t, serialRules(), scores(), func(t *testing.T, e engine) {
		ctx := t.Context()
		id := score(t, e)
		em := e.db.Fork()
		s, err := orm.FindOneOrFail[Score](ctx, em, id, orm.Populate("long", "movements", "marks", "composer"))
		ok(t, err)
		base := `"key":{"note":"C","scale":"minor"},"long":"text","name":"FIRST","plays":7,"version":1`
		for _, c := range []struct {
			want string
			opts []orm.SerializeOption
		}{
			{`{"code":"op1","composer":1,"id":1,` + strings.Replace(base, `"long"`, `"long"`, 1) + `}`, []orm.SerializeOption{orm.SerializePopulate(), orm.SerializeExcept("loudness")}},
			{`{"composer":{"id":1},"id":1,` + base + `}`, []orm.SerializeOption{orm.SerializePopulate(), orm.SerializeGroups("other"), orm.ForceObjects()}},
			{`{"composer":{"id":1,"name":"Ann"},"name":"FIRST"}`, []orm.SerializeOption{orm.SerializeFields("title", "composer")}},
			{`{"loudness":5,"movements":[{"follows":null,"name":"Allegro"},{"follows":1,"name":"Adagio"}]}`,
				[]orm.SerializeOption{orm.SerializePopulate("movements"), orm.SerializeFields("movements.name", "movements.follows", "loudness"), orm.SerializeGroups("player")}},
			{`{"marks":[{"id":1,"name":"loud"}],"movements":[{"name":"Allegro"},{"follows":1,"name":"Adagio"}]}`,
				[]orm.SerializeOption{orm.SkipNull(), orm.SerializeFields("marks", "movements.name", "movements.follows"), orm.SerializeDepth(1)}},
			{`{"composer":1,"id":1,"key":{"note":"C"}}`, []orm.SerializeOption{orm.SerializeDepth(0), orm.SerializeFields("id", "composer", "key.note")}},
		} {
			got, err := orm.JSON(em, s, c.opts...)
			ok(t, err)
			if string(got) != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		}
	})
}

// TestSerializeNeverDependsOnWhatIsLoaded writes the same before and after others load more.
func TestSerializeNeverDependsOnWhatIsLoaded(t *testing.T) {
	engines(t, scores(), func(t *testing.T, e engine) {
		ctx := t.Context()
		id := score(t, e)
		em := e.db.Fork()
		s, err := orm.FindOneOrFail[Score](ctx, em, id, orm.Populate("movements"))
		ok(t, err)
		before, err := orm.JSON(em, s, orm.SerializePopulate("movements"), orm.SerializeExcept("long"))
		ok(t, err)
		ok(t, orm.Load(ctx, em, s, "composer", "marks", "movements.follows", "long"))
		after, err := orm.JSON(em, s, orm.SerializePopulate("movements"), orm.SerializeExcept("long"))
		ok(t, err)
		if string(before) != string(after) {
			t.Errorf("%s became %s", before, after)
		}
	})
}

func TestSerializeMistakes(t *testing.T) {
	engines(t, scores(), func(t *testing.T, e engine) {
		id := score(t, e)
		em := e.db.Fork()
		s, err := orm.FindOneOrFail[Score](t.Context(), em, id)
		ok(t, err)
		for _, c := range []struct {
			class error
			opt   orm.SerializeOption
		}{
			{orm.ErrNotLoaded, orm.SerializePopulate("movements")}, {orm.ErrNotLoaded, orm.SerializePopulate("composer")},
			{orm.ErrUnknownProperty, orm.SerializeFields("titel")}, {orm.ErrUnknownProperty, orm.SerializeExcept("movements.nam")},
			{orm.ErrUnknownPath, orm.SerializePopulate("title")}, {orm.ErrInvalidOption, orm.SerializeDepth(-2)},
		} {
			if _, err := orm.ToDTO(em, s, c.opt); !errors.Is(err, c.class) {
				t.Errorf("%v, want %v", err, c.class)
			}
		}
	})
}

// TestWriteJSON streams a list.
func TestWriteJSON(t *testing.T) {
	engines(t, scores(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		for _, name := range []string{"a", "b", "c"} {
			em.Persist(&Mark{Name: name})
		}
		ok(t, em.Flush(t.Context()))
		em = e.db.Fork()
		var b strings.Builder
		ok(t, orm.WriteJSON(&b, em, orm.Stream[Mark](t.Context(), em, nil, orm.OrderBy("id")), orm.SerializeFields("name")))
		ok(t, orm.WriteJSON(&b, em, orm.Listed[Mark](nil)))
		if want := "[{\"name\":\"a\"},\n{\"name\":\"b\"},\n{\"name\":\"c\"}]\n[]\n"; b.String() != want {
			t.Errorf("got %q", b.String())
		}
	})
}
