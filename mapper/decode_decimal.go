package mapper

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

func decodeDecimal(t *Type, src any) (Decimal, error) {
	var s string
	switch v := src.(type) {
	case int64:
		s = strconv.FormatInt(v, 10)
	case uint64:
		s = strconv.FormatUint(v, 10)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return "", t.badValue(src, "must be finite")
		}
		s = strconv.FormatFloat(v, 'f', -1, 64)
	default:
		text, ok := asText(src)
		if !ok {
			return "", t.badValue(src, "is not a decimal")
		}
		s = text
	}
	d, ok := normalDecimal(s, t.Scale)
	if !ok {
		return "", t.badValue(src, "is not a decimal")
	}
	return d, nil
}

// normalDecimal brings decimal text into canonical form: exactly scale digits
// after the point, rounded half away from zero, no plus sign, no leading zeros
// but one, no negative zero. The empty text is zero.
func normalDecimal(s string, scale int) (Decimal, bool) {
	negative := strings.HasPrefix(s, "-")
	digits := strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+")
	if i := strings.IndexAny(digits, "eE"); i >= 0 {
		exp, err := strconv.Atoi(digits[i+1:])
		if err != nil || exp > 1000 || exp < -1000 {
			return "", false
		}
		if digits = shiftPoint(digits[:i], exp); digits == "" {
			return "", false
		}
	}
	whole, frac, point := strings.Cut(digits, ".")
	if whole == "" && frac == "" && (s != "" || point) || !onlyDigits(whole) || !onlyDigits(frac) {
		return "", false
	}
	if len(frac) > scale {
		up := frac[scale] >= '5'
		frac = frac[:scale]
		if up {
			whole, frac = increment(whole, frac)
		}
	}
	frac += strings.Repeat("0", scale-len(frac))
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	out := whole
	if scale > 0 {
		out += "." + frac
	}
	if negative && strings.Trim(out, "0.") != "" {
		out = "-" + out
	}
	return Decimal(out), true
}

// shiftPoint moves the point of plain digits by exp places; "" when malformed.
func shiftPoint(digits string, exp int) string {
	whole, frac, _ := strings.Cut(digits, ".")
	if whole+frac == "" {
		return ""
	}
	if exp >= 0 {
		frac += strings.Repeat("0", max(0, exp-len(frac)))
		return whole + frac[:exp] + "." + frac[exp:]
	}
	whole = strings.Repeat("0", max(0, -exp-len(whole))) + whole
	return whole[:len(whole)+exp] + "." + whole[len(whole)+exp:] + frac
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// increment adds one unit in the last place.
func increment(whole, frac string) (string, string) {
	n, _ := new(big.Int).SetString("0"+whole+frac, 10)
	s := n.Add(n, big.NewInt(1)).String()
	if len(s) <= len(frac) {
		s = strings.Repeat("0", len(frac)-len(s)+1) + s
	}
	return s[:len(s)-len(frac)], s[len(s)-len(frac):]
}
