// Package docrules takes the validator of a collection of documents apart, in the notation of
// MongoDB, and makes the command that counts the documents which break it, by field.
package docrules
