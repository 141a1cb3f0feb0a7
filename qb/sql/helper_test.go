package sql_test

import (
	"fmt"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/tests/corpus"
	"github.com/weft-orm/weft/tests/model"
)

// registry builds the test model.
func registry(t testing.TB) *mapper.Registry {
	t.Helper()
	reg, err := mapper.Build(mapper.Options{}, model.All()...)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// compiled is a logical query with its arguments.
type compiled struct {
	query *qb.Select
	args  []any
}

// printed is the statement of a dialect and its parameters on two lines.
func printed(d *sql.Dialect, q compiled) string {
	name := fmt.Sprintf("%-9s ", d.Name())
	st, err := d.Compile(q.query)
	if err != nil {
		return name + "error: " + err.Error() + "\n"
	}
	args, err := st.Bind(nil, q.args)
	if err != nil {
		return name + st.Text + "\n          error: " + err.Error() + "\n"
	}
	s := name + st.Text + "\n"
	if len(args) > 0 {
		s += "          " + corpus.Parameters(args) + "\n"
	}
	return s
}
