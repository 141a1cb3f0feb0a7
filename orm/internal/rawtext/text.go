package rawtext

// Style says what a placeholder looks like.
type Style uint8

// The styles. A text has placeholders of one style; signs of the others are its own.
const (
	// Positional is ?, or $1, $2, ... where the text has such; ?? is a question mark.
	Positional Style = iota
	// Named is :name.
	Named
)

// Param is a placeholder.
type Param struct {
	// Name is that of a named one, Number counts the others from 0.
	Name   string
	Number int
	// List reports a place that holds a list: all there is between the parentheses of IN.
	List bool
}

// Text is a statement cut at its placeholders. It is immutable.
type Text struct {
	// Pieces are one more than Params.
	Pieces []string
	Params []Param
	// Numbered reports $1, $2: a value may be used several times, or never.
	Numbered bool
	// Mutates reports words of statements that write or lock. A name that is such a word
	// counts as well: it errs on the safe side.
	Mutates bool
}

// Count returns the number of values that positional placeholders need.
func (t *Text) Count() int {
	n := 0
	for _, p := range t.Params {
		n = max(n, p.Number+1)
	}
	return n
}
