package orm

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/rawtext"
	"github.com/weft-orm/weft/qb"
)

// rawStatement is a user's statement, ready to be sent.
type rawStatement struct {
	program driver.Program
	args    []any
}

// raw compiles a user's statement and binds its values, then flushes what is pending.
func (em *EntityManager) raw(ctx context.Context, op, text string, args []any, writes bool) (*rawStatement, error) {
	var opts []RawOption
	args = slices.DeleteFunc(slices.Clone(args), func(a any) bool {
		opt, ok := a.(RawOption)
		if ok {
			opts = append(opts, opt)
		}
		return ok
	})
	q, values, err := em.rawQuery(text, args)
	if err != nil {
		return nil, misfitOfRaw(op, err)
	}
	q.Mutates, q.Spread = q.Mutates || writes, rawOptionsOf(opts).replica
	program, err := em.db.engine.Compile(q)
	if err != nil {
		return nil, err
	}
	if err := em.flushRaw(ctx, op, opts); err != nil {
		return nil, err
	}
	if q.Mutates {
		em.noteOwn()
		em.unit.WrotePast(nil)
	}
	return &rawStatement{program, values}, nil
}

func rawOptionsOf(opts []RawOption) (o rawOptions) {
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	return o
}

// flushRaw writes what is pending before a statement of which nothing is known.
func (em *EntityManager) flushRaw(ctx context.Context, op string, opts []RawOption) error {
	mode := em.mode
	if o := rawOptionsOf(opts); o.mode != nil {
		mode = *o.mode
	}
	em.readAnywhere()
	if mode == FlushCommit || em.unresolved != nil || em.writing() || !em.pending(anyEntity) {
		return nil
	}
	return em.flushFor(ctx, op, "")
}

// misfitOfRaw tells what is wrong with a text or its values.
func misfitOfRaw(op string, err error) error {
	class := rawtext.ErrPlaceholder
	switch {
	case errors.Is(err, rawtext.ErrUnended):
		class = rawtext.ErrUnended
	case errors.Is(err, mapper.ErrValue):
		return &Error{Class: mapper.ErrValue, Op: op, Err: err}
	}
	return &Error{Class: class, Op: op, Detail: strings.TrimPrefix(err.Error(), class.Error()+": ")}
}

// rawQuery finds the placeholders of a text and the values for them.
func (em *EntityManager) rawQuery(text string, args []any) (*qb.Text, []any, error) {
	var language driver.Language
	if em.db.caps.Language != nil {
		language = *em.db.caps.Language
	}
	if len(args) == 0 {
		t := rawtext.Verbatim(text, language)
		return &qb.Text{Pieces: t.Pieces, Mutates: t.Mutates}, nil, nil
	}
	given, style := namedArgs(args)
	t, err := rawtext.Parse(text, style, language)
	if err != nil {
		return nil, nil, err
	}
	b := &binder{out: &qb.Text{Mutates: t.Mutates}, slots: map[any][]conditions.Slot{}, arrays: language.Arrays}
	if style == rawtext.Positional {
		if n := t.Count(); n > len(args) || n < len(args) && !t.Numbered {
			return nil, nil, fmt.Errorf("%w: %d placeholders and %d values", rawtext.ErrPlaceholder, n, len(args))
		}
	}
	b.out.Pieces = []string{t.Pieces[0]}
	for i, p := range t.Params {
		if style == rawtext.Positional {
			err = b.bind(p, p.Number, "value "+strconv.Itoa(p.Number+1), args[p.Number])
		} else if v, ok := given.find(p.Name); ok {
			err = b.bind(p, p.Name, ":"+p.Name, v)
		} else {
			err = fmt.Errorf("%w: no value for :%s%s", rawtext.ErrPlaceholder, p.Name, suggest.Hint(p.Name, given.names))
		}
		if err != nil {
			return nil, nil, err
		}
		last := len(b.out.Pieces) - 1
		b.out.Pieces[last] += t.Pieces[i+1]
	}
	return b.out, b.values, nil
}

// namedValues are the values of named placeholders.
type namedValues struct {
	names  []string
	values map[string]any
}

// find returns the value for a name: that of the name itself, else of one that differs
// in case and underscores alone, as columns find their fields.
func (n *namedValues) find(name string) (any, bool) {
	if v, ok := n.values[name]; ok {
		return v, true
	}
	for _, other := range n.names {
		if strings.EqualFold(letters(other), letters(name)) {
			return n.values[other], true
		}
	}
	return nil, false
}

// namedArgs finds out whether arguments are named: one map or struct, or sql.Named for each.
func namedArgs(args []any) (*namedValues, rawtext.Style) {
	n := &namedValues{values: map[string]any{}}
	for _, a := range args {
		if named, ok := a.(sql.NamedArg); ok {
			n.names, n.values[named.Name] = append(n.names, named.Name), named.Value
		}
	}
	if len(n.names) == len(args) {
		return n, rawtext.Named
	}
	if len(args) != 1 {
		return nil, rawtext.Positional
	}
	switch m := args[0].(type) {
	case map[string]any:
		n.values = m
	default:
		if !n.fields(reflect.ValueOf(args[0])) {
			return nil, rawtext.Positional
		}
		return n, rawtext.Named
	}
	n.names = slices.Sorted(maps.Keys(n.values))
	return n, rawtext.Named
}

