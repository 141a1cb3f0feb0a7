package sql

import (
	"fmt"
	"slices"

	"github.com/weft-orm/weft/conditions"
)

// Statement is a compiled read or bulk write. It is immutable and safe for
// concurrent use.
type Statement struct {
	// Text is the SQL with the engine's placeholders.
	Text string
	// Uses say, placeholder by placeholder, where the parameter comes from.
	Uses []Use

	long *spelledList // nil for none
}

// Use is one placeholder of a statement.
type Use struct {
	// Slot is the argument's number, or conditions.NoSlot for a constant.
	Slot conditions.Slot
	// Const is the parameter itself when Slot is NoSlot.
	Const any
	// Encode turns the canonical value into the engine's parameter; nil passes it on.
	Encode Encoding
}

// Encoding turns a canonical value (mapper.ValueKind lists the forms) into what
// the engine's Go driver takes. Encodings are pure and never see nil.
type Encoding func(v any) (any, error)

// Bind appends the engine's parameters for args, the canonical values by slot
// number, to dst. It fails with [ErrArgument] when a slot has no value or a
// value does not fit its place.
func (s *Statement) Bind(dst, args []any) ([]any, error) {
	dst = slices.Grow(dst, len(s.Uses))
	for i := range s.Uses {
		p, err := s.Uses[i].bind(args)
		if err != nil {
			return dst, unbound(i, err)
		}
		dst = append(dst, p)
	}
	return dst, nil
}

// BindText is Bind with the text that goes with the parameters: another than Text where a
// list is long, see spelledList.
func (s *Statement) BindText(dst, args []any) (text string, params []any, err error) {
	if s.long != nil {
		if items := s.long.items(args); items != nil {
			return s.long.bind(dst, args, items)
		}
	}
	params, err = s.Bind(dst, args)
	return s.Text, params, err
}

// unbound tells which parameter has no value.
func unbound(i int, err error) error { return fmt.Errorf("sql: parameter %d: %w", i+1, err) }

// String returns the text.
func (s *Statement) String() string { return s.Text }

func (u *Use) bind(args []any) (any, error) {
	if u.Slot == conditions.NoSlot {
		return u.Const, nil
	}
	if int(u.Slot) >= len(args) {
		return nil, fmt.Errorf("%w: no value for slot %d of %d", ErrArgument, u.Slot, len(args))
	}
	v := args[u.Slot]
	if v == nil || u.Encode == nil {
		return v, nil
	}
	return u.Encode(v)
}
