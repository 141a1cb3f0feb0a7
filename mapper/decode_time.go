package mapper

import (
	"strings"
	"time"
)

// timeLayouts are the texts databases give for times, without a trailing Z.
var timeLayouts = []string{
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999Z07",
	"2006-01-02",
	"2006-01-02T15:04",
	"2006-01-02 15:04",
}

func decodeTime(t *Type, src any) (time.Time, error) {
	if v, ok := src.(time.Time); ok {
		return t.normalTime(v), nil
	}
	if s, ok := asText(src); ok {
		if v, ok := parseTime(t.Layout, s); ok {
			return t.normalTime(v), nil
		}
	}
	return time.Time{}, t.badValue(src, "is not a time")
}

// parseTime reads a time in the column's own layout or in those databases use.
func parseTime(layout, s string) (time.Time, bool) {
	if layout != "" {
		if v, err := time.ParseInLocation(layout, s, time.UTC); err == nil {
			return v, true
		}
	}
	if v, ok := plainTime(s); ok {
		return v, true
	}
	plain := strings.TrimSuffix(s, "Z")
	for _, l := range timeLayouts {
		if v, err := time.ParseInLocation(l, plain, time.UTC); err == nil {
			return v, true
		}
	}
	return time.Time{}, false
}

// powers of ten, for the precision of times.
var nanosPerUnit = [...]time.Duration{1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1}

// normalTime brings a time into canonical form: UTC, at the property's
// precision, without a monotonic reading; a date at midnight.
func (t *Type) normalTime(v time.Time) time.Time {
	if t.Kind == Date {
		y, m, d := v.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	v = v.UTC()
	if t.Precision >= 9 {
		return v.Round(0)
	}
	unit := int(nanosPerUnit[max(t.Precision, 0)])
	if over := v.Nanosecond() % unit; over != 0 {
		v = v.Add(-time.Duration(over))
	}
	return v.Round(0)
}
