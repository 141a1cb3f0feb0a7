package mongo

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/mapper"
)

// Cell is one column of a result row: where it stands in a result document and
// how it is read. Cells come in the order documented at qb.Select.
type Cell struct {
	// Path are the field names from the document's top, ["_id", "order"].
	Path []string
	// Type is the type of the value; nil reads it by its BSON type.
	Type *mapper.Type
}

// cellAt makes a cell from a dotted path.
func cellAt(path string, t *mapper.Type) Cell {
	return Cell{Path: strings.Split(path, "."), Type: t}
}

// Decode returns the canonical form of a stored value. A missing value is nil, and
// so is null, except that of a JSON property, which is JSON's own null. A value
// whose BSON type does not fit the type is an [ErrDocument], except that numbers
// of any width are taken where they are exact. Nothing of the result refers to
// the memory behind v.
func Decode(v bson.RawValue, t *mapper.Type) (any, error) {
	null := v.Type == bson.TypeNull || v.Type == bson.TypeUndefined
	switch {
	case v.Type == 0 || null && (t == nil || t.StoredKind() != mapper.JSON):
		return nil, nil
	case t == nil:
		return decodeFree(v)
	}
	return decodeKind(v, t.StoredKind(), t)
}

func decodeKind(v bson.RawValue, kind mapper.ValueKind, t *mapper.Type) (any, error) {
	switch kind {
	case mapper.Bool:
		if b, ok := v.BooleanOK(); ok {
			return b, nil
		}
	case mapper.Int, mapper.Duration:
		if n, ok := integer(v); ok {
			return n, nil
		}
	case mapper.Uint:
		if n, ok := integer(v); ok && n >= 0 {
			return uint64(n), nil
		}
	case mapper.Float:
		if f, ok := v.AsFloat64OK(); ok {
			return f, nil
		}
	case mapper.DecimalKind:
		return decodeDecimal(v, t)
	case mapper.String:
		if s, ok := v.StringValueOK(); ok {
			return s, nil
		}
	case mapper.Bytes:
		if _, data, ok := v.BinaryOK(); ok {
			return append([]byte{}, data...), nil
		}
	case mapper.Time, mapper.Date:
		if ms, ok := v.DateTimeOK(); ok {
			return time.UnixMilli(ms).UTC(), nil
		}
	case mapper.UUIDKind, mapper.ULIDKind:
		if _, data, ok := v.BinaryOK(); ok && len(data) == 16 {
			if kind == mapper.ULIDKind {
				return mapper.ULID(data), nil
			}
			return mapper.UUID(data), nil
		}
	case mapper.ObjectIDKind:
		if id, ok := v.ObjectIDOK(); ok {
			return mapper.ObjectID(id), nil
		}
	case mapper.JSON:
		text, err := appendJSON(nil, v)
		return json.RawMessage(text), err
	case mapper.Array:
		return decodeArray(v, t.Elem)
	}
	return nil, &ValueError{Class: ErrDocument, Kind: v.Type.String(), Want: t.GoName}
}

// integer reads a whole number from any numeric type.
func integer(v bson.RawValue) (int64, bool) {
	switch v.Type {
	case bson.TypeInt32:
		return int64(v.Int32()), true
	case bson.TypeInt64:
		return v.Int64(), true
	case bson.TypeDouble:
		f := v.Double()
		return int64(f), f == math.Trunc(f) && math.Abs(f) < 1<<63
	case bson.TypeDecimal128:
		n, err := strconv.ParseInt(plainDecimal(v.Decimal128()), 10, 64)
		return n, err == nil
	}
	return 0, false
}

func decodeDecimal(v bson.RawValue, t *mapper.Type) (any, error) {
	switch v.Type {
	case bson.TypeDecimal128:
		return mapper.Decimal(scaled(plainDecimal(v.Decimal128()), t.Scale)), nil
	case bson.TypeInt32, bson.TypeInt64:
		return mapper.Decimal(scaled(strconv.FormatInt(v.AsInt64(), 10), t.Scale)), nil
	case bson.TypeDouble:
		return mapper.Decimal(scaled(strconv.FormatFloat(v.Double(), 'f', -1, 64), t.Scale)), nil
	}
	return nil, &ValueError{Class: ErrDocument, Kind: v.Type.String(), Want: "decimal"}
}

// plainDecimal writes a Decimal128 without an exponent.
func plainDecimal(d bson.Decimal128) string {
	n, exp, err := d.BigInt()
	if err != nil {
		return d.String()
	}
	digits, sign := n.String(), ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	switch {
	case exp > 0 && digits != "0":
		digits += strings.Repeat("0", exp)
	case exp < 0:
		if short := 1 - exp - len(digits); short > 0 {
			digits = strings.Repeat("0", short) + digits
		}
		point := len(digits) + exp
		digits = digits[:point] + "." + digits[point:]
	}
	return sign + digits
}

// scaled pads the fraction of a plain decimal to scale digits.
func scaled(s string, scale int) string {
	point := strings.IndexByte(s, '.')
	if point < 0 {
		if scale == 0 {
			return s
		}
		return s + "." + strings.Repeat("0", scale)
	}
	for have := len(s) - point - 1; have > scale && s[len(s)-1] == '0'; have-- {
		s = s[:len(s)-1]
	}
	s = strings.TrimSuffix(s, ".")
	if have := len(s) - point - 1; point < len(s) && have < scale {
		s += strings.Repeat("0", scale-have)
	}
	return s
}

func decodeArray(v bson.RawValue, elem *mapper.Type) (any, error) {
	array, ok := v.ArrayOK()
	if !ok {
		return nil, &ValueError{Class: ErrDocument, Kind: v.Type.String(), Want: "array"}
	}
	values, err := array.Values()
	if err != nil {
		return nil, err
	}
	out := make([]any, len(values))
	for i, item := range values {
		if out[i], err = Decode(item, elem); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// decodeFree reads a computed value by its own type.
func decodeFree(v bson.RawValue) (any, error) {
	switch v.Type {
	case bson.TypeBoolean:
		return v.Boolean(), nil
	case bson.TypeInt32, bson.TypeInt64:
		return v.AsInt64(), nil
	case bson.TypeDouble:
		return v.Double(), nil
	case bson.TypeString:
		return v.StringValue(), nil
	case bson.TypeDateTime:
		return v.Time().UTC(), nil
	case bson.TypeObjectID:
		return mapper.ObjectID(v.ObjectID()), nil
	case bson.TypeDecimal128:
		return mapper.Decimal(plainDecimal(v.Decimal128())), nil
	case bson.TypeBinary:
		subtype, data := v.Binary()
		if subtype == bson.TypeBinaryUUID && len(data) == 16 {
			return mapper.UUID(data), nil
		}
		return append([]byte{}, data...), nil
	}
	text, err := appendJSON(nil, v)
	return json.RawMessage(text), err
}
