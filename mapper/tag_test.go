package mapper_test

import (
	"testing"

	"github.com/weft-orm/weft/mapper"
)

// Quoting has values with quotes, commas and parentheses in every place a tag has them.
type Quoting struct {
	_    struct{} `orm:"check='a in (1, 2)',check=b in ('x', 'y,z'),comment='it''s (so)'"`
	ID   int64
	A    string `orm:",default='m',comment='a, b'"`
	B    string `orm:",default='it''s, so'"`
	C    int    `orm:",default=coalesce(1, 2),check=c in (1, 2)"`
	D    string `orm:",default='a' || 'b',generated='x' || a || 'y'"`
	E    string `orm:",default= NULL ,comment=a (b"`
	F    string `orm:",default=',('"`
	Name string `orm:",formula=concat(?.a, ', ', ?.b)"`
}

func TestTagQuotes(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, Quoting{})
	if err != nil {
		t.Fatal(err)
	}
	e := mapper.EntityOf[Quoting](reg)
	column := func(name string) *mapper.Column { return e.Property(name).Columns[0] }
	for _, tt := range []struct{ got, want string }{
		{column("a").Default, "'m'"},
		{column("a").Comment, "a, b"},
		{column("b").Default, "'it''s, so'"},
		{column("c").Default, "coalesce(1, 2)"},
		{column("d").Default, "'a' || 'b'"},
		{column("d").Generated, "'x' || a || 'y'"},
		{column("e").Default, ""},
		{column("e").Comment, "a (b"},
		{column("f").Default, "',('"},
		{e.Property("name").Formula, "concat(?.a, ', ', ?.b)"},
		{e.Checks[1].Expression, "a in (1, 2)"},
		{e.Checks[2].Expression, "b in ('x', 'y,z')"},
		{e.Checks[0].Expression, "c in (1, 2)"},
		{e.Comment, "it's (so)"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}
