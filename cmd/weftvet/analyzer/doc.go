// Package analyzer gives weftvet to other drivers of go/analysis: an own
// multichecker, golangci-lint, an editor's.
//
//	multichecker.Main(analyzer.New(), nilness.Analyzer)
package analyzer
