// Package corpus reads weft's conformance corpus: a data file of conditions
// over the test model, with options, used for golden files of every back end
// and for comparing engines.
//
// A section begins with "## Entity: topic". Each following line is one case: a
// name, two spaces or more, the condition as JSON, and after " | " the options
// order=, limit=, offset=, populate= and strategy=.
package corpus
