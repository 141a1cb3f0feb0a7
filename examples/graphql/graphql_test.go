package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// start serves the shelf; what a request costs stands in the header Statements of its answer.
func start(t *testing.T) string {
	t.Helper()
	db, err := open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	inner := serve(db)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, stats := orm.WithStats(r.Context())
		rec := httptest.NewRecorder()
		inner.ServeHTTP(rec, r.WithContext(ctx))
		w.Header().Set("Statements", fmt.Sprint(stats.Statements()))
		_, _ = io.Copy(w, rec.Body)
	}))
	t.Cleanup(func() {
		server.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL
}

// ask sends a query and returns the answer and the number of statements.
func ask(t *testing.T, url, query string) (answer, statements string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/query", strings.NewReader(fmt.Sprintf(`{"query":%q}`, query)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), res.Header.Get("Statements")
}

const everything = "{ books { title author { name books { title } } } }"

// TestOneStatementForEachRelation asks four resolvers for authors and four for books: three statements.
func TestOneStatementForEachRelation(t *testing.T) {
	answer, statements := ask(t, start(t), everything)
	ann := `"author":{"name":"Ann","books":[{"title":"Waves of Ann"},{"title":"Winters of Ann"}]}`
	bob := `"author":{"name":"Bob","books":[{"title":"Waves of Bob"},{"title":"Winters of Bob"}]}`
	want := `{"data":{"books":[{"title":"Waves of Ann",` + ann + `},{"title":"Winters of Ann",` + ann +
		`},{"title":"Waves of Bob",` + bob + `},{"title":"Winters of Bob",` + bob + `}]}}`
	if answer != want {
		t.Errorf("answered %s\nwant     %s", answer, want)
	}
	if statements != "3" {
		t.Errorf("%s statements, want 3", statements)
	}
}

// TestMutations stores what a mutation changes, answers with it, and stores nothing of one that fails.
func TestMutations(t *testing.T) {
	url := start(t)
	answer, _ := ask(t, url, `mutation { a: rename(id: 1, title: "Tides") { title author { name } } b: rename(id: 1, title: "Tides 2") { title } }`)
	if want := `{"data":{"a":{"title":"Tides","author":{"name":"Ann"}},"b":{"title":"Tides 2"}}}`; answer != want {
		t.Errorf("answered %s\nwant     %s", answer, want)
	}
	answer, _ = ask(t, url, `mutation { rename(id: 9, title: "Nothing") { title } }`)
	if !strings.Contains(answer, `"errors"`) || !strings.Contains(answer, "not found") {
		t.Errorf("answered %s", answer)
	}
	answer, _ = ask(t, url, "{ books { title } }")
	if want := `{"data":{"books":[{"title":"Tides 2"},{"title":"Winters of Ann"},{"title":"Waves of Bob"},{"title":"Winters of Bob"}]}}`; answer != want {
		t.Errorf("answered %s\nwant     %s", answer, want)
	}
}

// TestManyRequests asks and renames at once.
func TestManyRequests(t *testing.T) {
	url := start(t)
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			query := everything
			if i%4 == 0 {
				query = fmt.Sprintf(`mutation { rename(id: 2, title: "Winter %d") { title author { books { title } } } }`, i)
			}
			if answer, _ := ask(t, url, query); strings.Contains(answer, `"errors"`) {
				t.Errorf("%s: %s", query, answer)
			}
		})
	}
	all.Wait()
}
