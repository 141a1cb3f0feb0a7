package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/outbox"
	"github.com/weft-orm/weft/weftweb"
)

// shop is what the handlers share: nothing that belongs to one request.
type shop struct {
	// announce is told of orders within their transaction.
	announce func(ctx context.Context, em *orm.EntityManager, e placed) error
	// relay delivers the messages about them.
	relay *outbox.Relay
}

// newShop returns a shop whose messages go to deliver, while its relay runs.
func newShop(db *orm.DB, deliver outbox.Handler) *shop {
	return &shop{announce: stored, relay: outbox.NewRelay(db, deliver, outbox.Options{OnError: undelivered})}
}

// handler routes the requests, each in a unit of work of its own.
func (s *shop) handler(db *orm.DB, opts ...weftweb.Option) http.Handler {
	api := http.NewServeMux()
	api.Handle("GET /products", weftweb.JSON(listProducts))
	api.Handle("POST /products", weftweb.JSON(addProduct))
	api.Handle("GET /products/{id}", weftweb.JSON(showProduct))
	api.Handle("PATCH /products/{id}", weftweb.JSON(editProduct))
	api.Handle("POST /orders", weftweb.JSON(s.placeOrder))
	api.Handle("GET /orders/{id}", weftweb.JSON(showOrder))
	api.Handle("PATCH /orders/{id}", weftweb.JSON(editOrder))

	mux := http.NewServeMux()
	mux.Handle("GET /healthz", weftweb.Health(db, time.Second))
	mux.Handle("/", weftweb.Middleware(db, append(opts, weftweb.Timeout(10*time.Second))...)(api))
	return mux
}

// find finds the entity whose key the path names.
func find[T any](ctx context.Context, r *http.Request, opts ...orm.FindOption) (*T, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, weftweb.Fail(http.StatusNotFound, "keys are whole numbers")
	}
	return orm.FindOneOrFail[T](ctx, orm.From(ctx), id, opts...)
}

// patch assigns the body to an entity, only what is allowed. A version in the body must be
// the one the client saw.
func patch(ctx context.Context, r *http.Request, entity any, allowed ...string) error {
	data, err := weftweb.ReadJSON[orm.M](r)
	if err != nil {
		return err
	}
	em := orm.From(ctx)
	if version, ok := data["version"]; ok {
		if err := em.LockVersion(ctx, entity, version); err != nil {
			return err
		}
		delete(data, "version")
	}
	return orm.Assign(ctx, em, entity, data, orm.AssignOnly(allowed...))
}
