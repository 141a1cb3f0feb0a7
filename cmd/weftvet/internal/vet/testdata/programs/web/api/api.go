// Package api answers requests.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.org/shop/programs/web/store"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/orm"
)

type server struct {
	db    *orm.DB
	mutex sync.Mutex
}

var allowed = orm.Policy{Paths: []string{"email", "orders.number", "address.*", "settings"}, Operators: []string{"$eq", "$like", "$in"}}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	em := s.db.Fork()
	where, err := orm.FromJSON[store.User](s.db, []byte(r.FormValue("where")), allowed)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	order := "email"
	if r.FormValue("sort") == "newest" {
		order = "-createdAt"
	}
	page, _ := strconv.Atoi(r.FormValue("page"))
	users, err := orm.Find[store.User](r.Context(), em, where, orm.OrderBy(order), orm.Page(max(1, page), 20), orm.Populate("orders"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	for _, u := range users {
		for _, o := range u.Orders.Items() {
			o.Number++
		}
	}
	if err := em.Flush(r.Context()); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
	}
}

func (s *server) search(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Email string   `json:"email"`
		IDs   []string `json:"ids"`
		Sort  string   `json:"sort"`
		Value any      `json:"value"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return
	}
	sort, ok := map[string]string{"a": "email", "b": "-email"}[in.Sort]
	if !ok {
		return
	}
	em := s.db.Fork()
	found, err := orm.Find[store.User](r.Context(), em, orm.M{"email:like": in.Email + "%", "id": in.IDs, "settings.x": in.Value}, orm.OrderBy(sort))
	if err == nil {
		_ = json.NewEncoder(w).Encode(found)
	}
	_, _ = orm.Find[store.User](r.Context(), em, conditions.Raw("lower(?) = ?", conditions.Col("email"), in.Email))
}

// parallel gives each goroutine a manager of its own.
func (s *server) parallel(ctx context.Context, ids []string) error {
	var g errgroup.Group
	for _, id := range ids {
		g.Go(func() error {
			em := s.db.Fork()
			u, err := orm.FindOne[store.User](ctx, em, id)
			if err != nil || u == nil {
				return err
			}
			u.Email += "x"
			return em.Flush(ctx)
		})
	}
	em := s.db.Fork()
	done := make(chan error)
	go func() { done <- em.Flush(ctx) }()
	return errors.Join(g.Wait(), <-done)
}

// patch assigns what came from outside.
func (s *server) patch(w http.ResponseWriter, r *http.Request) error {
	em := s.db.Fork()
	u, err := orm.FindOneOrFail[store.User](r.Context(), em, r.PathValue("id"), orm.Populate("address"[:0]+"orders"))
	if err != nil {
		return err
	}
	var data orm.M
	if err := json.NewDecoder(r.Body).Decode(&data); err != nil {
		return err
	}
	if err := orm.Assign(r.Context(), em, u, data, orm.AssignOnly("email", "address", "orders.number")); err != nil {
		return err
	}
	before := *u // only read
	defer func() { _ = before.Email }()
	return em.Transactional(r.Context(), func(ctx context.Context, em *orm.EntityManager) error {
		return em.Flush(ctx)
	})
}
