// Package tests holds the tests that belong to no single package: behaviour against real engines, the conformance
// corpus, and the rules of the project itself, its layers and its style. It has no code of its own and nothing imports
// it.
package tests
