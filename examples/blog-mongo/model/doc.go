// Package model is what the blog is about.
package model
