// Package rows has the rows of the batch.
package rows

import "github.com/weft-orm/weft/rel"

type State int

const (
	Open State = iota
	Done
)

type Entry struct {
	ID      int64
	Kind    string
	State   State
	Amount  float64
	Account rel.Ref[Account] `orm:",required"`
}

type Account struct {
	ID     int64
	Number string `orm:",unique"`
	Limit  float64
	Owner  rel.Ref[Party]
}

// Party is the base of a hierarchy.
type Party struct {
	_    struct{} `orm:"inheritance=joined,abstract"`
	ID   int64
	Name string
}

type Person struct {
	Party
	Born *int
}

type Firm struct {
	Party
	Staff rel.Collection[Person]
}

// All are the entities.
func All() []any { return []any{Entry{}, Account{}, Party{}, Person{}, Firm{}} }
