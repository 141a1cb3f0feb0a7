// Package faults holds the scenarios that network engines must survive, played
// through a proxy that cuts connections. Only tests import it.
package faults
