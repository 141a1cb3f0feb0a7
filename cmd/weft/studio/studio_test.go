package studio_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-orm/weft/cmd/weft/studio"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/mapper/gotypes/testdata/several"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

type Author struct {
	ID    int64
	Name  string `orm:",unique"`
	Age   int
	Big   int64
	Books orm.Collection[Book] `orm:",mappedBy=author"`
}

type Book struct {
	ID     int64
	Title  string
	Author orm.Ref[Author]
}

// page is a studio with two authors and their books, asked as its page asks.
type page struct {
	t      *testing.T
	server *httptest.Server
	client *http.Client
}

func open(t *testing.T, opts studio.Options) *page {
	t.Helper()
	ann, ben := &Author{Name: "Ann", Age: 30, Big: 1<<53 + 1}, &Author{Name: "Ben", Age: 40}
	return openWith(t, opts, []any{Author{}, Book{}}, ann, ben, &Book{Title: "One", Author: orm.To(ann)}, &Book{Title: "Two", Author: orm.To(ann)})
}

// openWith is a studio of some entities with rows.
func openWith(t *testing.T, opts studio.Options, entities []any, rows ...any) *page {
	t.Helper()
	ctx := t.Context()
	trace := studio.NewTrace()
	db, err := orm.Open(ctx, sqlite.File(filepath.Join(t.TempDir(), "studio.db")), orm.Entities(entities...), trace.Option())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := schema.Ensure(ctx, db); err != nil {
		t.Fatal(err)
	}
	em := db.Fork()
	em.Persist(rows...)
	if err := em.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	opts.Token = "secret"
	s, err := studio.New(db, trace, opts)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{t, httptest.NewServer(s), &http.Client{Jar: jar}}
	t.Cleanup(p.server.Close)
	if status, text := p.get("/?token=secret"); status != http.StatusOK || !strings.Contains(text, "studio.js") {
		t.Fatalf("page: %d %s", status, text)
	}
	return p
}

