package mongo

import (
	"fmt"
	"slices"

	"github.com/weft-orm/weft/qb"
)

// Printer writes queries in the notation of MongoDB's shell, values in place. It
// implements qb.Printer; the zero value is ready to use.
type Printer struct{}

var _ qb.Printer = Printer{}

// Print implements qb.Printer. The statement has no arguments.
func (Printer) Print(q qb.Query, args []any) (qb.Statement, error) {
	cmd, err := Compile(q)
	if err != nil {
		return qb.Statement{}, err
	}
	if cmd.Kind == Rows {
		return cmd.printRows(q.(*qb.Write), args)
	}
	if cmd.Keys != nil {
		return cmd.printKeys(args)
	}
	request, err := cmd.Bind(args)
	if err != nil {
		return qb.Statement{}, err
	}
	return qb.Statement{Text: cmd.Text(request)}, nil
}

// printRows cuts the arguments into rows.
func (c *Command) printRows(w *qb.Write, args []any) (qb.Statement, error) {
	size := len(w.Set) + len(w.Match)
	var rows [][]any
	for i := 0; size > 0 && i+size <= len(args); i += size {
		row := args[i : i+size]
		if c.Counter != nil {
			row = append([]any{rawText(fmt.Sprintf("next(%q)", c.Collection))}, row...)
		}
		row = slices.Clip(row)
		for _, made := range c.Made {
			row = append(row, made())
		}
		rows = append(rows, row)
	}
	models, err := c.BindRows(rows)
	if err != nil {
		return qb.Statement{}, err
	}
	return qb.Statement{Text: c.ModelsText(models)}, nil
}

// printKeys shows the query for the keys, then the change.
func (c *Command) printKeys(args []any) (qb.Statement, error) {
	find, err := c.Keys.Bind(args)
	if err != nil {
		return qb.Statement{}, err
	}
	request, err := c.BindKeys(args, nil)
	if err != nil {
		return qb.Statement{}, err
	}
	text := "keys = " + c.Keys.Text(find) + "\n"
	filter := is(keyField, op("$in", rawText("keys")))
	if c.Kind == DeleteMany {
		return qb.Statement{Text: text + c.callText("deleteMany", filter)}, nil
	}
	return qb.Statement{Text: text + c.callText("updateMany", filter, request.Update)}, nil
}
