package driver

import "github.com/weft-orm/weft/mapper"

// Limiter is implemented by connectors that know, before they connect, what
// their database can keep; so mistakes in a mapping are found without it. The
// limits of any other connector are those of its engine's Caps.
type Limiter interface {
	// Limits are the Caps.Limits of the engine to come.
	Limits() mapper.Limits
}
