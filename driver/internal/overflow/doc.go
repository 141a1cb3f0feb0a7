// Package overflow keeps rows that must be read before somebody wants them: the first in
// memory, and what is more in a temporary file, so that a result of any size takes a
// bounded part of the memory. It knows nothing of connections.
package overflow
