package mapper

import (
	"encoding/hex"
	"strings"
)

// String returns the UUID in its usual form, "0190163d-8694-739b-aea5-966c26f8ad91".
func (u UUID) String() string { return formatUUID(u) }

// String returns the ULID's 26 characters.
func (u ULID) String() string { return formatULID(u) }

// String returns the id's 24 hexadecimal digits.
func (id ObjectID) String() string { return hex.EncodeToString(id[:]) }

// MarshalText gives the form of String, in JSON too.
func (u UUID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// MarshalText gives the form of String, in JSON too.
func (u ULID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// MarshalText gives the form of String, in JSON too.
func (id ObjectID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

func formatUUID(u [16]byte) string {
	var b [36]byte
	hex.Encode(b[:8], u[:4])
	hex.Encode(b[9:13], u[4:6])
	hex.Encode(b[14:18], u[6:8])
	hex.Encode(b[19:23], u[8:10])
	hex.Encode(b[24:], u[10:])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// parseUUID reads 32 hexadecimal digits, with dashes or braces or without.
func parseUUID(s string) (u UUID, ok bool) {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "{"), "}")
	if len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' {
		s = s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	}
	if len(s) != 32 {
		return u, false
	}
	_, err := hex.Decode(u[:], []byte(s))
	return u, err == nil
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func formatULID(u [16]byte) string {
	var b [26]byte
	// 128 bits as 26 digits of 5 bits, the first of which has 3.
	for i := range b {
		b[i] = crockford[bits5(u, i)]
	}
	return string(b[:])
}

// bits5 returns the i-th group of five bits, counted as if two zero bits came first.
func bits5(u [16]byte, i int) byte {
	var v byte
	for bit := i*5 - 2; bit < i*5+3; bit++ {
		v <<= 1
		if bit >= 0 {
			v |= u[bit/8] >> (7 - bit%8) & 1
		}
	}
	return v
}

func parseULID(s string) (u ULID, ok bool) {
	if len(s) != 26 || s[0] > '7' {
		return u, false
	}
	for i := range 26 {
		v := strings.IndexByte(crockford, upper(s[i]))
		if v < 0 {
			return ULID{}, false
		}
		for k := range 5 {
			if bit := i*5 - 2 + k; bit >= 0 && v>>(4-k)&1 == 1 {
				u[bit/8] |= 1 << (7 - bit%8)
			}
		}
	}
	return u, true
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

func decodeUUID(t *Type, src any) (UUID, error) {
	switch v := src.(type) {
	case UUID:
		return v, nil
	case [16]byte:
		return v, nil
	case []byte:
		if len(v) == 16 {
			return UUID(v), nil
		}
	}
	if s, ok := asText(src); ok {
		if u, ok := parseUUID(s); ok {
			return u, nil
		}
	}
	return UUID{}, t.badValue(src, "is not a UUID")
}

func decodeULID(t *Type, src any) (ULID, error) {
	switch v := src.(type) {
	case ULID:
		return v, nil
	case [16]byte:
		return v, nil
	case []byte:
		if len(v) == 16 {
			return ULID(v), nil
		}
	}
	if s, ok := asText(src); ok {
		if u, ok := parseULID(s); ok {
			return u, nil
		}
		if u, ok := parseUUID(s); ok { // kept in a uuid column
			return ULID(u), nil
		}
	}
	return ULID{}, t.badValue(src, "is not a ULID")
}

func decodeObjectID(t *Type, src any) (ObjectID, error) {
	switch v := src.(type) {
	case ObjectID:
		return v, nil
	case [12]byte:
		return v, nil
	case []byte:
		if len(v) == 12 {
			return ObjectID(v), nil
		}
	}
	if s, ok := asText(src); ok && len(s) == 24 {
		var id ObjectID
		if _, err := hex.Decode(id[:], []byte(s)); err == nil {
			return id, nil
		}
	}
	return ObjectID{}, t.badValue(src, "is not an object id")
}
