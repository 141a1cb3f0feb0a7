package conditions

// Column is a property used as a value, see [Col].
type Column string

// Col uses the value of another property of the same row as the other side of
// a comparison: M{"spent >": Col("budget")}. The path may lead through to-one
// relations.
func Col(path string) Column { return Column(path) }
