package docpath

import (
	"slices"
	"strconv"
	"strings"
)

// maxDigits keeps the number of an element below what every engine can count.
const maxDigits = 9

// Element reads "[3]". A number is written in one way only: "[03]" and "[+3]" are keys.
func Element(step string) (n int, ok bool) {
	if len(step) < 3 || len(step) > maxDigits+2 || step[0] != '[' || step[len(step)-1] != ']' {
		return 0, false
	}
	digits := step[1 : len(step)-1]
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	if len(digits) > 1 && digits[0] == '0' {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil
}

// IsElement reports "[3]".
func IsElement(step string) bool {
	_, ok := Element(step)
	return ok
}

// Cut takes a piece between two dots apart: "items[0][1]" into "items", "[0]" and "[1]".
func Cut(piece string) (name string, elements []string) {
	for {
		i := strings.LastIndexByte(piece, '[')
		if i < 0 || !IsElement(piece[i:]) {
			return piece, elements
		}
		elements = slices.Insert(elements, 0, piece[i:])
		piece = piece[:i]
	}
}
