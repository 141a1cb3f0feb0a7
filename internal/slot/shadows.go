package slot

// Shadows is the memory layout of rel.Shadows: the canonical values of an
// entity's shadow properties, by the position the mapper gave them. Fewer
// values than properties, or none, are NULL. The slice is never changed in
// place, so that a copied entity keeps its own.
type Shadows struct{ Values []any }
