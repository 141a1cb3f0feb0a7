package histories_test

import (
	"fmt"
	"strings"
)

// step is one thing a user does. Entities are named by handles, so that a history
// from which steps were taken out still makes sense.
type step struct {
	// Do names the action.
	Do string
	// H is the entity it is done to, To are others it is about.
	H  int
	To []int
	// T is a type, F a view or a scalar.
	T, F string
	// V are values, N is whatever else an action needs.
	V []any
	N int
}

// String writes the step as Go.
func (s step) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "{Do: %q", s.Do)
	if s.H != 0 {
		fmt.Fprintf(&b, ", H: %d", s.H)
	}
	if s.T != "" {
		fmt.Fprintf(&b, ", T: %q", s.T)
	}
	if s.F != "" {
		fmt.Fprintf(&b, ", F: %q", s.F)
	}
	if len(s.To) > 0 {
		fmt.Fprintf(&b, ", To: []int{%s}", joined(s.To, "%d"))
	}
	if len(s.V) > 0 {
		fmt.Fprintf(&b, ", V: []any{%s}", joined(s.V, "%#v"))
	}
	if s.N != 0 {
		fmt.Fprintf(&b, ", N: %d", s.N)
	}
	return b.String() + "}"
}

func joined[T any](list []T, format string) string {
	words := make([]string, len(list))
	for i, x := range list {
		if words[i] = fmt.Sprintf(format, x); words[i] == "<nil>" {
			words[i] = "nil"
		}
	}
	return strings.Join(words, ", ")
}

// source writes a history as a test of this package.
func source(name, engine string, steps []step) string {
	var b strings.Builder
	fmt.Fprintf(&b, "func Test%s(t *testing.T) {\n\treplay(t, %q, []step{\n", name, engine)
	for _, s := range steps {
		fmt.Fprintf(&b, "\t\t%s,\n", s)
	}
	b.WriteString("\t})\n}\n")
	return b.String()
}

// action is a kind of step.
type action struct {
	name string
	// may reports that the step has one clear meaning in the model as it is; else it is left out.
	may func(m *model, st step) bool
	// mean does it in the model.
	mean func(m *model, st step)
	// do does it in the unit. Reads may write what is pending before.
	do   func(r *run, st step) error
	read bool
	// writes is how many operations it sends itself, more adds what the engine needs besides.
	writes int
	more   func(r *run, st step) int
	// alone steps use another unit, outside of transactions; inside ones are done in them.
	alone, inside bool
	// beside says that alone steps are done in transactions, too, where those have locks of rows.
	beside bool
	// forgets says that entities leave the unit, and may be read anew.
	forgets bool
	// check compares what a read found, when it is known whether it flushed before.
	check func(r *run, st step, flushed bool, before *model) error
	// whole actions are about flushes and transactions: they look after the model themselves.
	whole func(r *run, st step) bool
	// draw proposes a step, with this weight among all.
	draw   func(g *drawing) (step, bool)
	weight int
}

// actions are all kinds of steps by name.
var actions = map[string]*action{}

// kinds are their names in the order they were declared.
var kinds []string

// declare adds kinds of steps.
func declare(list ...*action) bool {
	for _, a := range list {
		actions[a.name] = a
		kinds = append(kinds, a.name)
	}
	return true
}
