package driver

import (
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"github.com/weft-orm/weft/mapper"
)

// Assign stores an engine's value (int64, uint64, float64, bool, string, []byte,
// time.Time, mapper.UUID or nil) in a destination of Rows.Scan: an sql.Scanner, a pointer to a
// basic Go type, or *any. It is a help for those who write drivers. Byte slices
// are not copied for a Scanner and are for any other destination.
func Assign(dest, src any) error {
	if s, ok := dest.(sql.Scanner); ok {
		return s.Scan(src)
	}
	switch d := dest.(type) {
	case *any:
		*d = src
		if b, ok := src.([]byte); ok {
			*d = append([]byte{}, b...)
		}
		return nil
	case *int64:
		return assignInt(d, src)
	case *int:
		return assignInt(d, src)
	case *int32:
		return assignInt(d, src)
	case *int16:
		return assignInt(d, src)
	case *int8:
		return assignInt(d, src)
	case *uint64:
		return assignInt(d, src)
	case *uint:
		return assignInt(d, src)
	case *uint32:
		return assignInt(d, src)
	case *uint16:
		return assignInt(d, src)
	case *uint8:
		return assignInt(d, src)
	}
	return assignOther(dest, src)
}

type integer interface {
	int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64
}

func assignInt[T integer](dest *T, src any) error {
	switch v := src.(type) {
	case int64:
		*dest = T(v)
		if int64(*dest) == v && (v < 0) == (*dest < 0) {
			return nil
		}
	case uint64:
		*dest = T(v)
		if uint64(*dest) == v && *dest >= 0 {
			return nil
		}
	case bool:
		*dest = 0
		if v {
			*dest = 1
		}
		return nil
	case string:
		return assignDigits(dest, v)
	case []byte:
		return assignDigits(dest, string(v))
	}
	return cannotAssign(dest, src)
}

func assignDigits[T integer](dest *T, s string) error {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return assignInt(dest, n)
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return cannotAssign(dest, s)
	}
	return assignInt(dest, n)
}

func assignOther(dest, src any) error {
	switch d := dest.(type) {
	case *string:
		switch v := src.(type) {
		case string:
			*d = v
			return nil
		case []byte:
			*d = string(v)
			return nil
		}
	case *[]byte:
		switch v := src.(type) {
		case []byte:
			*d = append([]byte{}, v...)
			return nil
		case string:
			*d = []byte(v)
			return nil
		case nil:
			*d = nil
			return nil
		}
	case *bool:
		switch v := src.(type) {
		case bool:
			*d = v
			return nil
		case int64:
			*d = v != 0
			return nil
		}
	case *float64:
		return assignFloat(d, src)
	case *float32:
		return assignFloat(d, src)
	case *time.Time:
		if v, ok := src.(time.Time); ok {
			*d = v
			return nil
		}
	case *[16]byte:
		if v, ok := src.(mapper.UUID); ok {
			*d = v
			return nil
		}
	}
	return cannotAssign(dest, src)
}

func assignFloat[T float32 | float64](dest *T, src any) error {
	switch v := src.(type) {
	case float64:
		*dest = T(v)
		return nil
	case float32:
		*dest = T(v)
		return nil
	case int64:
		*dest = T(v)
		return nil
	case []byte:
		return assignFloat(dest, string(v))
	case string:
		n, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return cannotAssign(dest, src)
		}
		*dest = T(n)
		return nil
	}
	return cannotAssign(dest, src)
}

func cannotAssign(dest, src any) error {
	return fmt.Errorf("%w: cannot scan %T into %T", ErrScan, src, dest)
}
