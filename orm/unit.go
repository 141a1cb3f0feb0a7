package orm

import (
	"errors"
	"reflect"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/fault"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// managed is everything a manager keeps about one entity.
type managed = unit.Managed

// locate returns metadata and address of what the user handed in: a *T.
func (em *EntityManager) locate(op string, entity any) (*mapper.Entity, unsafe.Pointer, error) {
	v := reflect.ValueOf(entity)
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, nil, &Error{Class: ErrInvalidOption, Op: op, Detail: "the " + typeName(entity) + " is nil"}
	}
	if v.Kind() != reflect.Pointer {
		return nil, nil, &Error{Class: ErrUnknownEntity, Op: op, Detail: "got " + typeName(entity) + ", want a pointer to an entity"}
	}
	e := em.db.registry.ByType(v.Type().Elem())
	switch {
	case em.guard.fault != nil:
		return nil, nil, em.guard.fault
	case e == nil:
		return nil, nil, &Error{Class: ErrUnknownEntity, Op: op, Detail: typeName(entity)}
	}
	return e, v.UnsafePointer(), nil
}

func typeName(v any) string {
	if v == nil {
		return "nil"
	}
	return reflect.TypeOf(v).String()
}

// told gives the mistakes of the rooms below their operation.
func told(op string, err error) error {
	if err == nil {
		return nil
	}
	_, own := err.(*Error)
	if joined, ok := err.(interface{ Unwrap() []error }); ok && !own {
		var list []error
		for _, e := range joined.Unwrap() {
			list = append(list, told(op, e))
		}
		return errors.Join(list...)
	}
	var stale *unit.StaleError
	if errors.As(err, &stale) {
		return &OptimisticLockError{Entity: stale.Entity, Key: stale.Key, Expected: stale.Expected}
	}
	var e *Error
	if !errors.As(err, &e) || e.Op != "" {
		return err
	}
	of := *e
	of.Op = op
	return &of
}

// subject returns "Author 7", or "Author" while there is no key.
func subject(entity string, key any) string { return fault.Subject(entity, key) }

func flagByte(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// entityOfValue returns the metadata of an entity type given as a value or pointer.
func (db *DB) entityOfValue(x any) (*mapper.Entity, error) {
	t := reflect.TypeOf(x)
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t != nil {
		if e := db.registry.ByType(t); e != nil {
			return e, nil
		}
	}
	return nil, &Error{Class: ErrUnknownEntity, Detail: typeName(x)}
}
