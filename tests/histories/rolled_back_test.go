package histories_test

import (
	"maps"
	"slices"

	"github.com/weft-orm/weft/orm"
)

// What is left when a transaction is rolled back.

// rollBack ends all open transactions.
func (r *run) rollBack() {
	if err := guarded(func() error { return r.em.Rollback(r.ctx) }); err != nil {
		r.fail("rollback failed: %v", err)
	}
	r.rolledBack()
}

// rolledBack takes the model back to where the innermost scope began, with the user's
// own steps done again. What was forgotten and read anew within is as it was stored there.
func (r *run) rolledBack() {
	s := r.exit(r.scopes[len(r.scopes)-1].saved)
	m := s.saved
	sure := m.clone()
	past := s.past || slices.ContainsFunc(r.scopes, func(s *scope) bool { return s.past })
	never, formers, cleared := map[int]bool{}, map[int]any{}, false
	for _, l := range s.log {
		st := m.keeping(l)
		a := actions[st.Do]
		if st.isPast() {
			if st.Do == "rawInsert" {
				never[st.H] = true
			}
			continue // nothing of it was
		}
		if a.read && never[st.H] && st.Do != "stream" {
			continue // it read what never was
		}
		if st.Do == "upsert" {
			if m.mem[st.H] == nil {
				never[st.H] = true // what a read has met of it since, too
			} else if l.former != nil {
				formers[st.H] = l.former // which a flush may have deleted before
			}
			continue
		}
		if a.read && st.Do != "refresh" && st.Do != "stream" && (m.mem[st.H].living() || cleared && m.mem[st.H] == nil) && m.db.rows[st.H] == nil {
			continue // it read what was only stored for the time being
		}
		if st.Do == "refresh" && l.gave != nil && m.mem[st.H] != nil && m.mem[st.H].status == fresh {
			m.mem[st.H].values = slices.Clone(l.gave) // for which it had given up what was there
			continue
		}
		if a.forgets {
			cleared = true
			sure.letGo(st)
			maps.DeleteFunc(formers, func(h int, _ any) bool { return sure.mem[h] == nil })
		}
		if cleared && sure.mem[st.H] == nil && (m.setsSlice(st) || !l.says) || a.read && never[st.H] || slices.ContainsFunc(st.To, func(h int) bool { return never[h] }) || !a.may(m, st) {
			r.giveUp(s.saved)
			m = nil
			break
		}
		if a.read {
			m.looked()
		}
		a.mean(m, st)
		if v := m.setsWhole(st); v != nil && v.style == asCollection && (cleared && sure.mem[st.H] == nil || past) {
			m.wiped[place{st.H, v.at}] = true // what it was read as does not count
		}
	}
	maps.Copy(r.ptr, formers)
	if m != nil && cleared && r.m.rekeyed(m, sure) {
		r.giveUp(s.saved)
		m = nil
	}
	if m != nil {
		r.doubt(m, sure, past)
		m.knows(r.m)
		r.m = m
	}
	r.upserted = map[int][]any{}
	r.backs = append(r.backs, backing{s.begin, r.at})
	r.cameToNothing(append(s.ends, s.begin, r.at))
	if len(r.scopes) > 0 {
		outer := r.scopes[len(r.scopes)-1]
		outer.ends = append(append(outer.ends, s.ends...), s.begin, r.at)
	}
	r.compareTables()
}

// setsWhole returns the to-many view of which a step sets all items, nil for none.
func (m *model) setsWhole(st step) *view {
	o := m.mem[st.H]
	if o == nil || st.Do != "replace" && st.Do != "assign" {
		return nil
	}
	if v := o.typ.view(st.F); v != nil && v.many {
		return v
	}
	return nil
}

// setsSlice reports a step that sets all items of a plain slice: of what that shows already it says nothing.
func (m *model) setsSlice(st step) bool {
	v := m.setsWhole(st)
	return v != nil && v.style == asSlice
}

// says reports a step that leaves another value in a field than was there.
func (m *model) says(st step) bool {
	if st.Do != "set" {
		return true
	}
	o, s := m.free(st.H, st.F)
	return s == nil || !m.alike(s, o.values[s.at], st.V[0])
}

// rekeyed reports rows read anew by keys that they do not have without the open transaction.
func (m *model) rekeyed(before, sure *model) bool {
	for h, o := range before.mem {
		now, then := m.db.rows[h], before.db.rows[h]
		if sure.mem[h] != nil || now == nil || then == nil || o.typ.name != "troupe" {
			continue
		}
		if at := o.typ.scalar("Code").at; now.values[at] != then.values[at] {
			return true
		}
	}
	return false
}

// letGo takes out what a step forgets.
func (m *model) letGo(st step) {
	if st.Do == "forget" {
		delete(m.mem, st.H)
		return
	}
	maps.DeleteFunc(m.mem, func(h int, _ *object) bool { return !slices.Contains(st.To, h) })
}

// doubt forgets what reads within a transaction that was rolled back would have met
// without its flushes: they met what was stored for the time being. Where something was written
// past the unit, what was read first after it is not known any more.
func (r *run) doubt(m, sure *model, past bool) {
	for _, h := range m.objects() {
		o, was := m.mem[h], sure.mem[h]
		if o.status == managed && was == nil && r.ptr[h] == nil {
			delete(m.mem, h)
			continue
		}
		if (o.status == managed || o.status == removed) && was == nil && past && r.unread(h) {
			o.part = true
			for i, v := range m.db.rows[h].values {
				o.unread[i] = o.values[i] == v && !o.typ.scalars[i].fixed
			}
		}
		if was != nil && was.part && !o.part {
			o.unknow(was)
		}
		for _, v := range o.typ.allViews() {
			if !o.loaded[v.at] || was != nil && was.loaded[v.at] || v.style == asScalar || r.ptr[h] == nil {
				continue
			}
			if loaded, err := orm.IsLoaded(r.em, r.ptr[h], v.path()); err == nil && !loaded {
				_, changed := m.over[place{h, v.at}]
				o.loaded[v.at], o.partial[v.at] = false, v.many && past && (changed || v.assoc.ordered)
				if v.assoc.links && past {
					m.unsure[place{h, v.at}] = true // what was put into it, or taken out, was not read
				}
			}
		}
	}
}

// knows takes over which lists were read in what is rolled back.
func (m *model) knows(before *model) {
	for h, o := range m.mem {
		if was := before.mem[h]; was != nil {
			for at, known := range was.known {
				o.known[at] = o.known[at] || known
			}
		}
	}
}

// unread reports an entity nothing of which is known but its key.
func (r *run) unread(h int) bool {
	loaded, err := orm.IsLoaded(r.em, r.ptr[h], "h")
	return err == nil && !loaded
}

// unknow makes what had not been read before unread again, but for what was assigned.
func (o *object) unknow(was *object) {
	o.part = true
	for i := range o.values {
		o.unread[i] = was.unread[i] && o.values[i] == was.values[i]
	}
}

// giveUp clears the unit where no rule says what it holds.
func (r *run) giveUp(m *model) {
	r.em.Clear()
	m.clear()
	r.m, r.ptr = m, map[int]any{}
	r.cleared[r.at] = true
	for _, s := range r.scopes {
		s.log = append(s.log, logged{step: step{Do: "clear"}})
	}
}
