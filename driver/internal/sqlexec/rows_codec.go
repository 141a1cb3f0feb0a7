package sqlexec

import (
	"bytes"
	sqldriver "database/sql/driver"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/weft-orm/weft/driver/internal/overflow"
)

// rowCodec writes the values of Go's drivers: each as a cell that begins with its kind.
var rowCodec = overflow.Codec[[]sqldriver.Value]{
	Size: func(row []sqldriver.Value) int {
		n := 16 * len(row)
		for _, v := range row {
			switch v := v.(type) {
			case []byte:
				n += len(v)
			case string:
				n += len(v)
			}
		}
		return n
	},
	Append: func(dst []byte, row []sqldriver.Value) []byte {
		var cell []byte
		for _, v := range row {
			cell = appendValue(cell[:0], v)
			dst = overflow.AppendCell(dst, cell)
		}
		return dst
	},
	Read: func(src []byte) ([]sqldriver.Value, error) {
		var row []sqldriver.Value
		for len(src) > 0 {
			cell, rest, err := overflow.CutCell(src)
			if err != nil {
				return nil, err
			}
			v, err := readValue(cell)
			if err != nil {
				return nil, err
			}
			row, src = append(row, v), rest
		}
		return row, nil
	},
}

// appendValue writes one value.
func appendValue(dst []byte, v sqldriver.Value) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, '0')
	case int64:
		return binary.BigEndian.AppendUint64(append(dst, 'i'), uint64(v))
	case uint64:
		return binary.BigEndian.AppendUint64(append(dst, 'u'), v)
	case float64:
		return binary.BigEndian.AppendUint64(append(dst, 'f'), math.Float64bits(v))
	case float32:
		return binary.BigEndian.AppendUint32(append(dst, 'g'), math.Float32bits(v))
	case bool:
		if v {
			return append(dst, 'y')
		}
		return append(dst, 'n')
	case []byte:
		return append(append(dst, 'b'), v...)
	case string:
		return append(append(dst, 's'), v...)
	case time.Time:
		if text, err := v.MarshalBinary(); err == nil {
			return append(append(dst, 't'), text...)
		}
	}
	return append(dst, '?')
}

// readValue reads what appendValue wrote.
func readValue(cell []byte) (sqldriver.Value, error) {
	if len(cell) == 0 {
		return nil, fmt.Errorf("an empty value")
	}
	kind, rest := cell[0], cell[1:]
	switch {
	case kind == '0':
		return nil, nil
	case kind == 'i' && len(rest) == 8:
		return int64(binary.BigEndian.Uint64(rest)), nil
	case kind == 'u' && len(rest) == 8:
		return binary.BigEndian.Uint64(rest), nil
	case kind == 'f' && len(rest) == 8:
		return math.Float64frombits(binary.BigEndian.Uint64(rest)), nil
	case kind == 'g' && len(rest) == 4:
		return math.Float32frombits(binary.BigEndian.Uint32(rest)), nil
	case kind == 'y' || kind == 'n':
		return kind == 'y', nil
	case kind == 'b':
		return bytes.Clone(rest), nil
	case kind == 's':
		return string(rest), nil
	case kind == 't':
		var t time.Time
		err := t.UnmarshalBinary(rest)
		return t, err
	}
	return nil, fmt.Errorf("a value of a kind that no row has")
}
