// Package corpus reads weft's conformance corpus: data files of conditions over
// the test model, with options. Its golden files show what every back end makes
// of each case, side by side; package differential compares the engines' answers.
//
// A section begins with "## Entity: topic". Each following line is one case: a
// name, two spaces or more, the condition as JSON, and after " | " the options
// order=, limit=, offset=, populate= and strategy=. In a condition
// {"$col": path} stands for conditions.Col, {"$raw": [text, arguments...]} for
// conditions.Raw, and {"$bytes": base64} for a []byte.
package corpus
