// Package fleet is a hierarchy of three levels with relations at each, for tests
// of inheritance.
package fleet
