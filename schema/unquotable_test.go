package schema_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/schema"
)

type (
	shelf1 struct {
		_    struct{} `orm:"table=shelves,name=Shelf"`
		ID   int64
		Name string `orm:",length=40"`
	}
	shelf2 struct {
		_     struct{} `orm:"table=shelves,name=Shelf"`
		ID    int64
		Name  string `orm:",length=40"`
		Floor *int
	}
	shelf3 struct {
		_     struct{} `orm:"table=shelves,name=Shelf,check='length(name) > 0'"`
		ID    int64
		Name  string `orm:",length=40"`
		Floor *int
	}
)

// TestUnquotable has a column whose name no statement can hold: it is left alone, and a
// table that would have to be copied for a change is refused.
func TestUnquotable(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			must(t, schema.Create(t.Context(), target{registry(t, shelf1{}), engine}))
			column, index := `"a""b"`, `"i""x"`
			switch server.name {
			case "sqlite":
				column, index = `"a'b"`, `"i'x"`
			case "mysql", "mariadb":
				column, index = "`a``b`", "`i``x`"
			}
			exec(t, engine, "alter table shelves add column "+column+" int")
			exec(t, engine, "create index "+index+" on shelves ("+column+")")
			exec(t, engine, "insert into shelves (id, name, "+column+") values (1, 'x', 7)")
			noDifference(t, target{registry(t, shelf1{}), engine})
			must(t, schema.Update(t.Context(), target{registry(t, shelf2{}), engine}))
			noDifference(t, target{registry(t, shelf2{}), engine})
			err := schema.Update(t.Context(), target{registry(t, shelf3{}), engine})
			if server.name != "sqlite" {
				must(t, err)
			} else if !errors.Is(err, schema.ErrUnsupported) || !strings.Contains(err.Error(), `shelves."a'b"`) {
				t.Errorf("got %v", err)
			}
			exec(t, engine, "update shelves set "+column+" = 8 where "+column+" = 7")
		})
	}
}
