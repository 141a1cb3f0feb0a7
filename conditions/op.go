package conditions

// Op is an operator of the condition language.
type Op uint8

// The operators that reach a tree. Spellings ($gte, >=, :gte) are resolved by
// the parser; logical operators become And, Or and the Not flags.
const (
	OpEq Op = iota + 1
	OpNe
	OpGt
	OpGte
	OpLt
	OpLte
	OpLike
	OpILike
	OpRe
	OpStartsWith
	OpEndsWith
	OpContainsText
	OpFulltext
	OpContains
	OpContained
	OpOverlap
	OpSize
	OpHasKey
	OpHasKeys
	OpHasSomeKeys
	OpGeoWithin
	OpGeoIntersects
	OpNear
)

// The operators that the parser resolves.
const (
	opIn Op = iota + 64
	opNin
	opExists
	opAnd
	opOr
	opNor
	opNot
	opSome
	opNone
	opEvery
	opAll
	opElemMatch
)

// opNames are the names of all operators, without the dollar sign, in the
// order in which hints try them.
var opNames = []struct {
	name string
	op   Op
}{
	{"eq", OpEq}, {"ne", OpNe}, {"gt", OpGt}, {"gte", OpGte}, {"lt", OpLt}, {"lte", OpLte}, {"in", opIn}, {"nin", opNin},
	{"like", OpLike}, {"ilike", OpILike}, {"re", OpRe}, {"startsWith", OpStartsWith}, {"endsWith", OpEndsWith},
	{"containsText", OpContainsText}, {"fulltext", OpFulltext}, {"exists", opExists},
	{"and", opAnd}, {"or", opOr}, {"nor", opNor}, {"not", opNot},
	{"some", opSome}, {"none", opNone}, {"every", opEvery}, {"size", OpSize}, {"all", opAll},
	{"contains", OpContains}, {"contained", OpContained}, {"overlap", OpOverlap},
	{"elemMatch", opElemMatch}, {"hasKey", OpHasKey}, {"hasKeys", OpHasKeys}, {"hasSomeKeys", OpHasSomeKeys},
	{"geoWithin", OpGeoWithin}, {"geoIntersects", OpGeoIntersects}, {"near", OpNear},
}

// Operators returns the names of all operators, "gte", those between conditions ("and") among
// them. In a map they are written with a dollar sign, in a key behind a colon.
func Operators() []string {
	names := make([]string, len(opNames))
	for i, n := range opNames {
		names[i] = n.name
	}
	return names
}

// opSymbols are the spellings after a space in a key.
var opSymbols = []struct {
	symbol string
	op     Op
}{{"=", OpEq}, {"!=", OpNe}, {"<>", OpNe}, {">", OpGt}, {">=", OpGte}, {"<", OpLt}, {"<=", OpLte}}

// String returns the operator as written in a map, "$gte".
func (o Op) String() string {
	for _, n := range opNames {
		if n.op == o {
			return "$" + n.name
		}
	}
	return "$?"
}

// opNamed returns the operator of that name (without dollar sign), or 0.
func opNamed(name string) Op {
	for i := range opNames {
		if opNames[i].name == name {
			return opNames[i].op
		}
	}
	return 0
}

func opSymbol(symbol string) Op {
	for i := range opSymbols {
		if opSymbols[i].symbol == symbol {
			return opSymbols[i].op
		}
	}
	return 0
}

// negated returns the comparison that is true where o is false.
func (o Op) negated() Op {
	switch o {
	case OpEq:
		return OpNe
	case OpNe:
		return OpEq
	case OpGt:
		return OpLte
	case OpGte:
		return OpLt
	case OpLt:
		return OpGte
	case OpLte:
		return OpGt
	}
	return o
}

// isComparison reports one of $eq $ne $gt $gte $lt $lte.
func (o Op) isComparison() bool { return o >= OpEq && o <= OpLte }

// isOrder reports a comparison that needs an order.
func (o Op) isOrder() bool { return o >= OpGt && o <= OpLte }

// isText reports an operator on text.
func (o Op) isText() bool { return o >= OpLike && o <= OpFulltext }

// isSet reports an operator on the elements of an array.
func (o Op) isSet() bool { return o == OpContains || o == OpContained || o == OpOverlap }

// isGeo reports an operator on places on the earth.
func (o Op) isGeo() bool { return o >= OpGeoWithin && o <= OpNear }

// isQuantifier reports an operator on to-many relations that shares a row with nothing.
func (o Op) isQuantifier() bool { return o >= opSome && o <= opAll || o == OpSize }
