package model

import "errors"

// errUnseen is why a value of a custom type is not converted.
var errUnseen = errors.New("the custom type is not seen")
