// Package doctor is the command weft doctor.
package doctor
