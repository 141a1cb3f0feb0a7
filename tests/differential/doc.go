// Package differential holds the one harness that compares engines: random
// requests (conditions, order, pages, counts, filters) over random rows of the
// whole test model, answered by each engine and by the naive evaluator. All must
// find the same roots, in the same order.
//
// The short run is part of the ordinary tests; -rapid.checks=N makes it N cases
// for each engine and world. A difference is shrunk and printed with the request,
// its condition tree and what the engine was told.
package differential
