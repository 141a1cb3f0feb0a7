// Package viewing is the command studio.
package viewing
