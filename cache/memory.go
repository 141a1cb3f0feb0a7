package cache

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Store is a cache in memory. It is safe for concurrent use, and may serve one
// database only.
type Store struct {
	entries *lru.Cache[string, entry]
	mu      sync.Mutex
	tokens  map[string]string
	next    atomic.Uint64
}

// entry is a kept answer and the end of its time.
type entry struct {
	value []byte
	until time.Time
}

// Memory returns a cache of at most size answers (1,000 for 0 and less); the one that was
// not asked for the longest makes room.
func Memory(size int) *Store {
	if size <= 0 {
		size = 1000
	}
	entries, _ := lru.New[string, entry](size) // it refuses sizes that are not positive
	return &Store{entries: entries, tokens: map[string]string{}}
}

// Get returns the entry of a key and the tokens of tags.
func (s *Store) Get(_ context.Context, key string, tags []string) (value []byte, tokens []string, err error) {
	s.mu.Lock()
	tokens = make([]string, len(tags))
	for i, tag := range tags {
		if s.tokens[tag] == "" {
			s.tokens[tag] = s.token()
		}
		tokens[i] = s.tokens[tag]
	}
	s.mu.Unlock()
	e, ok := s.entries.Get(key)
	if !ok {
		return nil, tokens, nil
	}
	if !time.Now().Before(e.until) {
		s.entries.Remove(key)
		return nil, tokens, nil
	}
	return e.value, tokens, nil
}

// Put keeps an entry for a time.
func (s *Store) Put(_ context.Context, key string, value []byte, ttl time.Duration) error {
	s.entries.Add(key, entry{value, time.Now().Add(ttl)})
	return nil
}

// Drop gives tags new tokens.
func (s *Store) Drop(_ context.Context, tags []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, tag := range tags {
		s.tokens[tag] = s.token()
	}
	return nil
}

// Len returns the number of entries.
func (s *Store) Len() int { return s.entries.Len() }

func (s *Store) token() string { return strconv.FormatUint(s.next.Add(1), 36) }
