package qb

// Revision is the value of a document or a list that an update changes, beside what was
// there before. Engines that say so (driver.Caps.Revisions) get it in the rows of updates
// in row form, and write only what differs. Both are canonical, and neither is nil.
type Revision struct {
	From, To any
}

// Written returns the value that is written: that of To for a [Revision].
func Written(v any) any {
	if r, ok := v.(Revision); ok {
		return r.To
	}
	return v
}
