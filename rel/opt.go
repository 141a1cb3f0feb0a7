package rel

import "encoding/json"

// Opt is a value that may never have been assigned. An insert leaves the column
// of an unassigned Opt to the database's default and reads it back; a zero value
// that was assigned is written, and so is NULL where that was asked for by [Null] or
// SetNull. NULL reads as unassigned. The zero Opt is unassigned. An Opt is not safe
// for concurrent use.
type Opt[T any] struct {
	value T
	set   bool
	null  bool // an insert writes NULL over the default
}

// Some returns an Opt that was assigned v.
func Some[T any](v T) Opt[T] { return Opt[T]{value: v, set: true} }

// Null returns an Opt that an insert writes as NULL, whatever the column's default.
func Null[T any]() Opt[T] { return Opt[T]{null: true} }

// Get returns the value, and whether it was assigned.
func (o Opt[T]) Get() (value T, assigned bool) { return o.value, o.set }

// Or returns the value, or otherwise when it was never assigned.
func (o Opt[T]) Or(otherwise T) T {
	if o.set {
		return o.value
	}
	return otherwise
}

// Any is Get for code that does not know T.
func (o Opt[T]) Any() (value any, assigned bool) { return o.value, o.set }

// Set assigns v.
func (o *Opt[T]) Set(v T) { *o = Some(v) }

// SetNull makes an insert write NULL, whatever the column's default.
func (o *Opt[T]) SetNull() { *o = Null[T]() }

// IsNull reports that NULL was asked for. It is false after a read of NULL.
func (o Opt[T]) IsNull() bool { return o.null }

// Clear makes the value unassigned again.
func (o *Opt[T]) Clear() { *o = Opt[T]{} }

// MarshalJSON gives the value, or null.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if !o.set {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON assigns the value; null makes it unassigned.
func (o *Opt[T]) UnmarshalJSON(raw []byte) error {
	o.Clear()
	if string(raw) == "null" {
		return nil
	}
	if err := json.Unmarshal(raw, &o.value); err != nil {
		return err
	}
	o.set = true
	return nil
}
