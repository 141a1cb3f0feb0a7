package mongo

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/mapper"
)

// Encode returns the BSON form of a canonical value:
//
//	bool, string, float64   themselves
//	int64, uint64           long (an error above 2^63-1)
//	mapper.Decimal          Decimal128
//	[]byte                  binary
//	time.Time               date, milliseconds
//	mapper.UUID             binary, subtype 4
//	mapper.ULID             binary, subtype 0, which sorts as the text does
//	mapper.ObjectID         ObjectId
//	json.RawMessage         the document, array or scalar it spells
//	[]any                   array
//	nil                     null
func Encode(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, int64, float64, string:
		return v, nil
	case uint64:
		if v > math.MaxInt64 {
			return nil, &ValueError{Class: ErrValue, Kind: "uint64 above 2^63-1"}
		}
		return int64(v), nil
	case mapper.Decimal:
		d, err := bson.ParseDecimal128(string(v))
		if err != nil {
			return nil, &ValueError{Class: ErrValue, Kind: "decimal of more than 34 digits"}
		}
		return d, nil
	case []byte:
		return bson.Binary{Data: v}, nil
	case time.Time:
		return bson.NewDateTimeFromTime(v), nil
	case mapper.UUID:
		return bson.Binary{Subtype: bson.TypeBinaryUUID, Data: v[:]}, nil
	case mapper.ULID:
		return bson.Binary{Data: v[:]}, nil
	case mapper.ObjectID:
		return bson.ObjectID(v), nil
	case json.RawMessage:
		return encodeJSON(v)
	case []any:
		return encodeList(v)
	}
	return nil, &ValueError{Class: ErrValue, Kind: typeName(v)}
}

// encodeColumn is Encode with integers of 32 bits and less stored as such.
func encodeColumn(c *mapper.Column, v any) (any, error) {
	if n, ok := v.(int64); ok && c.Type != nil && c.Type.Kind == mapper.Int && c.Type.Bits > 0 && c.Type.Bits <= 32 {
		return int32(n), nil
	}
	if text, ok := v.(rawText); ok {
		return text, nil // a stand-in for a number not yet known, in printed text
	}
	return Encode(v)
}

func encodeList(list []any) (bson.A, error) {
	out := make(bson.A, len(list))
	for i, item := range list {
		v, err := Encode(item)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// encodeListOf encodes an argument that must be a list.
func encodeListOf(arg any) (bson.A, error) {
	list, ok := arg.([]any)
	if !ok {
		return nil, &ValueError{Class: ErrValue, Kind: typeName(arg), Want: "list"}
	}
	return encodeList(list)
}

// whole reads an argument that must be a whole number.
func whole(arg any) (int64, error) {
	switch n := arg.(type) {
	case int64:
		return n, nil
	case uint64:
		return int64(min(n, math.MaxInt64)), nil
	case int:
		return int64(n), nil
	}
	return 0, &ValueError{Class: ErrValue, Kind: typeName(arg), Want: "whole number"}
}

func typeName(v any) string { return fmt.Sprintf("%T", v) }
