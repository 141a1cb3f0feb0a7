// Package histories holds the tests of the unit of work as a whole: what must be
// in memory and in the tables after any legal sequence of steps.
//
//   - TestInputs is a list of single histories, each standing for a kind of its own;
//   - TestHistories draws random ones and compares them with a plain model of the
//     project, and with the same history without the flushes that were taken back.
package histories
