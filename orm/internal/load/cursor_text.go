package load

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/fault"
	"github.com/weft-orm/weft/qb/find"
)

// maxCursor bounds the length of a cursor, which comes from outside.
const maxCursor = 8 << 10

// cursor is a place in an order as it travels: values as text at full precision,
// null for NULL.
type cursor struct {
	Order  string    `json:"o"`
	Values []*string `json:"v"`
}

// writeCursor makes the cursor of a row from its canonical values.
func writeCursor(k *find.Keyset, values []any) string {
	c := cursor{Order: k.Fingerprint(), Values: make([]*string, len(values))}
	for i, v := range values {
		if v != nil {
			text := cursorText(v)
			c.Values[i] = &text
		}
	}
	raw, _ := json.Marshal(c) // strings always marshal
	return base64.RawURLEncoding.EncodeToString(raw)
}

// readCursor returns the canonical values of a cursor. It does not trust it.
func readCursor(k *find.Keyset, entity, text string) ([]any, error) {
	fail := func(detail string) error {
		return &fault.Error{Class: fault.ErrCursor, Op: "find by cursor", Entity: entity, Detail: detail}
	}
	if len(text) > maxCursor {
		return nil, fail("it is too long")
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	var c cursor
	if err != nil || json.Unmarshal(raw, &c) != nil {
		return nil, fail("it is none of FindByCursor's")
	}
	types := k.Types()
	if c.Order != k.Fingerprint() || len(c.Values) != len(types) {
		return nil, fail("it belongs to another order")
	}
	values := make([]any, len(types))
	for i, t := range types {
		if c.Values[i] == nil {
			continue
		}
		var ok bool
		if values[i], ok = cursorValue(kindOf(t), *c.Values[i]); !ok {
			return nil, fail("it holds a value of another kind")
		}
	}
	return values, nil
}

// kindOf is the kind of a type's values in the database.
func kindOf(t *mapper.Type) mapper.ValueKind {
	if t.Kind == mapper.Custom {
		return t.Custom.Kind()
	}
	return t.Kind
}

// cursorText writes a canonical value so that cursorValue reads the same one.
func cursorText(v any) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case uint64:
		return strconv.FormatUint(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case string:
		return v
	case mapper.Decimal:
		return string(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case mapper.UUID:
		return hex.EncodeToString(v[:])
	case mapper.ULID:
		return hex.EncodeToString(v[:])
	case mapper.ObjectID:
		return hex.EncodeToString(v[:])
	}
	return ""
}

// cursorValue reads a canonical value of a kind.
func cursorValue(kind mapper.ValueKind, s string) (v any, ok bool) {
	var err error
	switch kind {
	case mapper.Bool:
		v, err = strconv.ParseBool(s)
	case mapper.Int, mapper.Duration:
		v, err = strconv.ParseInt(s, 10, 64)
	case mapper.Uint:
		v, err = strconv.ParseUint(s, 10, 64)
	case mapper.Float:
		v, err = strconv.ParseFloat(s, 64)
	case mapper.String:
		return s, strings.IndexByte(s, 0) < 0
	case mapper.DecimalKind:
		if strings.Trim(s, "+-.0123456789eE") != "" {
			return nil, false // ParseFloat also reads NaN, infinities and hexadecimals
		}
		_, err = strconv.ParseFloat(s, 64)
		v = mapper.Decimal(s)
	case mapper.Time, mapper.Date:
		v, err = time.Parse(time.RFC3339Nano, s)
	case mapper.UUIDKind, mapper.ULIDKind, mapper.ObjectIDKind:
		return cursorKey(kind, s)
	default:
		return nil, false
	}
	return v, err == nil
}

// cursorKey reads a canonical identifier.
func cursorKey(kind mapper.ValueKind, s string) (any, bool) {
	raw, err := hex.DecodeString(s)
	switch {
	case err != nil:
	case kind == mapper.UUIDKind && len(raw) == 16:
		return mapper.UUID(raw), true
	case kind == mapper.ULIDKind && len(raw) == 16:
		return mapper.ULID(raw), true
	case kind == mapper.ObjectIDKind && len(raw) == 12:
		return mapper.ObjectID(raw), true
	}
	return nil, false
}
