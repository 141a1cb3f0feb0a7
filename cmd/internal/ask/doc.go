// Package ask reads a find as people write it: the flags of a program, the fields of a page.
//
// What is wrong is told with the text it stands in and the piece at fault.
package ask
