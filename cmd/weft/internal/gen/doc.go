// Package gen writes the Go file with the property paths of a package's entities.
// [Source] is a pure function of the registry: the same entities give the same
// bytes. [Command] is the command around it.
package gen
