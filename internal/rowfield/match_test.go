package rowfield_test

import (
	"slices"
	"testing"

	"github.com/weft-orm/weft/internal/rowfield"
)

func TestMatch(t *testing.T) {
	fields := []rowfield.Field{{Name: "Title"}, {Name: "BTitle"}, {Name: "Total", Tag: "sum(price)"}, {Name: "CountStar"}, {Name: "AuthorName"}}
	for _, c := range []struct {
		columns []string
		want    []int
	}{
		{[]string{"title", "b.title"}, []int{0, 1}},
		{[]string{"b.title", "c.title", "title"}, []int{1, -1, 0}},
		{[]string{"sum(price)", "total"}, []int{2, -1}},
		{[]string{"author.name", "author_name"}, []int{4, -1}},
		{[]string{"count(*)"}, []int{-1}},
	} {
		if got := rowfield.Match(fields, c.columns); !slices.Equal(got, c.want) {
			t.Errorf("%v: got %v, want %v", c.columns, got, c.want)
		}
	}
}
