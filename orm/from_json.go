package orm

import "github.com/weft-orm/weft/conditions"

// Policy says what a condition from outside may ask, see [conditions.Policy].
type Policy = conditions.Policy

// FromJSON reads a condition about T from untrusted JSON, for Find and its kin: only
// paths and operators that policy allows, nothing raw, limits on depth, terms and lists.
// A mistake is a *conditions.Error whose Pointer leads to it in the document, and of
// class conditions.ErrPolicy where the policy forbids what is asked.
func FromJSON[T any](db *DB, raw []byte, policy Policy) (D, error) {
	if db == nil {
		return nil, errNilDB
	}
	e, err := entityOf[T](db.registry)
	if err != nil {
		return nil, err
	}
	return conditions.FromJSON(e, raw, policy)
}
