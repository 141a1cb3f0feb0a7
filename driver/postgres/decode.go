package postgres

import (
	"database/sql"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
)

// scan stores a raw value in a destination of Rows.Scan. The common pairs of column
// type and destination are decoded here, without pgx's scan plans.
func scan(types *pgtype.Map, f *pgconn.FieldDescription, raw []byte, dest any) error {
	switch d := dest.(type) {
	case sql.Scanner:
		v, err := decode(types, f.DataTypeOID, f.Format, raw)
		if err != nil {
			return err
		}
		return d.Scan(v)
	case *any:
		v, err := decode(types, f.DataTypeOID, f.Format, raw)
		if err != nil {
			return err
		}
		return driver.Assign(d, v)
	}
	if raw != nil && f.Format == pgx.BinaryFormatCode && scanNative(f.DataTypeOID, raw, dest) {
		return nil
	}
	return types.Scan(f.DataTypeOID, f.Format, raw, dest)
}

// scanNative decodes what needs no conversion and reports whether it did.
func scanNative(oid uint32, raw []byte, dest any) bool {
	switch d := dest.(type) {
	case *int64:
		switch oid {
		case pgtype.Int8OID:
			*d = int64(binary.BigEndian.Uint64(raw))
		case pgtype.Int4OID:
			*d = int64(int32(binary.BigEndian.Uint32(raw)))
		default:
			return false
		}
		return true
	case *string:
		if !isText(oid) {
			return false
		}
		*d = string(raw)
		return true
	case *bool:
		if oid != pgtype.BoolOID {
			return false
		}
		*d = raw[0] != 0
		return true
	case *float64:
		if oid != pgtype.Float8OID {
			return false
		}
		*d = math.Float64frombits(binary.BigEndian.Uint64(raw))
		return true
	case *time.Time:
		t, ok := decodeTime(oid, raw)
		if ok {
			*d = t
		}
		return ok
	}
	return false
}

func isText(oid uint32) bool {
	switch oid {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID:
		return true
	}
	return false
}

// decode returns a raw value as Go value: int64, float64, bool, string, []byte
// (pointing into raw), time.Time in UTC, mapper.UUID, or []any for arrays.
// Numerics are strings, as are types the connection does not know.
func decode(types *pgtype.Map, oid uint32, format int16, raw []byte) (any, error) {
	if raw == nil {
		return nil, nil
	}
	if format != pgx.BinaryFormatCode {
		return decodeText(types, oid, raw)
	}
	if v, ok := decodeScalar(oid, raw); ok {
		return v, nil
	}
	t, ok := types.TypeForOID(oid)
	if !ok {
		return raw, nil
	}
	if ofArrays(t.Codec) != nil {
		return decodeArray(types, raw)
	}
	return t.Codec.DecodeDatabaseSQLValue(types, oid, format, raw)
}

func decodeScalar(oid uint32, raw []byte) (any, bool) {
	if isText(oid) {
		return string(raw), true
	}
	switch oid {
	case pgtype.Int8OID:
		return int64(binary.BigEndian.Uint64(raw)), true
	case pgtype.Int4OID:
		return int64(int32(binary.BigEndian.Uint32(raw))), true
	case pgtype.Int2OID:
		return int64(int16(binary.BigEndian.Uint16(raw))), true
	case pgtype.BoolOID:
		return raw[0] != 0, true
	case pgtype.Float8OID:
		return math.Float64frombits(binary.BigEndian.Uint64(raw)), true
	case pgtype.Float4OID:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(raw))), true
	case pgtype.ByteaOID, pgtype.JSONOID:
		return raw, true
	case pgtype.JSONBOID:
		return raw[1:], true // a version number comes first
	case pgtype.UUIDOID:
		return mapper.UUID(raw), true
	}
	return decodeTime(oid, raw)
}

// epoch is the origin of times on the wire.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// decodeTime decodes dates and timestamps; infinities are left to the caller.
func decodeTime(oid uint32, raw []byte) (time.Time, bool) {
	switch oid {
	case pgtype.TimestamptzOID, pgtype.TimestampOID:
		us := int64(binary.BigEndian.Uint64(raw))
		if us == math.MaxInt64 || us == math.MinInt64 {
			return time.Time{}, false
		}
		return time.Unix(epoch.Unix()+us/1e6, us%1e6*1e3).UTC(), true
	case pgtype.DateOID:
		days := int32(binary.BigEndian.Uint32(raw))
		if days == math.MaxInt32 || days == math.MinInt32 {
			return time.Time{}, false
		}
		return time.Unix(epoch.Unix()+int64(days)*24*60*60, 0).UTC(), true
	}
	return time.Time{}, false
}

// decodeText decodes what came as text: everything without a statement cache, and
// types the connection does not know.
func decodeText(types *pgtype.Map, oid uint32, raw []byte) (any, error) {
	t, ok := types.TypeForOID(oid)
	if !ok || isText(oid) {
		return string(raw), nil
	}
	if c := ofArrays(t.Codec); c != nil {
		v, err := c.DecodeValue(types, oid, pgx.TextFormatCode, raw)
		if err != nil {
			return nil, err
		}
		return plainArray(v)
	}
	v, err := t.Codec.DecodeDatabaseSQLValue(types, oid, pgx.TextFormatCode, raw)
	if at, ok := v.(time.Time); ok {
		return at.UTC(), err
	}
	return v, err
}

// plainArray brings the elements pgx makes of an array to the forms of decode.
func plainArray(v any) (any, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("unexpected form %T of an array", v)
	}
	for i, x := range list {
		switch x := x.(type) {
		case int32:
			list[i] = int64(x)
		case int16:
			list[i] = int64(x)
		case float32:
			list[i] = float64(x)
		case [16]byte:
			list[i] = mapper.UUID(x)
		case time.Time:
			list[i] = x.UTC()
		case pgtype.Numeric:
			text, err := x.Value()
			if err != nil {
				return nil, err
			}
			list[i] = text
		}
	}
	return list, nil
}

// decodeArray decodes an array of one dimension.
func decodeArray(types *pgtype.Map, raw []byte) (any, error) {
	const header, dimension = 12, 8
	if len(raw) < header {
		return nil, fmt.Errorf("array of %d bytes", len(raw))
	}
	dimensions, oid := binary.BigEndian.Uint32(raw), binary.BigEndian.Uint32(raw[8:])
	if dimensions == 0 {
		return []any{}, nil
	}
	if dimensions != 1 {
		return nil, fmt.Errorf("array of %d dimensions", dimensions)
	}
	list := make([]any, binary.BigEndian.Uint32(raw[header:]))
	rest := raw[header+dimension:]
	for i := range list {
		n := int32(binary.BigEndian.Uint32(rest))
		rest = rest[4:]
		if n < 0 {
			continue
		}
		v, err := decode(types, oid, pgx.BinaryFormatCode, rest[:n])
		if err != nil {
			return nil, err
		}
		if b, ok := v.([]byte); ok {
			v = append([]byte{}, b...)
		}
		list[i], rest = v, rest[n:]
	}
	return list, nil
}
