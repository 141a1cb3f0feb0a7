package mongo

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// encodeJSON turns JSON text into the BSON value it spells. Key order is kept.
// Whole numbers become int or long, larger ones Decimal128, all others double.
func encodeJSON(raw json.RawMessage) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	v, err := decodeToken(dec)
	if err != nil {
		return nil, &ValueError{Class: ErrValue, Kind: "malformed JSON"}
	}
	return v, nil
}

func decodeToken(dec *json.Decoder) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return decodeObject(dec)
		}
		return decodeElements(dec)
	case json.Number:
		return encodeNumber(string(t)), nil
	}
	return token, nil
}

func decodeObject(dec *json.Decoder) (any, error) {
	d := bson.D{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		v, err := decodeToken(dec)
		if err != nil {
			return nil, err
		}
		d = append(d, bson.E{Key: key.(string), Value: v})
	}
	_, err := dec.Token()
	return d, err
}

func decodeElements(dec *json.Decoder) (any, error) {
	a := bson.A{}
	for dec.More() {
		v, err := decodeToken(dec)
		if err != nil {
			return nil, err
		}
		a = append(a, v)
	}
	_, err := dec.Token()
	return a, err
}

func encodeNumber(text string) any {
	if !strings.ContainsAny(text, ".eE") {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			if n >= math.MinInt32 && n <= math.MaxInt32 {
				return int32(n)
			}
			return n
		}
		if d, err := bson.ParseDecimal128(text); err == nil {
			return d
		}
	}
	f, _ := strconv.ParseFloat(text, 64)
	return f
}

// appendJSON writes a BSON value as compact JSON. Types that JSON lacks are
// written as text: dates in RFC 3339, ObjectIds in hex, decimals as numbers.
func appendJSON(dst []byte, v bson.RawValue) ([]byte, error) {
	switch v.Type {
	case bson.TypeEmbeddedDocument:
		return appendJSONObject(dst, v.Document())
	case bson.TypeArray:
		return appendJSONArray(dst, v.Array())
	case bson.TypeString:
		return appendJSONText(dst, v.StringValue())
	case bson.TypeBoolean:
		return strconv.AppendBool(dst, v.Boolean()), nil
	case bson.TypeInt32:
		return strconv.AppendInt(dst, int64(v.Int32()), 10), nil
	case bson.TypeInt64:
		return strconv.AppendInt(dst, v.Int64(), 10), nil
	case bson.TypeDouble:
		text, err := json.Marshal(v.Double())
		return append(dst, text...), err
	case bson.TypeDecimal128:
		return append(dst, plainDecimal(v.Decimal128())...), nil
	case bson.TypeNull, bson.TypeUndefined:
		return append(dst, "null"...), nil
	case bson.TypeDateTime:
		text, err := json.Marshal(v.Time().UTC())
		return append(dst, text...), err
	case bson.TypeObjectID:
		return appendJSONText(dst, v.ObjectID().Hex())
	case bson.TypeBinary:
		_, data := v.Binary()
		text, err := json.Marshal(data)
		return append(dst, text...), err
	}
	return nil, &ValueError{Class: ErrDocument, Kind: v.Type.String(), Want: "JSON"}
}

func appendJSONText(dst []byte, s string) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return nil, err
	}
	return append(dst, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...), nil
}

func appendJSONObject(dst []byte, doc bson.Raw) ([]byte, error) {
	elements, err := doc.Elements()
	if err != nil {
		return nil, err
	}
	dst = append(dst, '{')
	for i, e := range elements {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendJSONText(dst, e.Key()); err != nil {
			return nil, err
		}
		dst = append(dst, ':')
		if dst, err = appendJSON(dst, e.Value()); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func appendJSONArray(dst []byte, array bson.RawArray) ([]byte, error) {
	values, err := array.Values()
	if err != nil {
		return nil, err
	}
	dst = append(dst, '[')
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendJSON(dst, v); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}
