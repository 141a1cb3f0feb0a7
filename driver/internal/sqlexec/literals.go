package sqlexec

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unsafe"
)

// shortBytes is the longest value of bytes that is written in hexadecimal digits, twice its
// length.
const shortBytes = 64

// spelled returns a statement with the session's parameters in its text, as MySQL and MariaDB
// read them in any sql_mode; ok is false where only the Go driver can tell how to write one of
// them, or when the text gets too long. The driver takes two lists of all values for this, and
// the text twice.
func (s *Session) spelled(text string) (_ string, ok bool) {
	params := s.params
	s.most = max(s.most, len(params))
	// Where other question marks stand in the text there are more of them than parameters.
	if strings.Count(text, "?") != len(params) {
		return "", false
	}
	size, ok := spelledSize(params, s.profile.MaxValue)
	if size += len(text); !ok || s.profile.MaxBytes > 0 && size > s.profile.MaxBytes {
		return "", false
	}
	b := make([]byte, 0, size)
	for _, v := range params {
		i := strings.IndexByte(text, '?')
		b = appendLiteral(append(b, text[:i]...), v)
		text = text[i+1:]
	}
	b = append(b, text...)
	return unsafe.String(unsafe.SliceData(b), len(b)), true
}

// spelledSize is what the parameters take at most. A backslash means what sql_mode says, which the driver
// knows.
func spelledSize(params []any, most int) (size int, ok bool) {
	for _, v := range params {
		switch v := v.(type) {
		case nil, bool:
			size += 4
		case int64:
			if size += 6; v <= -100_000 || v >= 1_000_000 {
				size += 14
			}
		case uint64:
			size += 20
		case float64:
			size += 24
		case string:
			if most > 0 && len(v) > most || strings.IndexByte(v, '\\') >= 0 {
				return 0, false
			}
			size += 2 + len(v) + strings.Count(v, "'")
		case []byte:
			if len(v) > shortBytes {
				return 0, false
			}
			size += 11 + 2*len(v)
		default:
			return 0, false
		}
	}
	return size, true
}

// appendLiteral appends a value that spelledSize knows.
func appendLiteral(b []byte, v any) []byte {
	switch v := v.(type) {
	case int64:
		return strconv.AppendInt(b, v, 10)
	case uint64:
		return strconv.AppendUint(b, v, 10)
	case float64:
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	case bool:
		if v {
			return append(b, '1')
		}
		return append(b, '0')
	case string:
		b = append(b, '\'')
		for {
			i := strings.IndexByte(v, '\'')
			if i < 0 {
				break
			}
			b, v = append(append(b, v[:i]...), "''"...), v[i+1:]
		}
		return append(append(b, v...), '\'')
	case []byte:
		if v == nil {
			break
		}
		b = append(b, "_binary x'"...)
		return append(hex.AppendEncode(b, v), '\'')
	}
	return append(b, "NULL"...)
}
