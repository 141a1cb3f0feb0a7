package postgres

import (
	"encoding/binary"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// arrayCodec is pgx's codec of arrays with a quicker way for lists of plain values, the form
// in which keys and the columns of many rows travel: pgx boxes every element and asks for its codec.
type arrayCodec struct{ *pgtype.ArrayCodec }

// quickArrays are the arrays that have it.
var quickArrays = []uint32{
	pgtype.Int8ArrayOID, pgtype.Int4ArrayOID, pgtype.Float8ArrayOID, pgtype.BoolArrayOID, pgtype.TextArrayOID,
	pgtype.VarcharArrayOID, pgtype.ByteaArrayOID, pgtype.TimestamptzArrayOID, pgtype.UUIDArrayOID,
}

// quickenArrays lets a connection encode arrays quickly.
func quickenArrays(types *pgtype.Map) {
	for _, oid := range quickArrays {
		t, ok := types.TypeForOID(oid)
		if !ok {
			continue
		}
		if own, ok := t.Codec.(*pgtype.ArrayCodec); ok {
			types.RegisterType(&pgtype.Type{Name: t.Name, OID: oid, Codec: arrayCodec{own}})
		}
	}
}

// ofArrays returns pgx's codec of arrays behind a codec, nil when it is for something else.
func ofArrays(c pgtype.Codec) *pgtype.ArrayCodec {
	switch c := c.(type) {
	case *pgtype.ArrayCodec:
		return c
	case arrayCodec:
		return c.ArrayCodec
	}
	return nil
}

// PlanEncode implements pgtype.Codec.
func (c arrayCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if format == pgx.BinaryFormatCode {
		if plan := c.quick(m, oid, value); plan != nil {
			return plan
		}
	}
	return c.ArrayCodec.PlanEncode(m, oid, format, value)
}

// quick returns the plan for a list of plain values, nil for others.
func (c arrayCodec) quick(m *pgtype.Map, oid uint32, value any) pgtype.EncodePlan {
	switch element := c.ElementType.OID; value.(type) {
	case []int64, []*int64:
		switch element {
		case pgtype.Int8OID:
			return plan(c, m, oid, 8, func(b []byte, i int64) ([]byte, bool) {
				return binary.BigEndian.AppendUint64(append(b, 0, 0, 0, 8), uint64(i)), true
			})
		case pgtype.Int4OID:
			return plan(c, m, oid, 4, func(b []byte, i int64) ([]byte, bool) {
				return binary.BigEndian.AppendUint32(append(b, 0, 0, 0, 4), uint32(i)), i == int64(int32(i))
			})
		}
	case []float64, []*float64:
		if element == pgtype.Float8OID {
			return plan(c, m, oid, 8, func(b []byte, f float64) ([]byte, bool) {
				return binary.BigEndian.AppendUint64(append(b, 0, 0, 0, 8), math.Float64bits(f)), true
			})
		}
	case []bool, []*bool:
		if element == pgtype.BoolOID {
			return plan(c, m, oid, 1, func(b []byte, v bool) ([]byte, bool) {
				if v {
					return append(b, 0, 0, 0, 1, 1), true
				}
				return append(b, 0, 0, 0, 1, 0), true
			})
		}
	case []string, []*string:
		if element == pgtype.TextOID || element == pgtype.VarcharOID {
			return plan(c, m, oid, 16, func(b []byte, s string) ([]byte, bool) { return append(length(b, len(s)), s...), true })
		}
	case [][]byte, []*[]byte:
		if element == pgtype.ByteaOID {
			return plan(c, m, oid, 16, func(b []byte, v []byte) ([]byte, bool) { return append(length(b, len(v)), v...), v != nil })
		}
	case []time.Time, []*time.Time:
		if element == pgtype.TimestamptzOID {
			return plan(c, m, oid, 8, func(b []byte, t time.Time) ([]byte, bool) {
				since := (t.Unix()-epoch.Unix())*1_000_000 + int64(t.Nanosecond())/1000
				return binary.BigEndian.AppendUint64(append(b, 0, 0, 0, 8), uint64(since)), true
			})
		}
	case [][16]byte, []*[16]byte:
		if element == pgtype.UUIDOID {
			return plan(c, m, oid, 16, func(b []byte, u [16]byte) ([]byte, bool) { return append(append(b, 0, 0, 0, 16), u[:]...), true })
		}
	}
	return nil
}

func length(b []byte, n int) []byte { return binary.BigEndian.AppendUint32(b, uint32(n)) }

// quickPlan encodes a list of T, or of pointers to T where some are NULL.
type quickPlan[T any] struct {
	codec arrayCodec
	types *pgtype.Map
	oid   uint32
	size  int // of an element, usually
	// put appends an element with its length; false asks for pgx, which knows what is wrong
	// with the element, or how else it is written.
	put func(b []byte, v T) ([]byte, bool)
}

func plan[T any](c arrayCodec, m *pgtype.Map, oid uint32, size int, put func([]byte, T) ([]byte, bool)) pgtype.EncodePlan {
	return &quickPlan[T]{c, m, oid, size, put}
}

// Encode implements pgtype.EncodePlan.
func (p *quickPlan[T]) Encode(value any, buf []byte) ([]byte, error) {
	start, ok := len(buf), false
	switch list := value.(type) {
	case []T:
		if buf, ok = p.values(p.head(buf, len(list), false), list); ok {
			return buf, nil
		}
		value = pgtype.FlatArray[T](list)
	case []*T:
		if buf, ok = p.pointers(p.head(buf, len(list), true), list); ok {
			return buf, nil
		}
		value = pgtype.FlatArray[*T](list)
	}
	return p.codec.ArrayCodec.PlanEncode(p.types, p.oid, pgx.BinaryFormatCode, value).Encode(value, buf[:start])
}

// head appends what comes before n elements of an array of one dimension.
func (p *quickPlan[T]) head(b []byte, n int, nulls bool) []byte {
	b = slices.Grow(b, 20+n*(4+p.size))
	b = append(b, 0, 0, 0, 1, 0, 0, 0, 0)
	if nulls {
		b[len(b)-1] = 1
	}
	b = binary.BigEndian.AppendUint32(b, p.codec.ElementType.OID)
	return append(length(b, n), 0, 0, 0, 1)
}

func (p *quickPlan[T]) values(b []byte, list []T) (_ []byte, ok bool) {
	for _, v := range list {
		if b, ok = p.put(b, v); !ok {
			return b, false
		}
	}
	return b, len(list) > 0
}

func (p *quickPlan[T]) pointers(b []byte, list []*T) (_ []byte, ok bool) {
	for _, v := range list {
		if v == nil {
			b = append(b, 0xff, 0xff, 0xff, 0xff)
			continue
		}
		if b, ok = p.put(b, *v); !ok {
			return b, false
		}
	}
	return b, len(list) > 0
}
