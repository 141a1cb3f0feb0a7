// Package imported lists its entities in a function, those of other packages among them.
package imported

import (
	"github.com/weft-orm/weft/audit"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/outbox"
)

type Thing struct {
	ID   int64
	Name string
}

// Unlisted has a key, but is not in the list.
type Unlisted struct{ ID int64 }

const prefix = "my_"

// Entities are what programs give to orm.Entities.
func Entities() []any {
	return []any{Thing{}, outbox.Entity(prefix + "outbox"), audit.Entity(""), note("notes")}
}

type Note struct{ ID int64 }

// Letter is unclear, and not in the list either.
type Letter struct{ ID int64 }

var _ = letter

func note(table string) *mapper.Definition { return named("the " + table) }

func named(table string) *mapper.Definition {
	return mapper.Define(func(e *mapper.Builder[Note]) { e.Table(table) })
}

// letter sets what it is given, which no reader of source follows.
func letter(table string) *mapper.Definition {
	return mapper.Define(func(e *mapper.Builder[Letter]) {
		if table == "" {
			table = "letters"
		}
		e.Table(table)
	})
}
