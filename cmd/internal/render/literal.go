package render

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/weft-orm/weft/cmd/internal/compile"
	"github.com/weft-orm/weft/internal/pretty"
	"github.com/weft-orm/weft/mapper"
)

// literal writes a parameter as a literal of its dialect.
func literal(p compile.Param, target string) string {
	if p.Name != "" {
		return p.Name
	}
	return valueLiteral(p.Value, target)
}

// valueLiteral writes a driver's value. Documents (JSON) are text to SQL engines.
func valueLiteral(v any, target string) string {
	if target == compile.Mongo {
		if b, err := json.Marshal(v); err == nil {
			return string(b)
		}
	}
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		return quoted(v, target)
	case json.RawMessage:
		return quoted(string(v), target)
	case []byte:
		return bytesLiteral(v, target)
	case bool:
		return strings.ToUpper(strconv.FormatBool(v))
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		return quoted(v.Format("2006-01-02 15:04:05.999999999Z07:00"), target)
	case mapper.Decimal:
		return string(v)
	case [16]byte:
		return quoted(mapper.UUID(v).String(), target)
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32:
		return fmt.Sprint(v)
	}
	return listLiteral(v, target)
}

// listLiteral writes the lists that PostgreSQL takes as one parameter; anything
// else as text.
func listLiteral(v any, target string) string {
	switch v := v.(type) {
	case []any:
		return array(v, target)
	case []int64:
		return array(v, target)
	case []uint64:
		return array(v, target)
	case []float64:
		return array(v, target)
	case []bool:
		return array(v, target)
	case []string:
		return array(v, target)
	case []time.Time:
		return array(v, target)
	case [][]byte:
		return array(v, target)
	case [][16]byte:
		return array(v, target)
	}
	return quoted(fmt.Sprint(v), target)
}

func array[T any](list []T, target string) string {
	items := make([]string, len(list))
	for i := range list {
		items[i] = valueLiteral(list[i], target)
	}
	return "ARRAY[" + strings.Join(items, ", ") + "]"
}

// quoted writes text as a string literal.
func quoted(s, target string) string {
	s = strings.ReplaceAll(s, "'", "''")
	if target == "mysql" || target == "mariadb" {
		s = strings.ReplaceAll(s, `\`, `\\`)
	}
	return "'" + s + "'"
}

func bytesLiteral(b []byte, target string) string {
	if target == "postgres" {
		return `'\x` + hex.EncodeToString(b) + `'`
	}
	return "x'" + hex.EncodeToString(b) + "'"
}

// inline puts the parameters of an SQL statement in place of their placeholders.
func inline(st *compile.Statement) string {
	next := 0
	return mapCode(st.Text, func(code string) string {
		var b strings.Builder
		for next < len(st.Params) {
			p := st.Params[next]
			i := strings.Index(code, p.Placeholder)
			if i < 0 {
				break
			}
			b.WriteString(code[:i] + literal(p, st.Target))
			code = code[i+len(p.Placeholder):]
			next++
		}
		return b.String() + code
	})
}

// mapCode applies fn to the parts of an SQL text outside of quotes and comments.
func mapCode(text string, fn func(string) string) string {
	var b strings.Builder
	for text != "" {
		i := strings.IndexAny(text, "'\"`")
		if c := strings.Index(text, "/*"); c >= 0 && (i < 0 || c < i) {
			i = c
		}
		if i < 0 {
			b.WriteString(fn(text))
			break
		}
		end := pretty.QuoteEnd(text[i:])
		b.WriteString(fn(text[:i]) + text[i:i+end])
		text = text[i+end:]
	}
	return b.String()
}
