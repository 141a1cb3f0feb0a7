// Package serving finds conditions that no index serves.
package serving
