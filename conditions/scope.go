package conditions

// scope is a map with all that is nested below it. Within one scope, every
// spelling of a to-many path speaks of the same related row: the scope keeps one
// branch for each such path.
type scope struct {
	conj     []Node
	branches []*branch
	// parent and some tie the scope of a branch to the scope around it; the
	// branch joins the parent with its first condition, since a map that holds
	// nothing constrains nothing.
	parent   *scope
	node     Node // a *SomeNode, a *ReachNode, or an *ElementNode
	attached bool
	// root reports that the scope is a conjunct of the whole condition.
	root bool
	// top reports that the row of the scope is the root.
	top bool
}

// add puts a condition into the scope.
func (s *scope) add(n Node) {
	if s.parent != nil && !s.attached {
		s.attached = true
		s.parent.add(s.node)
	}
	if s.conj == nil {
		s.conj = make([]Node, 0, 4)
	}
	s.conj = append(s.conj, n)
}

// close returns the conjunction of the scope, which is about subject. Branches
// get their conditions now.
func (s *scope) close(about subject) Node {
	for _, b := range s.branches {
		where := b.scope.close(rowSubject{b.scope, b.row})
		switch {
		case b.some != nil:
			b.some.Where = where
		case b.reach != nil:
			b.reach.Where = where
		default:
			b.elem.Where = where
		}
	}
	switch len(s.conj) {
	case 0:
		return &Truth{Value: true, At: about.place().at}
	case 1:
		return s.conj[0]
	}
	return &AndNode{s.conj}
}