func (p *page) get(path string) (int, string) {
	p.t.Helper()
	res, err := p.client.Get(p.server.URL + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// ask posts a document and returns the answer.
func (p *page) ask(name string, in map[string]any) (int, map[string]any, string) {
	p.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := p.client.Post(p.server.URL+"/api/"+name, "application/json", bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	var out map[string]any
	_ = json.Unmarshal(text, &out) // lists are looked at as text
	return res.StatusCode, out, string(text)
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in %s", part, text)
		}
	}
}

func TestCompile(t *testing.T) {
	p := open(t, studio.Options{Package: "example.org/shop/model"})
	status, out, text := p.ask("compile", map[string]any{
		"entity": "Author", "where": `{"books.title:like": "O%", "age >": 3}`, "populate": []string{`books={"limit": 2, "order": "-title"}`}, "order": []string{"-name"}, "limit": 5,
	})
	if status != http.StatusOK {
		t.Fatal(text)
	}
	contains(t, text, `"dialect":"sqlite"`, `"dialect":"postgres"`, `"dialect":"mysql"`, `"dialect":"mariadb"`, `"dialect":"mongo"`, "some books", `"lit":["Author.books"]`)
	want := "authors, err := orm.Find[model.Author](ctx, em, orm.M{\"age >\": 3, \"books.title:like\": \"O%\"},\n" +
		"\torm.PopulateHint(orm.Hint{Path: \"books\", Limit: 2, OrderBy: []string{\"-title\"}}),\n\torm.OrderBy(\"-name\"),\n\torm.Limit(5))"
	if out["code"] != want {
		t.Errorf("code:\n%v\nwant:\n%s", out["code"], want)
	}
}

func TestMistakesHaveAPlace(t *testing.T) {
	p := open(t, studio.Options{})
	for _, c := range []struct {
		where, message, piece string
	}{
		{`{"nme": 1}`, `did you mean "name"`, "nme"},
		{`{"name": }`, "not valid JSON", "}"},
		{`{"age": "x"}`, "age", `"x"`},
	} {
		status, out, text := p.ask("compile", map[string]any{"entity": "Author", "where": c.where})
		if status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", c.where, status, text)
			continue
		}
		contains(t, out["message"].(string), c.message)
		if at := c.where[int(out["from"].(float64)):int(out["to"].(float64))]; at != c.piece {
			t.Errorf("%s: the place is %q, want %q", c.where, at, c.piece)
		}
	}
	for name, in := range map[string]map[string]any{
		"entity": {"entity": "Autor"}, "limit": {"entity": "Author", "limit": -1}, "strategy": {"entity": "Author", "strategy": "magic"},
		"having": {"entity": "Author", "having": "1 = 1; DROP TABLE author"}, "order": {"entity": "Author", "order": []string{"name; DROP"}},
	} {
		if status, _, text := p.ask("run", in); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	if status, _, text := p.ask("run", map[string]any{"entity": "Author", "sql": "DROP TABLE author"}); status != http.StatusBadRequest {
		t.Errorf("an unknown field: %d %s", status, text)
	}
}

func TestRun(t *testing.T) {
	p := open(t, studio.Options{})
	_, out, text := p.ask("run", map[string]any{"entity": "Author", "where": `{"name": "Ann"}`, "populate": []string{"books"}})
	rows, _ := out["rows"].([]any)
	if len(rows) != 1 || len(rows[0].(map[string]any)["books"].([]any)) != 2 {
		t.Fatal(text)
	}
	contains(t, text, `"big":"9007199254740993"`) // which no number of a page could hold
	if n := strings.Count(text, `"kind":"query"`); n != 2 {
		t.Errorf("%d statements are told: %s", n, text)
	}
	_, out, text = p.ask("run", map[string]any{"entity": "Author", "limit": 1})
	if rows, _ = out["rows"].([]any); len(rows) != 1 || out["more"] != nil {
		t.Error(text)
	}
	if _, out, text = p.ask("run", map[string]any{"entity": "Book", "count": true}); out["count"] != 2.0 {
		t.Error(text)
	}
	_, _, text = p.ask("run", map[string]any{"entity": "Book", "fields": []string{"count(*)"}, "group": []string{"author.name"}, "having": `{"count(*) >": 1}`})
	contains(t, text, `"columns":["author.name","count(*)"]`, `["Ann",2]`)
	_, _, text = p.ask("compare", map[string]any{"entity": "Author", "populate": []string{"books"}})
	contains(t, text, `"strategy":"select-in","statements":2`, `"strategy":"joined","statements":1`)
	_, _, text = p.ask("explain", map[string]any{"entity": "Author", "where": `{"age": 3}`})
	contains(t, text, "SCAN e0", "authors.age has no index")
	if _, _, text = p.ask("explain", map[string]any{"entity": "Author", "where": `{"name": "x"}`}); strings.Contains(text, "has no index") {
		t.Error(text)
	}
	_, _, text = p.ask("complete", map[string]any{"entity": "Author", "field": "where", "text": `{"books.ti`})
	contains(t, text, `"from":8`, `["title"]`)
	_, _, text = p.ask("complete", map[string]any{"entity": "Author", "field": "where", "text": `{"name:st`})
	contains(t, text, `["startsWith"]`)
	_, _, text = p.ask("browse", map[string]any{"entity": "Book", "where": `{"author": 1}`, "order": []string{"-title"}, "limit": 1, "offset": 1})
	contains(t, text, `"total":2`, `"title":"One"`, `"author":1`)
	_, model := p.get("/api/model")
	contains(t, model, `"engine":"sqlite"`, `"write":false`, `"inverse":"author"`)
	_, drift := p.get("/api/drift")
	contains(t, drift, `"statements":[]`)
}

func TestWrite(t *testing.T) {
	changes := map[string]any{"changes": []any{
		map[string]any{"entity": "Author", "set": map[string]any{"name": "Cid", "age": 5, "big": "9007199254740995"}},
		map[string]any{"entity": "Book", "key": []any{1}, "set": map[string]any{"title": "Uno", "author": 2}},
		map[string]any{"entity": "Book", "key": []any{2}, "remove": true},
	}}
	p := open(t, studio.Options{})
	for _, name := range []string{"plan", "flush"} {
		if status, _, text := p.ask(name, changes); status != http.StatusForbidden {
			t.Errorf("%s of a read-only studio: %d %s", name, status, text)
		}
	}
	p = open(t, studio.Options{Write: true})
	status, out, text := p.ask("plan", changes)
	if status != http.StatusOK {
		t.Fatal(text)
	}
	contains(t, out["plan"].(string), "insert Author", "update Book", "delete Book")
	if _, out, text = p.ask("run", map[string]any{"entity": "Author", "count": true}); out["count"] != 2.0 {
		t.Fatalf("a plan wrote: %s", text)
	}
	if status, _, text = p.ask("flush", changes); status != http.StatusOK {
		t.Fatal(text)
	}
	_, _, text = p.ask("browse", map[string]any{"entity": "Book", "limit": 10})
	contains(t, text, `"total":1`, `"title":"Uno"`, `"author":2`)
	_, _, text = p.ask("browse", map[string]any{"entity": "Author", "where": `{"name": "Cid"}`, "limit": 10})
	contains(t, text, `"big":"9007199254740995"`)
	for name, bad := range map[string]map[string]any{
		"an unknown property":  {"entity": "Author", "key": []any{1}, "set": map[string]any{"nme": "x"}},
		"a value":              {"entity": "Author", "key": []any{1}, "set": map[string]any{"age": "old"}},
		"a row that is not":    {"entity": "Author", "key": []any{99}, "set": map[string]any{"age": 1}},
		"a unique value":       {"entity": "Author", "key": []any{1}, "set": map[string]any{"name": "Ben"}},
		"a key of other parts": {"entity": "Author", "key": []any{1, 2}, "remove": true},
		"no entity":            {"entity": "Nobody", "set": map[string]any{}},
	} {
		if status, _, text := p.ask("flush", map[string]any{"changes": []any{bad}}); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
}

// TestSeveralTargets: what leads to one of several types is shown, compiled, run and changed as anything else.
func TestSeveralTargets(t *testing.T) {
	shop := &several.Shop{Title: "Corner"}
	p := openWith(t, studio.Options{Write: true}, several.Mappings, shop, &several.Ware{ID: 5, Title: "Nail"}, &several.Note{Size: 1, About: orm.ToAny[several.Subject](shop)})
	_, model := p.get("/api/model")
	contains(t, model, `"columns":["about_type","about_id"]`, `"target":"Shop|Ware"`)
	_, drift := p.get("/api/drift")
	contains(t, drift, `"statements":[]`)
	_, _, text := p.ask("compile", map[string]any{"entity": "Note", "where": `{"about.Shop.title": "Corner"}`, "populate": []string{"about"}})
	contains(t, text, `about_type`, `"lit":["Note.about.Shop"]`)
	_, _, text = p.ask("run", map[string]any{"entity": "Note", "where": `{"about": {"Shop": {"title": "Corner"}}}`, "populate": []string{"about"}})
	contains(t, text, `"about":{"Shop":{`, `"title":"Corner"`)
	_, _, text = p.ask("complete", map[string]any{"entity": "Note", "field": "where", "text": `{"about.`})
	contains(t, text, "Shop", "Ware")
	_, _, text = p.ask("browse", map[string]any{"entity": "Note", "limit": 10})
	contains(t, text, `"about":{"Shop":1}`)
	status, _, text := p.ask("flush", map[string]any{"changes": []any{map[string]any{"entity": "Note", "key": []any{1}, "set": map[string]any{"about": map[string]any{"Ware": 5}}}}})
	if status != http.StatusOK {
		t.Fatal(text)
	}
	_, _, text = p.ask("browse", map[string]any{"entity": "Note", "limit": 10})
	contains(t, text, `"about":{"Ware":5}`)
}

// Whoever does not come from the page itself gets nothing.
func TestGuard(t *testing.T) {
	p := open(t, studio.Options{Write: true, Hosts: []string{"dev.example"}})
	try := func(method, path string, client *http.Client, change func(*http.Request)) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, p.server.URL+path, strings.NewReader(`{"changes":[]}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		change(req)
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	stranger := &http.Client{}
	for _, c := range []struct {
		name   string
		client *http.Client
		path   string
		change func(*http.Request)
		want   int
	}{
		{"no token", stranger, "/api/flush", func(*http.Request) {}, 401},
		{"another token", stranger, "/api/flush?token=x", func(*http.Request) {}, 401},
		{"no token for the page's own files", stranger, "/studio.js", func(*http.Request) {}, 401},
		{"a name that was pointed here", p.client, "/api/flush", func(r *http.Request) { r.Host = "evil.example" }, 421},
		{"a name that looks like an address", p.client, "/api/flush", func(r *http.Request) { r.Host = "127.0.0.1.evil.example" }, 421},
		{"a host of the options", p.client, "/api/flush?token=secret", func(r *http.Request) { r.Host = "dev.example:80" }, 200},
		{"localhost", p.client, "/api/flush?token=secret", func(r *http.Request) { r.Host = "localhost:4500" }, 200},
		{"another origin", p.client, "/api/flush", func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, 403},
		{"another port's origin", p.client, "/api/flush", func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:1") }, 403},
		{"an origin that is none", p.client, "/api/flush", func(r *http.Request) { r.Header.Set("Origin", "null") }, 403},
		{"another site", p.client, "/api/flush", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		{"a form", p.client, "/api/flush", func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 415},
		{"the page", p.client, "/api/flush", func(r *http.Request) { r.Header.Set("Origin", p.server.URL) }, 200},
	} {
		if got := try(http.MethodPost, c.path, c.client, c.change); got != c.want {
			t.Errorf("%s: status %d, want %d", c.name, got, c.want)
		}
	}
	if got := try(http.MethodGet, "/api/flush", p.client, func(*http.Request) {}); got == 200 {
		t.Error("a change by GET")
	}
}

func TestLive(t *testing.T) {
	p := open(t, studio.Options{})
	res, err := p.client.Get(p.server.URL + "/api/live")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got := make(chan string, 1)
	go func() {
		var text []byte
		buf := make([]byte, 4096)
		for !bytes.Contains(text, []byte("SELECT count(*)")) {
			n, err := res.Body.Read(buf)
			if text = append(text, buf[:n]...); err != nil {
				break
			}
		}
		got <- string(text)
	}()
	p.ask("run", map[string]any{"entity": "Book", "count": true})
	contains(t, <-got, ": listening", `"kind":"query"`, "SELECT count(*)")
}
