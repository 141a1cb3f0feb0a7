package session

import "sync"

// Cache keeps compiled reads and writes by shape. It is safe for concurrent use.
// When it is full it starts anew: shapes come from code, so that only a program that
// builds shapes from data ever fills it.
type Cache struct {
	mu      sync.RWMutex
	entries map[string]any
}

// maxPrograms is far above the number of statements written down in any application.
const maxPrograms = 16384

// Get returns what was kept under a key, nil when nothing was.
func (c *Cache) Get(key []byte) any {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.entries[string(key)]
}

// Put keeps an entry.
func (c *Cache) Put(key []byte, entry any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil || len(c.entries) >= maxPrograms {
		c.entries = map[string]any{}
	}
	c.entries[string(key)] = entry
}
