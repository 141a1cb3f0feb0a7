package behaviour_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// Exotic has the types of PostgreSQL that weft has no kind for, as text and lists of
// text.
type Exotic struct {
	ID      int64    `orm:",assigned"`
	Inet    string   `orm:",sqlType=inet"`
	Cidr    *string  `orm:",sqlType=cidr"`
	Mac     string   `orm:",sqlType=macaddr"`
	Words   string   `orm:",sqlType=tsvector"`
	Span    string   `orm:",sqlType=interval"`
	Clock   string   `orm:",sqlType=time"`
	Bits    string   `orm:",sqlType=bit(4)"`
	VarBits *string  `orm:",sqlType=varbit"`
	Point   string   `orm:",sqlType=point"`
	Box     *string  `orm:",sqlType=box"`
	Ints    string   `orm:",sqlType=int4range"`
	Days    *string  `orm:",sqlType=daterange"`
	Many    string   `orm:",sqlType=int4multirange"`
	Doc     string   `orm:",sqlType=json"`
	DocB    *string  `orm:",sqlType=jsonb"`
	Cash    string   `orm:",sqlType=money"`
	Mood    string   `orm:",sqlType=mood"`
	Moods   []string `orm:",sqlType='mood[]'"`
	Inets   []string `orm:",sqlType='inet[]'"`
	Spans   []string `orm:",sqlType='interval[]'"`
	Owner   rel.Ref[ExoticOwner]
}

// ExoticOwner leads to what is exotic.
type ExoticOwner struct {
	ID    int64                  `orm:",assigned"`
	Items rel.Collection[Exotic] `orm:",mappedBy=Owner"`
}

func exotics(owner *ExoticOwner, first, n int) (list []*Exotic) {
	for i := first; i < first+n; i++ {
		x := &Exotic{
			ID: int64(i), Inet: fmt.Sprintf("10.0.0.%d", i%250), Mac: "08:00:2b:01:02:03", Words: "'a' 'b c':3", Span: "1 day 02:00:00", Clock: "12:30:00", Bits: "0101",
			Point: "(1.5,-2)", Ints: "[1,5)", Many: "{[1,2),[4,6)}", Doc: `{"a": 1}`, Cash: "$1.50", Mood: "good", Moods: []string{"good", "so, so"}, Inets: []string{"::1"}, Spans: []string{"01:00:00"},
			Owner: orm.To(owner),
		}
		if i%2 == 0 {
			x.Cidr, x.VarBits, x.Box, x.Days, x.DocB = ptr("10.0.0.0/8"), ptr("101"), ptr("(3,4),(1,2)"), ptr("[2024-01-01,2024-02-01)"), ptr(`{"b": null}`)
			x.Moods, x.Inets = []string{}, []string{"10.0.0.1/8", "fe80::1"}
		}
		list = append(list, x)
	}
	return list
}

// TestPostgresTypesAsText writes and reads types that have no kind of their own, by
// every way of writing and of loading.
func TestPostgresTypesAsText(t *testing.T) {
	db, err := orm.Open(t.Context(), postgres.URL(testdb.Postgres(t)), orm.Entities(Exotic{}, ExoticOwner{}))
	ok(t, err)
	t.Cleanup(func() { _ = db.Close() })
	execText(t, db, `create type mood as enum ('good', 'so, so', 'a"b')`)
	execText(t, db, `create table exotic_owners (id bigint primary key)`)
	execText(t, db, `create table exotics (id bigint primary key, inet inet not null, cidr cidr, mac macaddr not null, words tsvector not null, span interval not null, clock time not null,
		bits bit(4) not null, var_bits varbit, point point not null, box box, ints int4range not null, days daterange, many int4multirange not null, doc json not null, doc_b jsonb,
		cash money not null, mood mood not null, moods mood[] not null, inets inet[] not null, spans interval[] not null, owner_id bigint references exotic_owners)`)
	owner := &ExoticOwner{ID: 9}
	em := db.Fork()
	em.Persist(owner)
	want := exotics(owner, 1, 4)
	for _, x := range want {
		em.Persist(x)
	}
	ok(t, em.Flush(t.Context()))
	idle(t, em)
	want[0].Inet, want[0].Moods = "192.168.0.1", []string{`a"b`}
	want[1].Span, want[1].Moods = "3 days", []string{"good"}
	ok(t, em.Flush(t.Context()))
	many := exotics(owner, 10, 150)
	ok(t, orm.BulkInsert(t.Context(), em, many[:20]))
	ok(t, orm.BulkInsert(t.Context(), em, many[20:], orm.DiscardGenerated())) // by COPY
	want = append(want, many...)
	same := func(what string, got []*Exotic) {
		t.Helper()
		if len(got) != len(want) {
			t.Errorf("%s gives %d rows, want %d", what, len(got), len(want))
			return
		}
		for i, x := range got {
			x, y := *x, *want[i]
			x.Owner, y.Owner = rel.Ref[ExoticOwner]{}, rel.Ref[ExoticOwner]{} // one of them is known to a manager
			if a, b := encode(t, &x), encode(t, &y); a != b {
				t.Errorf("%s: got\n%s, want\n%s", what, a, b)
				return
			}
		}
	}
	found, err := orm.Find[Exotic](t.Context(), db.Fork(), nil, orm.OrderBy("id"))
	ok(t, err)
	same("find", found)
	for _, strategy := range []string{"select-in", "joined"} {
		owners, err := orm.Find[ExoticOwner](t.Context(), db.Fork(), nil, orm.Populate("items"), orm.Strategy(strategy))
		ok(t, err)
		items := owners[0].Items.Items()
		slices.SortFunc(items, func(a, b *Exotic) int { return int(a.ID - b.ID) })
		same(strategy, items)
	}
	var streamed []*Exotic
	for x, err := range orm.Stream[Exotic](t.Context(), db.Fork(), nil, orm.OrderBy("id")) {
		ok(t, err)
		streamed = append(streamed, x)
	}
	same("stream", streamed)
	type row struct {
		Inet  string
		Words string
		Moods []string
	}
	rows, err := orm.Result[row](t.Context(), em, orm.QB[Exotic](em, "e").Select("inet", "words", "moods").Where(orm.M{"id": 1}))
	ok(t, err)
	if len(rows) != 1 || rows[0].Inet != "192.168.0.1" || rows[0].Words != "'a' 'b c':3" || strings.Join(rows[0].Moods, ";") != `a"b` {
		t.Errorf("a result is %+v", rows)
	}
	for _, where := range []orm.M{{"inet": "192.168.0.1"}, {"inet:in": []string{"192.168.0.1"}}, {"span": "3 days"}, {"mood": "good", "id": 1}, {"bits": "0101", "id": 1}, {"moods:contains": []string{`a"b`}}, {"inets:contains": []string{"::1"}, "id": 1}, {"ints:in": []string{"[1,5)"}, "id": 1}} {
		n, err := orm.Count[Exotic](t.Context(), db.Fork(), where)
		if err != nil || n != 1 {
			t.Errorf("%v finds %d, %v", where, n, err)
		}
	}
}
