// Package class holds the classes of errors that packages on both sides of orm report, and
// makes narrower ones of them: what a reference refuses because its target is not loaded is,
// for users of orm, an ErrNotLoaded like any other. It knows nothing of the rest.
package class
