// Package faults is a TCP proxy for tests, which cuts connections at the worst
// moment, and the scenarios that network engines must survive. Only tests import
// it.
package faults
