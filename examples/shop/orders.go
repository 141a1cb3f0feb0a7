package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/weft-orm/weft/examples/shop/model"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/weftweb"
)

// newOrder is the body of POST /orders.
type newOrder struct {
	Email string `json:"email"`
	Name  string `json:"name"`
	Lines []struct {
		SKU      string `json:"sku"`
		Quantity int    `json:"quantity"`
	} `json:"lines"`
}

// skus are the products an order asks for.
func (o newOrder) skus() []string {
	list := make([]string, len(o.Lines))
	for i, line := range o.Lines {
		list[i] = line.SKU
	}
	return list
}

// placeOrder answers POST /orders: the stock goes down with the order or not at all. Two
// orders of one product meet at its row, where the database has row locks, else at its
// version; the one that loses is run again.
func (s *shop) placeOrder(ctx context.Context, r *http.Request) (any, error) {
	in, err := weftweb.ReadJSON[newOrder](r)
	if err != nil {
		return nil, err
	}
	if len(in.Lines) == 0 {
		return nil, weftweb.Fail(http.StatusUnprocessableEntity, "an order has lines")
	}
	var dto map[string]any
	// A fork, because what a run that failed has marked stays marked in its manager, and the
	// middleware flushes that of the request.
	err = orm.From(ctx).DB().Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		order, err := s.place(ctx, em, in)
		if err != nil {
			return err
		}
		dto, err = orm.ToDTO(em, order)
		return err
	}, orm.Retry(20))
	if err != nil {
		return nil, err
	}
	s.relay.Wake() // it would look by itself, a little later
	return weftweb.Answer{Status: http.StatusCreated, Body: dto}, nil
}

// place makes an order in the open transaction.
func (s *shop) place(ctx context.Context, em *orm.EntityManager, in newOrder) (*model.Order, error) {
	customer, err := orm.FindOne[model.Customer](ctx, em, orm.M{"email": in.Email})
	if err != nil {
		return nil, err
	}
	if customer == nil {
		customer = &model.Customer{Email: in.Email, Name: in.Name}
	}
	// In the order of their keys, so that two orders cannot wait for each other.
	found, err := orm.Find[model.Product](ctx, em, orm.M{"sku": orm.M{"$in": in.skus()}}, orm.OrderBy("id"), orm.LockForUpdate())
	if err != nil {
		return nil, err
	}
	bySKU := map[string]*model.Product{}
	for _, p := range found {
		bySKU[p.SKU] = p
	}
	order := &model.Order{Customer: orm.To(customer), Status: "placed"}
	event := placed{Email: in.Email}
	for _, line := range in.Lines {
		p := bySKU[line.SKU]
		switch {
		case p == nil:
			return nil, weftweb.Fail(http.StatusUnprocessableEntity, fmt.Sprintf("there is no product %q", line.SKU))
		case line.Quantity < 1:
			return nil, weftweb.Fail(http.StatusUnprocessableEntity, "a quantity is at least 1")
		case p.Stock < line.Quantity:
			return nil, weftweb.Fail(http.StatusConflict, fmt.Sprintf("only %d of %q are left", p.Stock, line.SKU))
		}
		p.Stock -= line.Quantity
		order.Lines.Add(&model.Line{Product: orm.To(p), Quantity: line.Quantity, Cents: p.Cents})
		event.Cents += p.Cents * int64(line.Quantity)
	}
	em.Persist(order)
	if err := em.Flush(ctx); err != nil {
		return nil, err
	}
	event.Order = order.ID
	return order, s.announce(ctx, em, event)
}

// showOrder answers GET /orders/{id}: the order as nested maps, with what was populated.
func showOrder(ctx context.Context, r *http.Request) (any, error) {
	order, err := find[model.Order](ctx, r, orm.Populate("customer", "lines.product"))
	if err != nil {
		return nil, err
	}
	return orm.ToDTO(orm.From(ctx), order)
}

// editOrder answers PATCH /orders/{id}: status, and the customer's address.
func editOrder(ctx context.Context, r *http.Request) (any, error) {
	order, err := find[model.Order](ctx, r, orm.Populate("customer", "lines"))
	if err != nil {
		return nil, err
	}
	if err := patch(ctx, r, order, "status", "customer.address"); err != nil {
		return nil, err
	}
	em := orm.From(ctx)
	if err := em.Flush(ctx); err != nil {
		return nil, err
	}
	return orm.ToDTO(em, order)
}
