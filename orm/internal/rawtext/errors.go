package rawtext

import "errors"

// ErrPlaceholder reports placeholders and values of raw SQL that do not fit each other.
var ErrPlaceholder = errors.New("values do not fit the placeholders")

// ErrUnended reports a quotation or a comment that has no end: what follows it cannot
// be told from text.
var ErrUnended = errors.New("quotation or comment without an end")
