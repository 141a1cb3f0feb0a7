package mapper

// pieces hands out memory for the small parts of a registry, which live as long as it: an allocation
// for each of them was a fifth of all that a registry makes. Pieces grow, so that few parts take little.
type pieces[T any] struct {
	free []T
	size int
}

// lastPart is how many parts a piece has at most.
const lastPart = 16

// next returns a zero part.
func (p *pieces[T]) next() *T {
	if len(p.free) == 0 {
		p.size = min(max(2, 2*p.size), lastPart)
		p.free = make([]T, p.size)
	}
	x := &p.free[0]
	p.free = p.free[1:]
	return x
}
