package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
)

// Users are the users.
type Users struct{ *orm.Repository[User] }

func (r Users) ByEmail(ctx context.Context, email string) (*User, error) {
	return r.FindOneOrFail(ctx, orm.M{"email": email}, orm.Populate("orders.lines.product"))
}

func (r Users) Seen(ctx context.Context, since time.Time, roles ...Role) ([]*User, error) {
	where := orm.M{"lastSeen >=": since}
	if len(roles) > 0 {
		where["role"] = roles
	}
	return r.Find(ctx, where, orm.OrderBy("-lastSeen nulls last", "email"))
}

func (r Users) Get(ctx context.Context, id uuid.UUID) (*User, error) { return r.FindOne(ctx, id) }

func (r Users) Many(ctx context.Context, ids []uuid.UUID) ([]*User, error) {
	return r.Find(ctx, orm.M{"id": ids, "role": Admin})
}

func (r Users) Cities(ctx context.Context, cities ...string) ([]*User, error) {
	return r.Find(ctx, orm.M{"address.city:in": cities, "address.zip": nil, "settings.theme": "dark"})
}

// Filter is what lists are filtered by.
type Filter struct {
	Email   string
	Min     *decimal.Decimal
	Since   time.Time
	Product string
	Sort    string
	Page    int
}

func (f Filter) where() orm.M {
	w := orm.M{}
	if f.Email != "" {
		w["customer.email:startsWith"] = f.Email
	}
	if f.Min != nil {
		w["total >="] = *f.Min
	}
	if !f.Since.IsZero() {
		w["createdAt"] = orm.M{"$gte": f.Since}
	}
	if f.Product != "" {
		w["lines"] = orm.M{"product": orm.M{"code": f.Product}, "count >": 0}
	}
	return w
}

var sorts = map[string]string{"number": "number", "newest": "-createdAt", "total": "-total"}

func (f Filter) options() []orm.FindOption {
	opts := []orm.FindOption{orm.Populate("customer")}
	if sort, ok := sorts[f.Sort]; ok {
		opts = append(opts, orm.OrderBy(sort, "id"))
	} else {
		opts = append(opts, orm.OrderBy("number"))
	}
	return append(opts, orm.Page(max(f.Page, 1), 50))
}

// Orders are the orders.
type Orders struct{ em *orm.EntityManager }

func (r Orders) List(ctx context.Context, f Filter) ([]*Order, int64, error) {
	return orm.FindAndCount[Order](ctx, r.em, f.where(), f.options()...)
}

func (r Orders) Line(ctx context.Context, o *Order, n int) (*Line, error) {
	return orm.FindOne[Line](ctx, r.em, []any{o.ID, n})
}

func (r Orders) Lines(ctx context.Context, o *Order) ([]*Line, error) {
	return orm.Find[Line](ctx, r.em, orm.M{"order": o, "product": orm.M{"$ne": nil}}, orm.OrderBy("line"))
}

func (r Orders) Search(ctx context.Context, words string, value any) ([]*Order, error) {
	var either []any
	for _, word := range strings.Fields(words) {
		either = append(either, orm.M{"notes:contains": word}, conditions.ILike("customer.email", word+"%"))
	}
	if value != nil {
		either = append(either, orm.M{"total": value}, orm.M{"number": value})
	}
	return orm.Find[Order](ctx, r.em, orm.M{"$or": either})
}

type summary struct {
	Customer uuid.UUID
	Sum      decimal.Decimal
	N        int64
}

func (r Orders) Summary(ctx context.Context, byCity bool, city string) ([]summary, error) {
	q := orm.QB[Order](r.em, "o")
	if byCity {
		q = q.Join("customer", "c")
	}
	if byCity {
		q = q.Where(orm.M{"c.address.city": city})
	}
	q = q.Select("customer", qb.Sum("total").As("sum"), qb.Count().As("n")).GroupBy("customer").Having(orm.M{"n >": 1}).OrderBy("-sum")
	return orm.Result[summary](ctx, r.em, q)
}

func (r Orders) Heavy(ctx context.Context, w Weight) ([]*Order, error) {
	return orm.Find[Order](ctx, r.em, orm.M{"weight >": w}, orm.OrderBy("weight"))
}

func (r Orders) WithoutLines(ctx context.Context) (int64, error) {
	lines := orm.QB[Line](r.em, "l").Select("order")
	return orm.Count[Order](ctx, r.em, orm.M{"id:nin": lines, "lines": orm.M{"$none": orm.M{}}})
}

func (r Orders) Products(ctx context.Context, pages int) ([]*Product, error) {
	return orm.Find[Product](ctx, r.em, orm.M{"meta.pages >": pages, "meta.author.name": "x", "prices:overlap": []float64{1, 2}})
}

func (r Orders) Pick(ctx context.Context, direction string) ([]*Order, error) {
	switch direction {
	case "asc", "desc":
	default:
		return nil, errors.New("no such direction")
	}
	return orm.Find[Order](ctx, r.em, nil, orm.OrderBy("number "+direction), orm.OrderBy(fmt.Sprintf("total %s", direction)))
}

func (r Orders) Close(ctx context.Context, ids []uuid.UUID) error {
	if _, err := orm.NativeUpdate[Order](ctx, r.em, orm.M{"id": ids}, orm.M{"notes": []string{"closed"}, "total": decimal.Zero}); err != nil {
		return err
	}
	_, err := orm.NativeDelete[Line](ctx, r.em, orm.M{"order.number <": 10})
	return err
}
