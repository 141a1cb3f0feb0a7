package mapper

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Check reports what keeps a value from being written to the property: NULL
// where there must be a value, or what [Type.Check] finds. Errors are [ErrValue]
// wrapped in a [*PropertyError]. A NULL that the database replaces on insert is
// the caller's business.
func (p *Property) Check(v any) error {
	var err error
	switch {
	case v != nil && p.Type != nil:
		err = p.Type.Check(v)
	case v == nil && !p.Nullable && p.Type != nil:
		err = p.Type.notNull()
	}
	if err != nil {
		return &PropertyError{p.String(), err}
	}
	return nil
}

// Check reports what keeps a canonical value from being written: text that is
// not UTF-8, holds NUL or is too long, a value outside the enum, a decimal with
// too many digits, an unsigned integer or a year the database cannot hold, or the error an
// accessor gave in place of a value.
func (t *Type) Check(v any) error {
	switch v := v.(type) {
	case nil:
		return nil
	case error:
		return t.unwritable(v)
	case string:
		return t.checkText(v)
	case float64:
		if !finite(v) {
			return t.wrong(notFinite)
		}
	case json.RawMessage:
		if !utf8.Valid(v) {
			return t.wrong(notUTF8)
		}
	case []byte:
		if t.Kind == Bytes && t.Length > 0 && len(v) > t.Length {
			return t.wrong("is longer than " + count(t.Length, "byte"))
		}
	case Decimal:
		if digits := strings.Trim(strings.Replace(string(v), ".", "", 1), "-"); t.Precision > 0 && len(strings.TrimLeft(digits, "0")) > t.Precision {
			return t.wrong("has more than " + count(t.Precision, "digit"))
		}
		if _, ok := normalDecimal(string(v), t.Scale); !ok {
			return t.wrong("is not a decimal")
		}
	case uint64:
		if t.beyond(v) {
			return t.wrong("is more than the database keeps")
		}
	case time.Time:
		if !t.Years.has(v) {
			return t.wrong(t.Years.refusal())
		}
	case []any:
		for _, item := range v {
			if t.Elem == nil {
				break
			}
			if err := t.Elem.Check(item); err != nil {
				return err
			}
		}
		return nil
	}
	return t.checkEnum(v)
}

// notFinite is what is wrong with NaN and the infinities: SQLite keeps NaN as NULL,
// MariaDB has neither, and no condition finds them.
const notFinite = "must be finite"

// finite reports a number that every database keeps.
func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// CheckNumber reports a number without a property, an argument of raw SQL, that is
// none: by itself, behind a pointer or a driver.Valuer, or in a list. The error is an [ErrValue].
func CheckNumber(v any) error {
	switch v.(type) {
	case nil, string, int, int64, bool, []byte, time.Time:
		return nil
	}
	v = plainValue(v, Float)
	r := reflect.ValueOf(v)
	switch {
	case r.IsValid() && r.CanFloat():
		if !finite(r.Float()) {
			return &ValueError{Type: "float64", GoType: r.Type().String(), Reason: notFinite}
		}
	case r.Kind() == reflect.Slice || r.Kind() == reflect.Array:
		if r.Type().Elem().Kind() == reflect.Uint8 {
			return nil
		}
		for i := range r.Len() {
			if err := CheckNumber(r.Index(i).Interface()); err != nil {
				return err
			}
		}
	}
	return nil
}

// IsNilPointer reports a pointer of any type that is nil: NULL, like nil itself.
func IsNilPointer(v any) bool {
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

// unwritable is the error an accessor gave in place of a value.
func (t *Type) unwritable(err error) error {
	if own, ok := err.(*ValueError); ok {
		return own
	}
	reason := "cannot be written: " + err.Error()
	if bad, ok := errors.AsType[*json.UnsupportedValueError](err); ok && bad.Value.CanFloat() && !finite(bad.Value.Float()) {
		reason = notFinite
	}
	if errors.Is(err, errNotUTF8) {
		reason = notUTF8
	}
	return t.wrong(reason)
}

// wrong makes a ValueError for a value of the right type.
func (t *Type) wrong(reason string) error {
	return &ValueError{Type: t.GoName, GoType: t.GoName, Reason: reason}
}

// beyond reports an unsigned integer that the database cannot hold.
func (t *Type) beyond(n uint64) bool { return t.MaxUint > 0 && n > t.MaxUint }

// checkText checks a string.
func (t *Type) checkText(s string) error {
	switch {
	case !utf8.ValidString(s):
		return t.wrong(notUTF8)
	case strings.IndexByte(s, 0) >= 0:
		return t.wrong("must not contain NUL")
	case t.Length > 0 && len(s) > t.Length && utf8.RuneCountInString(s) > t.Length:
		return t.wrong("is longer than " + count(t.Length, "character"))
	case len(t.Enum) == 0:
		return nil // without a box for s
	}
	return t.checkEnum(s)
}

// checkEnum checks membership.
func (t *Type) checkEnum(v any) error {
	if len(t.Enum) > 0 && !slices.Contains(t.Enum, v) {
		return t.wrong(fmt.Sprintf("must be one of %v", t.Enum))
	}
	return nil
}
