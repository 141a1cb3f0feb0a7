package postgres

import (
	"encoding/binary"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/weft-orm/weft/mapper"
)

// form is how the values of a column look on the wire, found once for a result.
type form uint8

const (
	otherForm form = iota // decode makes a Go value of it
	textForm
	int8Form // of eight bytes, as the server counts
	int4Form
	int2Form
	boolForm
	float8Form
	float4Form
	bytesForm
	uuidForm
	timeForm // dates too
)

// binaryForms are those of values in binary format; text looks the same in both.
var binaryForms = map[uint32]form{
	pgtype.Int8OID: int8Form, pgtype.Int4OID: int4Form, pgtype.Int2OID: int2Form, pgtype.BoolOID: boolForm,
	pgtype.Float8OID: float8Form, pgtype.Float4OID: float4Form, pgtype.ByteaOID: bytesForm, pgtype.UUIDOID: uuidForm,
	pgtype.TimestamptzOID: timeForm, pgtype.TimestampOID: timeForm, pgtype.DateOID: timeForm,
}

// formsOf appends the forms of fields.
func formsOf(forms []form, fields []pgconn.FieldDescription) []form {
	for i := range fields {
		f := &fields[i]
		switch {
		case isText(f.DataTypeOID):
			forms = append(forms, textForm)
		case f.Format == pgx.BinaryFormatCode:
			forms = append(forms, binaryForms[f.DataTypeOID])
		default:
			forms = append(forms, otherForm)
		}
	}
	return forms
}

// give writes the value of column i from the wire into a field.
func (r *rows) give(to mapper.Taker, i int, raw []byte) error {
	if raw == nil {
		return to.Scan(nil)
	}
	switch r.forms[i] {
	case textForm:
		return to.TakeText(raw)
	case int8Form:
		return to.TakeInt(int64(binary.BigEndian.Uint64(raw)))
	case int4Form:
		return to.TakeInt(int64(int32(binary.BigEndian.Uint32(raw))))
	case int2Form:
		return to.TakeInt(int64(int16(binary.BigEndian.Uint16(raw))))
	case boolForm:
		return to.TakeBool(raw[0] != 0)
	case float8Form:
		return to.TakeFloat(math.Float64frombits(binary.BigEndian.Uint64(raw)))
	case float4Form:
		return to.TakeFloat(float64(math.Float32frombits(binary.BigEndian.Uint32(raw))))
	case bytesForm:
		return to.TakeBytes(raw)
	case uuidForm:
		return to.TakeUUID(raw)
	case timeForm:
		if t, ok := decodeTime(r.fields[i].DataTypeOID, raw); ok {
			return to.TakeTime(t)
		}
	}
	v, err := decode(r.types, r.fields[i].DataTypeOID, r.fields[i].Format, raw)
	if err != nil {
		return err
	}
	return to.Scan(v)
}
