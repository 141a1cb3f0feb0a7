// Package model is the domain that weft's tests share: a small library, and a
// shop with the less usual kinds of mapping.
//
// [Library] holds what every engine and every layer supports from the start:
// scalars, nullable values, relations of every kind, a self-reference. [Shop]
// adds embedded values, JSON, arrays, composite keys and inheritance.
package model

// Library returns the entities of the library, in registration order.
func Library() []any {
	return []any{Author{}, Profile{}, Book{}, Tag{}, Publisher{}, Employee{}}
}

// Shop returns the entities of the shop, in registration order.
func Shop() []any {
	return []any{Customer{}, Product{}, Order{}, OrderLine{}, Shipment{}, Animal{}, Dog{}, Cat{}}
}

// All returns the library and the shop.
func All() []any { return append(Library(), Shop()...) }
