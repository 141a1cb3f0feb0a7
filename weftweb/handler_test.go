package weftweb_test

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/weftweb"
)

func TestJSON(t *testing.T) {
	for name, tt := range map[string]struct {
		handle weftweb.JSON
		answer string
		stored string
	}{
		"value": {func(ctx context.Context, r *http.Request) (any, error) { return persist(r, "new"), nil }, `200 {"ID":1,"Title":"new","Stars":0,"Owner":null}`, "new"},
		"none":  {func(ctx context.Context, r *http.Request) (any, error) { persist(r, "new"); return nil, nil }, "204", "new"},
		"answer": {func(ctx context.Context, r *http.Request) (any, error) {
			persist(r, "new")
			return weftweb.Answer{Status: 201, Body: 7}, nil
		}, "201 7", "new"},
		"refusal": {func(ctx context.Context, r *http.Request) (any, error) {
			persist(r, "new")
			return weftweb.Answer{Status: 409, Body: "taken"}, nil
		}, `409 "taken"`, ""},
		"error": {func(ctx context.Context, r *http.Request) (any, error) {
			_, err := orm.FindOneOrFail[Note](ctx, orm.From(ctx), 99)
			return nil, err
		}, `404 {"title":"Not Found","status":404}`, ""},
		"no JSON": {func(ctx context.Context, r *http.Request) (any, error) { return math.Inf(1), nil }, `500 {"title":"Internal Server Error","status":500}`, ""},
		"not fit": {func(ctx context.Context, r *http.Request) (any, error) {
			persist(r, strings.Repeat("x", 21))
			return 1, nil
		}, `422 {"title":"Unprocessable Entity","status":422,"errors":[{"path":"title","message":"invalid value"}]}`, ""},
		"rejection": {func(ctx context.Context, r *http.Request) (any, error) { return nil, weftweb.Fail(402, "") }, `402 {"title":"Payment Required","status":402}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			db := open(t)
			server := serve(t, db, tt.handle.ServeHTTP, weftweb.Logger(nil))
			if got := get(t, server.URL); got != tt.answer {
				t.Errorf("got  %s\nwant %s", got, tt.answer)
			}
			if got := stored(t, db); got != tt.stored {
				t.Errorf("stored %q", got)
			}
		})
	}
}

func TestReadJSON(t *testing.T) {
	read := func(body string) string {
		v, err := weftweb.ReadJSON[map[string]any](httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(body)))
		if err != nil {
			return fmt.Sprint(weftweb.Status(err))
		}
		return fmt.Sprint(v)
	}
	for body, want := range map[string]string{
		`{"id": 9007199254740993}`: "map[id:9007199254740993]", ``: "400", `{`: "400", `[1]`: "400", `{} {}`: "400",
		`{"a":"` + strings.Repeat("x", 2<<20) + `"}`: "413",
	} {
		if got := read(body); got != want {
			t.Errorf("%.20s: %s, want %s", body, got, want)
		}
	}
}

// TestAssignTakesWhatReadJSONGives sees whole numbers beyond those of float64.
func TestAssignTakesWhatReadJSONGives(t *testing.T) {
	db := open(t)
	data, err := weftweb.ReadJSON[orm.M](httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(`{"stars": 5, "owner": 9007199254740993}`)))
	if err != nil {
		t.Fatal(err)
	}
	n := &Note{}
	if err := orm.Assign(t.Context(), db.Fork(), n, data); err != nil || n.Stars != 5 || n.Owner.Key() != int64(9007199254740993) {
		t.Errorf("%v %d %v", err, n.Stars, n.Owner.Key())
	}
}

// TestReadJSONRefusesUnknownMembers sees that a misspelt member is not lost.
func TestReadJSONRefusesUnknownMembers(t *testing.T) {
	type in struct{ Title string }
	r := httptest.NewRequest("POST", "/", strings.NewReader(`{"titel":"W"}`))
	_, err := weftweb.ReadJSON[in](r)
	if p := weftweb.ProblemOf(weftweb.Status(err), err); p.Status != 400 || p.Detail != `there is no member "titel"` {
		t.Errorf("%+v", p)
	}
	m, err := weftweb.ReadJSON[orm.M](httptest.NewRequest("POST", "/", strings.NewReader(`{"titel":"W"}`)))
	if err != nil || m["titel"] != "W" {
		t.Errorf("%v %v", m, err)
	}
}
