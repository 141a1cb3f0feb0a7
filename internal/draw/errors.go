package draw

import "errors"

// ErrPlan reports a text that is not what EntityManager.Plan returns.
var ErrPlan = errors.New("not the plan of a flush")
