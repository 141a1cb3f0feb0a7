package weftweb_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/weftweb"
)

// TestResolversShareAManager runs, within requests at once, goroutines that load what each
// needs, as the resolvers of GraphQL do, and counts what the database is asked.
func TestResolversShareAManager(t *testing.T) {
	log := &logged{}
	db := open(t, orm.Logger(slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	em := db.Fork()
	const notes = 12
	for i := range notes {
		em.Persist(&Note{Title: fmt.Sprint(i), Owner: orm.To(&Owner{Name: fmt.Sprint("owner ", i)})})
	}
	if err := em.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	shared := weftweb.Fork(func(_ *http.Request, db *orm.DB) (*orm.EntityManager, error) {
		return db.Fork(orm.Shared(20 * time.Millisecond)), nil
	})
	handler := weftweb.Middleware(db, shared, weftweb.Manual())(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		list, err := orm.Find[Note](ctx, orm.From(ctx), nil, orm.OrderBy("id"))
		if err != nil {
			t.Error(err)
		}
		names := make([]string, len(list))
		var resolvers sync.WaitGroup
		for i, n := range list {
			resolvers.Go(func() {
				owner, err := n.Owner.Load(ctx)
				if err != nil {
					t.Error(err)
					return
				}
				names[i] = owner.Name
			})
		}
		resolvers.Wait()
		if err := json.NewEncoder(w).Encode(names); err != nil {
			t.Error(err)
		}
	}))
	before := len(log.String())
	const requests = 4
	var clients sync.WaitGroup
	for range requests {
		clients.Go(func() {
			rec := httptest.NewRecorder()
			handler.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", nil))
			if got := rec.Body.String(); rec.Code != http.StatusOK || !strings.HasPrefix(got, `["owner 0","owner 1",`) || strings.Count(got, "owner") != notes {
				t.Error(rec.Code, got)
			}
		})
	}
	clients.Wait()
	// One each; a resolver that comes late on a busy machine may need one of its own.
	if n := strings.Count(log.String()[before:], `"msg":"query","entity":"Owner"`); n < requests || n >= requests*notes/2 {
		t.Errorf("%d queries about owners in %d requests:\n%.2000s", n, requests, log.String()[before:])
	}
}
