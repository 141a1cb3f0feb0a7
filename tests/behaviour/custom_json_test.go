package behaviour_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// priceType is moneyType with the JSON form "2.50".
type priceType struct{ moneyType }

func (priceType) ToDatabase(v any) (any, error) {
	m, ok := v.(money)
	if !ok {
		return nil, fmt.Errorf("%T is no money", v)
	}
	if m.Cents < 0 {
		return nil, errors.New("debts are no prices")
	}
	return m.Cents, nil
}

func (priceType) ToJSON(v any) (any, error) {
	m := v.(money)
	return fmt.Sprintf("%d.%02d", m.Cents/100, m.Cents%100), nil
}

func (priceType) FromJSON(v any) (any, error) {
	var whole, cents int64
	text := fmt.Sprint(v)
	if _, err := fmt.Sscanf(text, "%d.%02d", &whole, &cents); err != nil {
		return nil, errors.New("is no price")
	}
	return money{100*whole + cents, "EUR"}, nil
}

// Wares have prices, one of them absent, and a list of them.
type Wares struct {
	ID     int64 `orm:",assigned"`
	Price  money
	Was    *money
	Steps  []money
	Secret money `orm:",hidden"`
}

func TestJSONFormOfCustomTypes(t *testing.T) {
	options := []orm.Option{orm.CustomType[money](priceType{})}
	enginesWith(t, options, []any{Wares{}}, func(t *testing.T, e engine) {
		ok(t, e.refused)
		em := e.db.Fork()
		em.Persist(&Wares{ID: 1, Price: money{250, "EUR"}, Steps: []money{{5, "EUR"}, {100, "EUR"}}})
		em.Persist(&Wares{ID: 2, Price: money{1000, "EUR"}, Was: &money{1200, "EUR"}})
		ok(t, em.Flush(t.Context()))
		em = e.db.Fork()
		all, err := orm.Find[Wares](t.Context(), em, nil, orm.OrderBy("-price"))
		ok(t, err)
		for i, want := range []string{`{"id":2,"price":"10.00","steps":[],"was":"12.00"}`, `{"id":1,"price":"2.50","steps":["0.05","1.00"],"was":null}`} {
			raw, err := orm.JSON(em, all[i])
			ok(t, err)
			if string(raw) != want {
				t.Errorf("got %s, want %s", raw, want)
			}
		}
		entity := mapper.EntityOf[Wares](e.db.Registry())
		policy := conditions.Policy{Paths: []string{"price", "was"}, Operators: []string{"$gt", "$in", "$ne"}}
		for raw, want := range map[string]int{
			`{"price": "2.50"}`: 1, `{"price": {"$gt": "2.49"}}`: 2, `{"price": {"$in": ["2.50", "10.00", "3.00"]}}`: 2,
			`{"was": "12.00"}`: 1, `{"price": 10.00}`: 1, `{"was": null}`: 1,
		} {
			where, err := conditions.FromJSON(entity, json.RawMessage(raw), policy)
			ok(t, err)
			n, err := orm.Count[Wares](t.Context(), em, where)
			if err != nil || int(n) != want {
				t.Errorf("%s: %d rows, want %d, %v", raw, n, want, err)
			}
		}
		for _, where := range []orm.M{{"price": "2.50"}, {"price": 250}, {"price": money{250, "EUR"}}, {"price:lt": "3.00"}} {
			n, err := orm.Count[Wares](t.Context(), em, where)
			if err != nil || n != 1 {
				t.Errorf("%v: %d rows, %v", where, n, err)
			}
		}
		_, err = orm.Count[Wares](t.Context(), em, orm.M{"price": "cheap"})
		want := "conditions: bind: Wares.price: cannot use string as behaviour_test.money: is no price"
		if !errors.Is(err, conditions.ErrValue) || err.Error() != want {
			t.Errorf("got %v", err)
		}
		all[0].Price.Cents = -1
		_, err = orm.ToDTO(em, all[0])
		want = "orm: to dto: Wares 2: invalid value: mapper: Wares.price: debts are no prices"
		if !errors.Is(err, mapper.ErrValue) || err.Error() != want {
			t.Errorf("got %v", err)
		}
	})
}
