// Package indexcover finds conditions that no index serves.
package indexcover
