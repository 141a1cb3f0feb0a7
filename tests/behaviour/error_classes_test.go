package behaviour_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// TestClassesOfStatements finds the same class on each engine for what a statement fails at.
func TestClassesOfStatements(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		if !e.caps.Checks {
			return
		}
		for _, c := range []struct {
			class error
			texts map[string]string
		}{
			{orm.ErrUndefined, map[string]string{"": "select * from nowhere"}},
			{orm.ErrUndefined, map[string]string{"": "select missing from tags"}},
			{orm.ErrUnsupported, map[string]string{"": "select missing_function(1)"}},
			{orm.ErrUnsupported, map[string]string{"postgres": "select 1 where 'a'::text = 1"}},
			{orm.ErrSyntax, map[string]string{"": "selec 1"}},
			{orm.ErrOutOfRange, map[string]string{"postgres": "select 'x'::int"}},
			{orm.ErrOutOfRange, map[string]string{"postgres": "select 1 / (select count(*) - count(*) from tags)"}},
			{orm.ErrOutOfRange, map[string]string{"postgres": "select '{'::json", "sqlite": "select json('{')"}},
			{orm.ErrOutOfRange, map[string]string{"postgres": "select 'x'::timestamp"}},
		} {
			text, is := c.texts[e.caps.Name]
			if !is && e.caps.Name == "mariadb" {
				text, is = c.texts["mysql"]
			}
			if !is {
				text, is = c.texts[""]
			}
			if !is {
				continue
			}
			if _, err := orm.Rows[map[string]any](t.Context(), e.db.Fork(), text); !errors.Is(err, c.class) {
				t.Errorf("%s: %v, want %v", text, err, c.class)
			}
		}
	})
}
