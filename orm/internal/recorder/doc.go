// Package recorder wraps an engine and writes down what is sent to it, so that
// tests can assert exact statements in order. It can also make a statement or a
// commit fail. Only tests import it.
package recorder
