package changeset

import (
	"cmp"
	"math"
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
// flushes meet in one unit of the column's precision or the clock goes back. The greatest
// integer is followed by the first version: one that its field cannot hold could be
// stored, and never be read again.
func nextVersion(v *mapper.Property, before any, now time.Time) any {
	switch before := before.(type) {
	case time.Time:
		next := now.UTC().Truncate(unit(v))
		if least := before.Add(unit(v)); next.Before(least) {
			return least
		}
		return next
	case uint64:
		if before >= greatestUint(v.Type) {
			return firstVersion(v, now)
		}
		return before + 1
	case int64:
		if before >= math.MaxInt64>>(64-cmp.Or(v.Type.Bits, 64)) {
			return firstVersion(v, now)
		}
		return before + 1
	default:
		return firstVersion(v, now)
	}
}

// greatestUint is the greatest unsigned integer that both the field and the database hold.
func greatestUint(t *mapper.Type) uint64 {
	n := uint64(math.MaxUint64) >> (64 - cmp.Or(t.Bits, 64))
	if t.MaxUint > 0 {
		n = min(n, t.MaxUint)
	}
	return n
}

// unit is the smallest step of a time property.
func unit(v *mapper.Property) time.Duration {
	d := time.Second
	for range v.Type.Precision {
		d /= 10
	}
	return max(d, time.Nanosecond)
}
