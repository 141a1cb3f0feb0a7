package conditions

import "github.com/weft-orm/weft/mapper"

// Types of values that belong to no property.
var (
	textType  = &mapper.Type{Kind: mapper.String, GoName: "string"}
	sizeType  = &mapper.Type{Kind: mapper.Int, Bits: 64, GoName: "int"}
	intType   = &mapper.Type{Kind: mapper.Int, Bits: 64, GoName: "int64"}
	floatType = &mapper.Type{Kind: mapper.Float, Bits: 64, GoName: "float64"}
	boolType  = &mapper.Type{Kind: mapper.Bool, GoName: "bool"}
)

// kindName names a kind in messages, in the plural.
func kindName(k mapper.ValueKind) string {
	switch k {
	case mapper.Bool:
		return "booleans"
	case mapper.Int, mapper.Uint, mapper.Float:
		return "numbers"
	case mapper.DecimalKind:
		return "decimals"
	case mapper.String:
		return "text"
	case mapper.Bytes:
		return "bytes"
	case mapper.Time, mapper.Date:
		return "times"
	case mapper.Duration:
		return "durations"
	case mapper.UUIDKind, mapper.ULIDKind, mapper.ObjectIDKind:
		return "identifiers"
	case mapper.JSON:
		return "JSON documents"
	case mapper.Array:
		return "arrays"
	}
	return "custom values"
}

// comparable reports that values of two types can be compared by every engine.
func comparable(a, b *mapper.Type) bool {
	family := func(t *mapper.Type) mapper.ValueKind {
		switch t.Kind {
		case mapper.Uint, mapper.Float, mapper.DecimalKind:
			return mapper.Int
		}
		return t.Kind
	}
	return family(a) == family(b) && a.Kind != mapper.JSON && a.Kind != mapper.Array && a.Layout == b.Layout
}
