package rawtext

import (
	"errors"

	"github.com/weft-orm/weft/qb"
)

// ErrParameter reports placeholders and values of raw SQL that do not fit each other.
var ErrParameter = qb.ErrParameter

// ErrUnended reports a quotation or a comment that has no end: what follows it cannot
// be told from text.
var ErrUnended = errors.New("quotation or comment without an end")
