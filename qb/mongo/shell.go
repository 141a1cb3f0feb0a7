package mongo

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// width is how long a line of shell text may get before its value is broken up.
const width = 100

// shellText writes values as one would type them into the shell, a value that
// does not fit on a line broken up member by member.
type shellText struct {
	b      strings.Builder
	indent int
}

// value writes v; used is how much of the line is taken already.
func (t *shellText) value(v any, used int) {
	flat := flatText(v)
	if used+2*t.indent+len(flat) <= width {
		t.b.WriteString(flat)
		return
	}
	t.broken(v)
}

// broken writes v member by member.
func (t *shellText) broken(v any) {
	switch v := v.(type) {
	case bson.D:
		if len(v) == 0 {
			t.b.WriteString("{}")
			return
		}
		t.block('{', '}', len(v), func(i int) {
			key := keyText(v[i].Key) + ": "
			t.b.WriteString(key)
			t.value(v[i].Value, len(key)+1)
		})
	case bson.A:
		t.block('[', ']', len(v), func(i int) { t.value(v[i], 1) })
	default:
		t.b.WriteString(flatText(v))
	}
}

func (t *shellText) block(opening, closing byte, n int, member func(int)) {
	t.b.WriteByte(opening)
	t.indent++
	for i := range n {
		t.line()
		member(i)
		if i < n-1 {
			t.b.WriteByte(',')
		}
	}
	t.indent--
	t.line()
	t.b.WriteByte(closing)
}

func (t *shellText) line() {
	t.b.WriteByte('\n')
	for range t.indent {
		t.b.WriteString("  ")
	}
}

// flatText writes a value on one line.
func flatText(v any) string {
	switch v := v.(type) {
	case bson.D:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = keyText(e.Key) + ": " + flatText(e.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case bson.A:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = flatText(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return scalarText(v)
}

func scalarText(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return quoteText(v)
	case float64:
		text := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(text, ".eIN") {
			text += ".0"
		}
		return text
	case bson.DateTime:
		return `ISODate("` + v.Time().UTC().Format(time.RFC3339Nano) + `")`
	case bson.ObjectID:
		return `ObjectId("` + v.Hex() + `")`
	case bson.Decimal128:
		return `NumberDecimal("` + v.String() + `")`
	case bson.Binary:
		return binaryText(v)
	case bson.Regex:
		return "/" + strings.ReplaceAll(v.Pattern, "/", `\/`) + "/" + v.Options
	case *hole:
		return v.String()
	}
	return fmt.Sprint(v)
}

func binaryText(v bson.Binary) string {
	if v.Subtype != bson.TypeBinaryUUID || len(v.Data) != 16 {
		return fmt.Sprintf("BinData(%d, %q)", v.Subtype, base64.StdEncoding.EncodeToString(v.Data))
	}
	h := hex.EncodeToString(v.Data)
	return `UUID("` + strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-") + `")`
}

func quoteText(s string) string {
	text, err := appendJSONText(nil, s)
	if err != nil {
		return strconv.Quote(s)
	}
	return string(text)
}

// keyText writes a field name, in quotes where it is no plain name.
func keyText(key string) string {
	for i, r := range key {
		letter := r == '_' || r == '$' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return quoteText(key)
		}
	}
	if key == "" {
		return `""`
	}
	return key
}

// collectionText names a collection as a member of db where that is possible.
func (c *Command) collectionText() string {
	db := "db"
	if c.Database != "" {
		db = "db.getSiblingDB(" + quoteText(c.Database) + ")"
	}
	if keyText(c.Collection) == c.Collection {
		return db + "." + c.Collection
	}
	return db + ".getCollection(" + quoteText(c.Collection) + ")"
}
