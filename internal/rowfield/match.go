package rowfield

import "strings"

// Field is an exported field of a struct, promoted ones included.
type Field struct {
	// Name is the Go name.
	Name string
	// Tag is the value of the struct tag's key "orm".
	Tag string
}

// Match returns for each column the position of the field that takes it, -1 for
// none: by tag, by its whole name in any case, then by the last piece of it.
func Match(fields []Field, columns []string) []int {
	places := make([]int, len(columns))
	for i := range places {
		places[i] = -1
	}
	taken := map[string]bool{}
	for _, fits := range []func(f Field, column string) bool{
		func(f Field, column string) bool { return f.Tag == column },
		func(f Field, column string) bool { return strings.EqualFold(f.Name, letters(column)) },
		func(f Field, column string) bool {
			return strings.EqualFold(f.Name, letters(column[strings.LastIndexByte(column, '.')+1:]))
		},
	} {
		for i, column := range columns {
			for at, f := range fields {
				if places[i] < 0 && !taken[f.Name] && fits(f, column) {
					places[i], taken[f.Name] = at, true
				}
			}
		}
	}
	return places
}

// letters keeps what can stand in the name of a field.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("_.()* ", r) {
			return -1
		}
		return r
	}, name)
}
