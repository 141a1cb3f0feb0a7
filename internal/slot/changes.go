package slot

import "unsafe"

// Changes are a list that most collections never have: it is made with its first item.
type Changes struct{ list *List }

// Len returns the number of items.
func (c *Changes) Len() int {
	if c.list == nil {
		return 0
	}
	return c.list.Len()
}

// Has is [List.Has].
func (c *Changes) Has(p unsafe.Pointer) bool { return c.list != nil && c.list.Has(p) }

// View is [List.View].
func (c *Changes) View() []unsafe.Pointer {
	if c.list == nil {
		return nil
	}
	return c.list.View()
}

// Read is [List.Read].
func (c *Changes) Read() []unsafe.Pointer {
	if c.list == nil {
		return nil
	}
	return c.list.Read()
}

// Append is [List.Append].
func (c *Changes) Append(p unsafe.Pointer) {
	if c.list == nil {
		c.list = &List{}
	}
	c.list.Append(p)
}

// Delete is [List.Delete].
func (c *Changes) Delete(p unsafe.Pointer) int {
	if c.list == nil {
		return -1
	}
	return c.list.Delete(p)
}

// Clear empties the list.
func (c *Changes) Clear() {
	if c.list != nil {
		c.list.Clear()
	}
}

// Clone returns a copy that shares nothing.
func (c *Changes) Clone() Changes {
	if c.list == nil {
		return Changes{}
	}
	list := c.list.Clone()
	return Changes{&list}
}

// set puts p into the list or takes it out.
func (c *Changes) set(p unsafe.Pointer, in bool) {
	switch {
	case !in:
		c.Delete(p)
	case !c.Has(p):
		c.Append(p)
	}
}

// of makes the list one of distinct items, which takes over the memory.
func (c *Changes) of(items []unsafe.Pointer) {
	list := ListOf(items)
	if c.list == nil {
		c.list = &list
		return
	}
	*c.list = list
}
