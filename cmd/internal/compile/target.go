package compile

import (
	"fmt"
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/qb/sql"
)

// Mongo is the name of the one target that is no SQL dialect.
const Mongo = "mongo"

// Targets returns the names of all back ends, in the order of output.
func Targets() []string {
	var names []string
	for _, d := range sql.Dialects() {
		names = append(names, d.Name())
	}
	return append(names, Mongo)
}

// ParseTargets reads "sqlite,mongo" or "all". Names come in the order of
// [Targets], each once.
func ParseTargets(list string) ([]string, error) {
	wanted := map[string]bool{}
	for _, name := range strings.Split(list, ",") {
		switch name = strings.ToLower(strings.TrimSpace(name)); name {
		case "":
			continue
		case "all":
			return Targets(), nil
		case "postgresql", "pg":
			name = "postgres"
		case "mongodb":
			name = Mongo
		}
		if name != Mongo && dialect(name) == nil {
			return nil, fmt.Errorf("%w %q%s", ErrUnknownTarget, name, suggest.Hint(name, Targets()))
		}
		wanted[name] = true
	}
	var names []string
	for _, name := range Targets() {
		if wanted[name] {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%w: name one of %s", ErrUnknownTarget, strings.Join(Targets(), ", "))
	}
	return names, nil
}

// dialect returns the SQL dialect of that name, or nil.
func dialect(name string) *sql.Dialect {
	for _, d := range sql.Dialects() {
		if d.Name() == name {
			return d
		}
	}
	return nil
}
