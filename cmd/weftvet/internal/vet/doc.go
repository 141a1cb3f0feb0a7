// Package vet is the analyzer: it makes the models, lets the values be followed and
// judged, and carries what other packages need as facts.
package vet
