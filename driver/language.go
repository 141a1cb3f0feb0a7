package driver

// Language are the lexical rules of an engine's SQL in which engines differ. They tell
// placeholders from text in statements written by users.
type Language struct {
	// Backslash escapes in strings; EscapeStrings has strings E'...' with backslashes.
	Backslash, EscapeStrings bool
	// DollarStrings has strings $tag$...$tag$.
	DollarStrings bool
	// HashComments begin with #; DashesNeedSpace has comments begin with "-- ", not with "--".
	HashComments, DashesNeedSpace bool
	// NestedComments hold comments.
	NestedComments bool
	// Brackets quote names.
	Brackets bool
	// Arrays reports that a parameter may be an array.
	Arrays bool
}
