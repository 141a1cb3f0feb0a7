// Package gen writes the Go file with the property paths of a package's entities.
// It is a pure function of the registry: the same entities give the same bytes.
package gen
