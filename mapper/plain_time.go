package mapper

import "time"

// plainTime reads the one form of times that databases and their Go drivers write
// by themselves, 2006-01-02 15:04:05.999999999 with a T or a space, in UTC or
// without a zone. Everything else, mistakes included, is left to parseTime.
func plainTime(s string) (time.Time, bool) {
	const seconds = len("2006-01-02 15:04:05")
	if len(s) < seconds || s[4] != '-' || s[7] != '-' || s[10] != ' ' && s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, false
	}
	century, ok0 := twoDigits(s[0:])
	year, ok1 := twoDigits(s[2:])
	month, ok2 := twoDigits(s[5:])
	day, ok3 := twoDigits(s[8:])
	hour, ok4 := twoDigits(s[11:])
	minute, ok5 := twoDigits(s[14:])
	second, ok6 := twoDigits(s[17:])
	if !(ok0 && ok1 && ok2 && ok3 && ok4 && ok5 && ok6) {
		return time.Time{}, false
	}
	nanos, rest, ok := plainFraction(s[seconds:])
	if !ok || rest != "" && rest != "Z" && rest != "+00:00" {
		return time.Time{}, false
	}
	year += 100 * century
	if month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	return t, day <= 28 || t.Day() == day
}

// plainFraction reads a fraction of a second of up to nine digits.
func plainFraction(s string) (nanos int, rest string, ok bool) {
	if s == "" || s[0] != '.' {
		return 0, s, true
	}
	i := 1
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		nanos = nanos*10 + int(s[i]-'0')
		if i > 9 {
			return 0, s, false
		}
	}
	for n := i; n <= 9; n++ {
		nanos *= 10
	}
	return nanos, s[i:], i > 1
}

func twoDigits(s string) (int, bool) {
	tens, ones := s[0]-'0', s[1]-'0'
	return int(tens)*10 + int(ones), tens < 10 && ones < 10
}
