// Package exec runs the steps of a plan in a session: it resolves handles,
// sends what does not depend on each other together, and checks the counts of
// locked rows. It reports an [Outcome] and leaves entities alone.
package exec
