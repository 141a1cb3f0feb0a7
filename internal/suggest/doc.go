// Package suggest finds the name a user most likely meant: the near miss behind
// every "did you mean" in weft's messages.
//
// It is a pure function over strings and knows nothing about entities.
package suggest
