// Package model is what the shop is about.
package model
