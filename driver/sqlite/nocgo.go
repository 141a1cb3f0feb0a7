//go:build !cgo

package sqlite

import "github.com/weft-orm/weft/driver/sqlite/internal/lite"

// binding is what the module purego offers.
func binding() lite.Binding { return lite.Offered() }
