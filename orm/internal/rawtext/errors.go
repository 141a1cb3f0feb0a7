package rawtext

import "errors"

// ErrParameter reports placeholders and values of raw SQL that do not fit each other.
var ErrParameter = errors.New("parameters do not fit the statement")

// ErrUnended reports a quotation or a comment that has no end: what follows it cannot
// be told from text.
var ErrUnended = errors.New("quotation or comment without an end")
