package corpus

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/weft-orm/weft/mapper"
)

// Parameters shows the parameters of a statement with what tells their types apart.
func Parameters(args []any) string {
	out := make([]string, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case string, []string:
			out[i] = fmt.Sprintf("%q", a)
		case []byte:
			out[i] = "0x" + hex.EncodeToString(a)
		case [16]byte:
			out[i] = "uuid " + mapper.UUID(a).String()
		case time.Time:
			out[i] = a.Format(time.RFC3339Nano)
		case float64:
			out[i] = fmt.Sprintf("%T(%v)", a, a)
		default:
			out[i] = fmt.Sprint(a)
		}
	}
	return strings.Join(out, ", ")
}
