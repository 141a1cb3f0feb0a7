package behaviour_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/model"
)

// text is a named type of the test's own.
type text string

func TestResultConvertsValues(t *testing.T) {
	engines(t, model.All(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		day := utc(2024, 2, 29)
		em.Persist(
			&model.Product{Name: "Kite", Status: "active", Price: "12.50", Released: &day, Image: []byte{1, 2}},
			&model.Product{Name: "Lamp", Status: "draft", Price: "3.00"},
			&model.Author{Name: "Ann", Email: "a", Active: true, Rating: 1.5, CreatedAt: utc(2020, 1, 2)},
			&model.Customer{ID: [16]byte{15: 9}, Name: "Cy", Prefs: model.Preferences{Theme: "dark", PageSize: 7}, Labels: []string{"x", "y"}})
		ok(t, em.Flush(t.Context()))

		type product struct {
			ID       int64
			Label    text `orm:"name"`
			Price    float64
			Exact    *string `orm:"status"`
			Released *time.Time
			Image    []byte
		}
		products, err := orm.Result[product](t.Context(), em, orm.QB[model.Product](em, "p").OrderBy("name"))
		ok(t, err)
		if len(products) != 2 || products[0].Label != "Kite" || products[0].Price != 12.5 || *products[0].Exact != "active" ||
			!products[0].Released.Equal(day) || fmt.Sprint(products[0].Image) != "[1 2]" || products[1].Released != nil {
			t.Errorf("products %+v", products)
		}
		prices, err := orm.Result[string](t.Context(), em, orm.QB[model.Product](em, "p").Select("price").OrderBy("-price"))
		if err != nil || fmt.Sprint(prices) != "[12.50 3.00]" {
			t.Errorf("prices %v %v", prices, err)
		}
		type author struct {
			Active    bool
			Rating    float32
			CreatedAt time.Time
			Age       sql.Null[int]
			ID        uint8
		}
		authors, err := orm.Result[author](t.Context(), em, orm.QB[model.Author](em, "a"))
		if err != nil || len(authors) != 1 || !authors[0].Active || authors[0].Rating != 1.5 || !authors[0].CreatedAt.Equal(utc(2020, 1, 2)) || authors[0].Age.Valid {
			t.Errorf("authors %+v %v", authors, err)
		}
		type customer struct {
			ID     [16]byte
			Prefs  model.Preferences
			Labels []string
			Meta   json.RawMessage `orm:"-"`
		}
		customers, err := orm.Result[customer](t.Context(), em, orm.QB[model.Customer](em, "c").Select("id", "prefs", "labels"))
		if err != nil || len(customers) != 1 || customers[0].ID[15] != 9 || customers[0].Prefs.PageSize != 7 || fmt.Sprint(customers[0].Labels) != "[x y]" {
			t.Errorf("customers %+v %v", customers, err)
		}
		maps, err := orm.Result[map[string]any](t.Context(), em, orm.QB[model.Author](em, "a").Select("id", "name", "age"))
		if err != nil || fmt.Sprint(maps) != "[map[age:<nil> id:1 name:Ann]]" {
			t.Errorf("maps %v %v", maps, err)
		}
		_, err = orm.Result[int](t.Context(), em, orm.QB[model.Author](em, "a").Select("age"))
		wantError(t, err, driver.ErrScan, "orm: result: Author.age: value does not fit the destination: NULL does not fit int; use a pointer")
		_, err = orm.Result[int8](t.Context(), em, orm.QB[model.Author](em, "a").Select("createdAt"))
		wantError(t, err, driver.ErrScan, "orm: result: Author.createdAt: value does not fit the destination: a value of kind time.Time does not fit int8")
		_, err = orm.Result[string](t.Context(), em, orm.QB[model.Author](em, "a"))
		wantError(t, err, orm.ErrInvalidOption, "orm: result: Author: invalid option: the query has 10 columns: string takes one, a struct takes them all")
	})
}

func TestResultOfJoins(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		stock(t, e)
		em := e.db.Fork()
		type row struct {
			Name, BTitle string
			Pages        int
		}
		rows, err := orm.Result[row](t.Context(), em, orm.QB[model.Author](em, "a").Select("name").
			JoinAndSelect("books", "b", orm.M{"pages <": 100}).OrderBy("name"))
		if errors.Is(err, driver.ErrUnsupported) {
			t.Skip(err)
		}
		if err != nil || fmt.Sprint(rows) != "[{Bob t50 50} {Cid t10 10}]" {
			t.Errorf("rows %v %v", rows, err)
		}
		sums, err := orm.Result[struct {
			Name  string
			Total float64
			N     int
		}](t.Context(), em, orm.QB[model.Author](em, "a").Select("a.name", qb.Sum("b.price").As("total"), qb.CountDistinct("b.publisher").As("n")).
			LeftJoin("books", "b").GroupBy("a.name").Having(orm.M{"total >": 1}).OrderBy("-total"))
		if err != nil || fmt.Sprint(sums) != "[{Ann 60 2} {Bob 7.5 2}]" {
			t.Errorf("sums %v %v", sums, err)
		}
	})
}
