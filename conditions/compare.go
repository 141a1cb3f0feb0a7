package conditions

import (
	"bytes"
	"cmp"
	"math/big"
	"strings"
	"time"

	"github.com/weft-orm/weft/mapper"
)

// compareBy compares two canonical values; with NULL the result is unknown.
func compareBy(op Op, a, b any) truth {
	if a == nil || b == nil {
		return isUnknown
	}
	c, ok := Order(a, b)
	if !ok {
		return isUnknown
	}
	switch op {
	case OpEq:
		return truthOf(c == 0)
	case OpNe:
		return truthOf(c != 0)
	case OpGt:
		return truthOf(c > 0)
	case OpGte:
		return truthOf(c >= 0)
	case OpLt:
		return truthOf(c < 0)
	}
	return truthOf(c <= 0)
}

// Order compares two canonical values that are not nil, as all engines order
// them: text by code point, identifiers by their bytes, false before true. ok is
// false when the values are of kinds that do not compare.
func Order(a, b any) (c int, ok bool) {
	switch a := a.(type) {
	case string:
		b, ok := b.(string)
		return strings.Compare(a, b), ok
	case bool:
		b, ok := b.(bool)
		return cmp.Compare(bit(a), bit(b)), ok
	case []byte:
		b, ok := b.([]byte)
		return bytes.Compare(a, b), ok
	case time.Time:
		b, ok := b.(time.Time)
		return a.Compare(b), ok
	case mapper.UUID:
		b, ok := b.(mapper.UUID)
		return bytes.Compare(a[:], b[:]), ok
	case mapper.ULID:
		b, ok := b.(mapper.ULID)
		return bytes.Compare(a[:], b[:]), ok
	case mapper.ObjectID:
		b, ok := b.(mapper.ObjectID)
		return bytes.Compare(a[:], b[:]), ok
	case []any:
		b, ok := b.([]any)
		return orderLists(a, b), ok
	}
	return orderNumbers(a, b)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func orderLists(a, b []any) int {
	for i := range min(len(a), len(b)) {
		if c, ok := Order(a[i], b[i]); c != 0 || !ok {
			return cmp.Or(c, -1)
		}
	}
	return cmp.Compare(len(a), len(b))
}

func orderNumbers(a, b any) (int, bool) {
	if x, ok := a.(int64); ok {
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y), true
		}
	}
	x, y := exact(a), exact(b)
	if x == nil || y == nil {
		return 0, false
	}
	return x.Cmp(y), true
}

// exact returns a number without loss, nil for anything else.
func exact(v any) *big.Rat {
	switch v := v.(type) {
	case int64:
		return new(big.Rat).SetInt64(v)
	case uint64:
		return new(big.Rat).SetUint64(v)
	case float64:
		return new(big.Rat).SetFloat64(v)
	case mapper.Decimal:
		r, _ := new(big.Rat).SetString(string(v))
		return r
	case *big.Rat:
		return v
	}
	return nil
}
