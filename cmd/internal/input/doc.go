// Package input reads conditions written as JSON and remembers where each piece
// stands, so that a mistake found later can be shown in the text it came from.
//
// It knows nothing of entities: package conditions decides what a condition means.
package input
