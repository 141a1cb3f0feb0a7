package conditions

import (
	"encoding/binary"
	"strings"
)

// RawSQL is SQL written by the developer, see [Raw].
type RawSQL struct {
	text string
	args []any
}

// Raw is a condition, or a value, in the engine's own SQL. Each ? outside of
// quotes stands for one argument; ?? is a question mark. An argument is a value,
// bound as it is, or a [Col], which prints as the qualified column:
//
//	conditions.Raw("lower(?) = ?", conditions.Col("name"), "jon")
//
// The text goes to the database unchanged and must never be made of user input.
// MongoDB has no raw conditions.
func Raw(sql string, args ...any) RawSQL { return RawSQL{sql, args} }

func (rd *Reading) raw(r RawSQL) error {
	pieces := splitRaw(r.text)
	if len(pieces)-1 != len(r.args) {
		return &Error{Class: ErrShape, Step: "read", Got: "the raw SQL has " + itoa(len(pieces)-1) +
			" placeholders and " + itoa(len(r.args)) + " arguments"}
	}
	rd.Shape = binary.AppendUvarint(appendText(append(rd.Shape, tokRaw), r.text), uint64(len(r.args)))
	for _, arg := range r.args {
		switch arg := arg.(type) {
		case Column:
			rd.Shape = appendText(append(rd.Shape, tokCol), string(arg))
		case Subquery:
			if err := rd.query(arg); err != nil {
				return err
			}
		default:
			rd.Shape = append(rd.Shape, tokValue, byte(classOther))
			rd.Values = append(rd.Values, arg)
		}
	}
	return nil
}

// splitRaw cuts a text at its placeholders: the result has one piece more than
// there are placeholders. Quoted passages and ?? are left alone (?? as ?).
func splitRaw(text string) []string {
	var pieces []string
	var piece strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\'', '"', '`':
			end := strings.IndexByte(text[i+1:], c)
			if end < 0 {
				end = len(text) - i - 2
			}
			piece.WriteString(text[i : i+end+2])
			i += end + 1
		case '?':
			if i+1 < len(text) && text[i+1] == '?' {
				piece.WriteByte('?')
				i++
				continue
			}
			pieces = append(pieces, piece.String())
			piece.Reset()
		default:
			piece.WriteByte(c)
		}
	}
	return append(pieces, piece.String())
}
