package conditions_test

import (
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/tests/model"
)

func TestMatches(t *testing.T) {
	age := 30
	jon := &model.Author{ID: 1, Name: "Jon", Age: &age}
	winter := &model.Book{ID: 2, Title: "Winter", Pages: 300, Author: rel.To(jon)}
	winter.Tags.Add(&model.Tag{ID: 3, Name: "fantasy"})
	reg := registry(t)
	for _, test := range []struct {
		entity any
		cond   any
		want   bool
	}{
		{jon, M{"name:like": "J%", "age >=": 18}, true},
		{jon, M{"age": M{"$ne": 30}}, false},
		{jon, M{"favourite": nil, "books:size": 0}, true},
		{jon, M{"favourite.title": nil}, false},
		{winter, M{"author.name": "Jon", "tags.name": "fantasy"}, true},
		{winter, M{"author": 1}, true},
		{winter, M{"$not": M{"tags.name": "fantasy"}}, false},
		{winter, M{"publisher": M{"$ne": "x"}}, false},
		{winter, 2, true},
	} {
		got, err := conditions.Matches(reg, test.cond, test.entity)
		if err != nil || got != test.want {
			t.Errorf("%v: got %v, %v", test.cond, got, err)
		}
	}
	unloaded := &model.Book{Author: rel.ToKey[model.Author](9)}
	if _, err := conditions.Matches(reg, M{"author.name": "x"}, unloaded); !isClass(err, conditions.ErrValue) {
		t.Errorf("an unloaded relation: %v", err)
	}
	if _, err := conditions.Matches(reg, M{}, 5); !isClass(err, conditions.ErrValue) {
		t.Errorf("no entity: %v", err)
	}
	if _, err := conditions.Matches(reg, conditions.Raw("1 = 1"), jon); !isClass(err, conditions.ErrOperator) {
		t.Errorf("raw SQL: %v", err)
	}
}
