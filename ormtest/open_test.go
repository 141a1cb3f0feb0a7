package ormtest_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/ormtest"
	"github.com/weft-orm/weft/tests/model"
)

func TestOpen(t *testing.T) {
	ctx := t.Context()
	db := ormtest.Open(t, model.Library()...)
	em := db.Fork()
	jon := &model.Author{Name: "Jon", Email: "jon@example.org"}
	book := &model.Book{Title: "Winter", Author: orm.To(jon)}
	book.Tags.Add(&model.Tag{Name: "fantasy"})
	em.Persist(book)
	if err := em.Flush(ctx); err != nil {
		t.Fatal(err)
	}

	found, err := orm.Find[model.Author](ctx, db.Fork(), orm.M{"books.tags.name:like": "fan%"}, orm.Populate("books.tags"))
	if err != nil || len(found) != 1 {
		t.Fatalf("found %d authors, %v", len(found), err)
	}
	if got := found[0].Books.Items()[0].Tags.Items()[0].Name; got != "fantasy" {
		t.Errorf("the tag is %q", got)
	}

	em.Persist(&model.Author{Name: "Other", Email: "jon@example.org"})
	if err := em.Flush(ctx); !errors.Is(err, driver.ErrUniqueViolation) {
		t.Errorf("a second author with that address: %v", err)
	}
}
