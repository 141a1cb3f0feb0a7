// Package planted lets the project's own checker leave out, one at a time, what keeps
// a promise of the unit of work, to see that it notices. In a build without the tag
// "planted" no fault is ever planted, [Is] is a constant, and the compiler takes out
// what asks for it. A build with the tag also checks, as [Built] says, what the unit
// remembers beside what it is made from.
package planted
