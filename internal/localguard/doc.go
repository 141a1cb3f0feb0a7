// Package localguard keeps what is served for one person on one machine to that person:
// a page or a stream that shows what a program does with its database.
package localguard
