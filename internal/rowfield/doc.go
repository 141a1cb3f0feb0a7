// Package rowfield decides which field of a struct takes which column of a result
// row. The rule stands here alone, for rows that are read and for code that is checked.
package rowfield
