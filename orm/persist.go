package orm

// Persist marks entities (pointers to registered structs) for insertion. Nothing
// is written before Flush, which also reports mistakes made here. An entity that has a
// key is inserted with it, and the database refuses one that is there: to write changes
// of a stored row that was not read here, Merge it first.
func (em *EntityManager) Persist(entities ...any) {
	em = em.there()
	if err := em.guard.enter("persist"); err != nil {
		em.mistakes = append(em.mistakes, err)
		return
	}
	defer em.guard.leave()
	for _, x := range entities {
		e, p, err := em.locate("persist", x)
		if err != nil {
			em.mistakes = append(em.mistakes, err)
			continue
		}
		if _, problem := em.unit.Persist(e, p); problem != nil {
			em.mistakes = append(em.mistakes, told("persist", problem))
		}
	}
}

// Remove marks entities for deletion. An entity that was never flushed is
// forgotten; persisting a removed one again takes the removal back.
//
// Where the mapping has softDelete the row stays: the property tells that it was
// removed, and reads hide it.
func (em *EntityManager) Remove(entities ...any) {
	em = em.there()
	em.remove(entities, false)
}

// RemoveHard is Remove that deletes the rows of entities with softDelete, too, and
// those of all that is removed along with them.
func (em *EntityManager) RemoveHard(entities ...any) {
	em = em.there()
	em.remove(entities, true)
}

func (em *EntityManager) remove(entities []any, hard bool) {
	if err := em.guard.enter("remove"); err != nil {
		em.mistakes = append(em.mistakes, err)
		return
	}
	defer em.guard.leave()
	for _, x := range entities {
		e, p, err := em.locate("remove", x)
		if err != nil {
			em.mistakes = append(em.mistakes, err)
			continue
		}
		if problem := em.unit.Remove(e, p, hard); problem != nil {
			em.mistakes = append(em.mistakes, told("remove", problem))
		}
	}
}
