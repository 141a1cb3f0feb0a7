// Package check reads the check constraints that a mapping declares, which are SQL:
// comparisons of columns with constants and with each other, IN, BETWEEN, LIKE, IS NULL,
// arithmetic, CASE and some functions, joined by AND, OR and NOT. What it reads can be decided
// for a row without a database, and written for one that has no SQL.
package check
