package changeset

import (
	"time"

	"github.com/weft-orm/weft/mapper"
)

// firstVersion is the version of a new row.
func firstVersion(v *mapper.Property, now time.Time) any {
	switch v.Type.Kind {
	case mapper.Time:
		return now.UTC().Truncate(unit(v))
	case mapper.Uint:
		return uint64(1)
	default:
		return int64(1)
	}
}

// FirstVersion is the version of a new row that no entity stands for.
func (o *Options) FirstVersion(v *mapper.Property) any { return firstVersion(v, o.Now) }

// nextVersion follows before. A time version always grows, also when two
// flushes meet in one unit of the column's precision or the clock goes back.
func nextVersion(v *mapper.Property, before any, now time.Time) any {
	switch before := before.(type) {
	case time.Time:
		next := now.UTC().Truncate(unit(v))
		if least := before.Add(unit(v)); next.Before(least) {
			return least
		}
		return next
	case uint64:
		return before + 1
	case int64:
		return before + 1
	default:
		return firstVersion(v, now)
	}
}

// unit is the smallest step of a time property.
func unit(v *mapper.Property) time.Duration {
	d := time.Second
	for range v.Type.Precision {
		d /= 10
	}
	return max(d, time.Nanosecond)
}
