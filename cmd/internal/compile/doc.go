// Package compile turns planned steps into the text of one back end, with its
// parameters as that engine's driver would get them.
//
// It sends nothing. A parameter that only the rows of an earlier query could
// tell carries a name in place of a value.
package compile
