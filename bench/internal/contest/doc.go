// Package contest runs the same work through weft, hand-written code on the raw
// drivers, and its peers, and compares what they leave behind before it compares
// their times. Entrants take turns in one process; the order is shuffled, and
// what a number is worth is its ratio to the raw entrant in the same run.
package contest
