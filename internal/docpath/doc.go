// Package docpath reads the steps of a path inside a JSON document: keys of objects, and
// "[n]" for the elements of arrays. What is an element is said here and nowhere else,
// so that every engine finds the same places.
package docpath
