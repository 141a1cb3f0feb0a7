package compile

import (
	"fmt"
	"strconv"

	"github.com/weft-orm/weft/cmd/internal/plan"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb/mongo"
	"github.com/weft-orm/weft/qb/sql"
)

// Statement is a step as one back end would run it.
type Statement struct {
	// Target is the back end.
	Target string
	// Text is SQL with placeholders, or a command in the MongoDB shell's notation.
	Text string
	// Params are the parameters in the order of the placeholders; those of a
	// command stand in its text, but for keys that are not known yet.
	Params []Param
	// Err is why the back end cannot run the step, or nil.
	Err error
}

// Param is one parameter.
type Param struct {
	// Placeholder is what stands for the parameter in the text: "?", "$1".
	Placeholder string
	// Value is what the engine's driver gets.
	Value any
	// Name stands for a value that is not known yet: "$owners"; else "".
	Name string
}

// Step compiles one step for one target. What the target cannot express is in
// Statement.Err.
func Step(step *plan.Step, target string) *Statement {
	st := &Statement{Target: target}
	if target == Mongo {
		st.Err = st.mongo(step)
	} else {
		st.Err = st.sql(step, dialect(target))
	}
	return st
}

// sql compiles for an SQL dialect.
func (st *Statement) sql(step *plan.Step, d *sql.Dialect) error {
	compiled, err := d.Compile(step.Query)
	if err != nil {
		return err
	}
	st.Text = compiled.Text
	for i, use := range compiled.Uses {
		p := Param{Placeholder: "?"}
		if d.Name() == "postgres" {
			p.Placeholder = "$" + strconv.Itoa(i+1)
		}
		if step.Keys != conditions.NoSlot && use.Slot == step.Keys {
			p.Name = step.KeysName
		} else {
			one := sql.Statement{Uses: compiled.Uses[i : i+1]}
			values, err := one.Bind(nil, step.Args)
			if err != nil {
				return fmt.Errorf("parameter %d: %w", i+1, err)
			}
			p.Value = values[0]
		}
		st.Params = append(st.Params, p)
	}
	return nil
}

// mongo compiles to a find or an aggregation.
func (st *Statement) mongo(step *plan.Step) error {
	command, err := mongo.Compile(step.Query)
	if err != nil {
		return err
	}
	if step.Keys != conditions.NoSlot {
		st.Text = command.String()
		for slot, v := range step.Args {
			p := Param{Placeholder: "?" + strconv.Itoa(slot), Value: v}
			if slot == int(step.Keys) {
				p.Name = step.KeysName
			}
			st.Params = append(st.Params, p)
		}
		return nil
	}
	request, err := command.Bind(step.Args)
	if err != nil {
		return err
	}
	st.Text = command.Text(request)
	return nil
}
