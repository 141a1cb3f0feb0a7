package main

import (
	"context"
	"net/http"
	"strconv"

	"github.com/weft-orm/weft/examples/shop/model"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/weftweb"
)

// product is a product as clients see it.
type product struct {
	ID         int64          `json:"id"`
	SKU        string         `json:"sku"`
	Name       string         `json:"name"`
	Cents      int64          `json:"cents"`
	Stock      int            `json:"stock"`
	Facts      map[string]any `json:"facts,omitempty"`
	Categories []string       `json:"categories"`
	Version    int            `json:"version"`
}

// present makes a product for clients; its categories are loaded.
func present(p *model.Product) product {
	out := product{ID: p.ID, SKU: p.SKU, Name: p.Name, Cents: p.Cents, Stock: p.Stock, Facts: p.Facts, Categories: []string{}, Version: p.Version}
	for _, c := range p.Categories.Items() {
		out.Categories = append(out.Categories, c.Name)
	}
	return out
}

// products is a part of the list of products.
type products struct {
	Items []product `json:"items"`
	Next  string    `json:"next,omitempty"` // for ?after=
}

// asked is what clients may ask about products: these paths, and of the operators
// the safe ones and the beginning of texts.
var asked = orm.Policy{
	Paths:     []string{"sku", "name", "cents", "stock", "facts", "categories.name"},
	Operators: []string{"$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$and", "$or", "$not", "$startsWith"},
}

// orders are the orders clients may choose by ?sort=.
var orders = map[string][]any{"": {"name", "id"}, "name": {"name", "id"}, "cheap": {"cents", "id"}, "dear": {"-cents", "id"}}

// listProducts answers GET /products?where={"categories.name":"garden","cents":{"$lt":3000}}&sort=dear&first=20&after=CURSOR.
func listProducts(ctx context.Context, r *http.Request) (any, error) {
	em := orm.From(ctx)
	where := orm.D{}
	if text := r.FormValue("where"); text != "" {
		var err error
		if where, err = orm.FromJSON[model.Product](em.DB(), []byte(text), asked); err != nil {
			return nil, err
		}
	}
	order, ok := orders[r.FormValue("sort")]
	if !ok {
		return nil, weftweb.Fail(http.StatusBadRequest, "sort by name, cheap or dear")
	}
	window := orm.Window{First: 20, After: r.FormValue("after")}
	if n, err := strconv.Atoi(r.FormValue("first")); err == nil && n > 0 && n <= 100 {
		window.First = n
	}
	page, err := orm.FindByCursor[model.Product](ctx, em, where, window, orm.OrderBy(order...), orm.Populate("categories"))
	if err != nil {
		return nil, err
	}
	list := products{Items: make([]product, len(page.Items))}
	for i, p := range page.Items {
		list.Items[i] = present(p)
	}
	if page.HasNext {
		list.Next = page.End()
	}
	return list, nil
}

// addProduct answers POST /products. Categories are found by name, or made.
func addProduct(ctx context.Context, r *http.Request) (any, error) {
	in, err := weftweb.ReadJSON[product](r)
	if err != nil {
		return nil, err
	}
	em := orm.From(ctx)
	known, err := orm.Find[model.Category](ctx, em, orm.M{"name": orm.M{"$in": in.Categories}})
	if err != nil {
		return nil, err
	}
	byName := map[string]*model.Category{}
	for _, c := range known {
		byName[c.Name] = c
	}
	p := &model.Product{SKU: in.SKU, Name: in.Name, Cents: in.Cents, Stock: in.Stock, Facts: in.Facts}
	for _, name := range in.Categories {
		if byName[name] == nil {
			byName[name] = &model.Category{Name: name}
		}
		p.Categories.Add(byName[name])
	}
	em.Persist(p)
	if err := em.Flush(ctx); err != nil { // for the key, which the answer shows
		return nil, err
	}
	return weftweb.Answer{Status: http.StatusCreated, Body: present(p)}, nil
}

// showProduct answers GET /products/{id}.
func showProduct(ctx context.Context, r *http.Request) (any, error) {
	p, err := find[model.Product](ctx, r, orm.Populate("categories"))
	if err != nil {
		return nil, err
	}
	return present(p), nil
}

// editProduct answers PATCH /products/{id}.
func editProduct(ctx context.Context, r *http.Request) (any, error) {
	p, err := find[model.Product](ctx, r, orm.Populate("categories"))
	if err != nil {
		return nil, err
	}
	if err := patch(ctx, r, p, "name", "cents", "stock", "facts"); err != nil {
		return nil, err
	}
	if err := orm.From(ctx).Flush(ctx); err != nil { // for the version, which the answer shows
		return nil, err
	}
	return present(p), nil
}