// fields takes the values of a struct, by field or by its tag; it reports whether v is one.
func (n *namedValues) fields(v reflect.Value) bool {
	if !v.IsValid() || v.Type().Implements(valuerType) {
		return false
	}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct || isValue(v.Type()) || v.Type().Implements(valuerType) || v.Type() == reflect.TypeFor[secret]() {
		return false
	}
	for _, f := range reflect.VisibleFields(v.Type()) {
		tag := f.Tag.Get("orm")
		if !f.IsExported() || f.Anonymous || tag == "-" {
			continue
		}
		field, err := v.FieldByIndexErr(f.Index)
		if err != nil {
			continue // behind a nil embedded pointer
		}
		name := f.Name
		if tag != "" && !strings.ContainsAny(tag, ",= ") {
			name = tag
		}
		n.names, n.values[name] = append(n.names, name), field.Interface()
	}
	return true
}

// binder gives values their slots.
type binder struct {
	out    *qb.Text
	values []any
	slots  map[any][]conditions.Slot
	arrays bool
}

// bind puts the value of a placeholder, or all of a list, behind the last piece.
func (b *binder) bind(p rawtext.Param, id any, name string, v any) error {
	hidden := false
	if s, ok := v.(secret); ok {
		v, hidden = s.value, true
	}
	slots, known := b.slots[id]
	if !known {
		list, err := b.plain(p, name, v)
		if err != nil {
			return err
		}
		for _, value := range list {
			slots = append(slots, conditions.Slot(len(b.values)))
			b.values, b.out.Redacted = append(b.values, value), append(b.out.Redacted, hidden)
		}
		b.slots[id] = slots
	} else if len(slots) != 1 && !p.List {
		return fmt.Errorf("%w: %s is a list in one place and not in another", rawtext.ErrPlaceholder, name)
	}
	for i, slot := range slots {
		b.out.Uses = append(b.out.Uses, slot)
		separator := ""
		if i < len(slots)-1 {
			separator = ", "
		}
		b.out.Pieces = append(b.out.Pieces, separator)
	}
	return nil
}

// plain returns the canonical forms of a value: of a list in its place, all of them.
func (b *binder) plain(p rawtext.Param, name string, v any) ([]any, error) {
	r := reflect.ValueOf(v)
	_, valuer := v.(sqldriver.Valuer)
	isList := r.IsValid() && (r.Kind() == reflect.Slice || r.Kind() == reflect.Array && !isID(v)) && !valuer && r.Type().Elem().Kind() != reflect.Uint8
	if !isList || !p.List {
		if isList && !b.arrays {
			return nil, fmt.Errorf("%w: %s is a list, which stands alone between the parentheses of IN", rawtext.ErrPlaceholder, name)
		}
		value, err := plainArg(v)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", rawtext.ErrPlaceholder, name, err)
		}
		return []any{value}, nil
	}
	if r.Len() == 0 {
		return nil, fmt.Errorf("%w: %s is an empty list, which IN does not take; leave the condition out", rawtext.ErrPlaceholder, name)
	}
	list := make([]any, r.Len())
	for i := range list {
		value, err := plainArg(r.Index(i).Interface())
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", rawtext.ErrPlaceholder, name, err)
		}
		list[i] = value
	}
	return list, nil
}

func isID(v any) bool {
	switch v.(type) {
	case mapper.UUID, mapper.ULID, mapper.ObjectID:
		return true
	}
	return false
}

var valuerType = reflect.TypeFor[sqldriver.Valuer]()

// plainScalar is plainArg for what is no document.
func plainScalar(v any) (any, error) {
	r := reflect.ValueOf(v)
	switch v.(type) {
	case time.Time, mapper.UUID, mapper.ULID, mapper.ObjectID:
		return v, nil
	}
	if r.CanInt() || r.CanUint() || r.CanFloat() || r.Kind() == reflect.String || r.Kind() == reflect.Bool || r.Kind() == reflect.Pointer && r.IsNil() {
		return plainArg(v)
	}
	return nil, rawtext.ErrPlaceholder
}

// plainArg brings a value about which nothing but its Go type is known into canonical form.
func plainArg(v any) (any, error) {
	plain, err := plainOf(v)
	if err == nil {
		err = mapper.CheckNumber(plain)
	}
	return plain, err
}

func plainOf(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, int64, uint64, float64, string, []byte, mapper.Decimal, mapper.UUID, mapper.ULID, mapper.ObjectID:
		return v, nil
	case time.Time:
		return v.UTC(), nil
	case json.RawMessage:
		return string(v), nil
	case sqldriver.Valuer:
		if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && r.IsNil() {
			return nil, nil
		}
		value, err := v.Value()
		if err != nil {
			return nil, err
		}
		if _, again := value.(sqldriver.Valuer); again {
			return value, nil
		}
		return plainArg(value)
	}
	r := reflect.ValueOf(v)
	switch {
	case r.Kind() == reflect.Pointer:
		if r.IsNil() {
			return nil, nil
		}
		return plainArg(r.Elem().Interface())
	case r.CanInt():
		return r.Int(), nil
	case r.CanUint():
		return r.Uint(), nil
	case r.CanFloat():
		return r.Float(), nil
	case r.Kind() == reflect.Bool:
		return r.Bool(), nil
	case r.Kind() == reflect.String:
		return r.String(), nil
	case r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Uint8:
		return r.Bytes(), nil
	case r.Kind() == reflect.Slice || r.Kind() == reflect.Array:
		return v, nil // an array of the engine
	case r.Kind() == reflect.Map || r.Kind() == reflect.Struct:
		doc, err := json.Marshal(v)
		return string(doc), err
	}
	return nil, fmt.Errorf("a %T is no value", v)
}
