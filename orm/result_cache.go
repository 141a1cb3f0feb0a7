package orm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/logkey"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/load"
)

// Cache keeps answers of finds, for one process (package cache) or several (cache/redis).
// Keys and tags are text of at most 200 bytes. Implementations are safe for concurrent use.
//
// A tag has a token: text that no tag had before. An answer is stored with the tokens its
// tags had before it was read, and is used while they are the same, so that an answer
// which was read before a write and stored after it is never used.
type Cache interface {
	// Get returns the entry of a key, nil when there is none, and the tokens of tags, in
	// order. A tag without a token gets one.
	Get(ctx context.Context, key string, tags []string) (entry []byte, tokens []string, err error)
	// Put keeps an entry for a time.
	Put(ctx context.Context, key string, entry []byte, ttl time.Duration) error
	// Drop gives tags new tokens.
	Drop(ctx context.Context, tags []string) error
}

// CacheOption configures [ResultCache].
type CacheOption func(*resultCache)

// CacheAll caches the answers of all finds and counts, for ttl, where [NotCached] does not say otherwise.
func CacheAll(ttl time.Duration) CacheOption { return func(c *resultCache) { c.all = ttl } }

// ResultCache keeps answers of finds and counts in a cache, those that [Cached] asks for.
//
// What is kept is the question (statement and values, populate hints, filters and their
// values, schema) and what was found, nothing included. An answer becomes entities as if
// it had been read: managed ones keep their values, new ones are never dirty. Flushes, native
// and bulk writes of a DB with the same cache drop the answers about entities they write;
// what is written by others stays unseen until its time is over, or [DB.DropCached] is called.
//
// Finds in a transaction, with a lock or with Overwrite, conditions with sub-queries, streams and
// pages by cursor ask the database. A cache that cannot be reached costs speed only: the database is asked, and
// what should have been dropped is dropped when it is back; until then this DB does not read
// answers from it. Of several goroutines that ask the same at once one asks the database.
func ResultCache(cache Cache, opts ...CacheOption) Option {
	return func(c *config) {
		if cache == nil {
			c.faults = append(c.faults, &Error{Class: ErrInvalidOption, Op: "open", Detail: "the cache is nil"})
			return
		}
		c.cache = &resultCache{Cache: cache, running: map[string]chan struct{}{}, owed: map[string]bool{}}
		for _, opt := range opts {
			opt(c.cache)
		}
	}
}

// Cached lets the answer come from the cache, where it may be ttl old. Without
// [ResultCache] it fails with ErrInvalidOption, as does a ttl that is not positive.
func Cached(ttl time.Duration) FindOption {
	return func(o *findOptions) {
		switch {
		case ttl <= 0:
			o.refuse("the time of a cached answer must be positive; NotCached asks the database")
		case o.within.db.config.cache == nil:
			o.refuse("there is no cache; orm.ResultCache gives the database one")
		}
		o.cached = &ttl
	}
}

// NotCached asks the database where [CacheAll] would not.
func NotCached() FindOption { return func(o *findOptions) { o.cached = new(time.Duration) } }

// DropCached drops the cached answers about entity types, given as values or pointers, after
// their tables were written past weft; without any, all answers.
func (db *DB) DropCached(ctx context.Context, entities ...any) error {
	db = db.there()
	c := db.config.cache
	if c == nil {
		return nil
	}
	tags := []string{load.Everything}
	for _, x := range entities {
		e, err := db.entityOfValue(x)
		if err != nil {
			return err
		}
		tags = append(tags, e.Root().Name)
	}
	if len(entities) == 0 {
		for _, e := range db.registry.Entities() {
			tags = append(tags, e.Root().Name)
		}
	}
	slices.Sort(tags)
	return c.Drop(ctx, slices.Compact(tags))
}

// resultCache is the cache of a DB.
type resultCache struct {
	Cache
	all time.Duration
	mu  sync.Mutex
	// running are the keys whose answers are being read, answered counts those that were.
	running  map[string]chan struct{}
	answered atomic.Uint64
	// owed are tags that could not be dropped yet.
	owed map[string]bool
	// model tells answers of other models apart; once.
	once  sync.Once
	model string
}

// image returns the answer to a find that may come from the cache, else nil.
func (em *EntityManager) image(ctx context.Context, l *load.Loader, r *request) (*load.Image, error) {
	if r.opts.Limit == 0 {
		return nil, nil
	}
	return em.cached(ctx, l, r, func() (*load.Image, error) {
		// Apart from what the manager holds, which may be older than the database, or changed.
		apart := findOptions{readOnly: true}
		return em.reader(&apart).Capture(ctx, &r.Request)
	})
}

// answer runs a find, by the cache where it may.
func (em *EntityManager) answer(ctx context.Context, l *load.Loader, r *request) ([]*managed, error) {
	g, err := em.image(ctx, l, r)
	switch {
	case err != nil:
		return nil, err
	case g == nil:
		return l.Find(ctx, &r.Request)
	}
	return l.Apply(g)
}

// counted counts, by the cache where it may.
func (em *EntityManager) counted(ctx context.Context, r *request) (int64, error) {
	r.Counts()
	g, err := em.cached(ctx, em.loader, r, func() (*load.Image, error) {
		n, err := em.loader.Count(ctx, &r.Request)
		return &load.Image{Count: n}, err
	})
	switch {
	case err != nil:
		return 0, err
	case g == nil:
		return em.loader.Count(ctx, &r.Request)
	}
	return g.Count, nil
}

// cached returns the answer to a request that may come from the cache, else nil. What the cache
// does not have is asked and kept.
func (em *EntityManager) cached(ctx context.Context, l *load.Loader, r *request, ask func() (*load.Image, error)) (*load.Image, error) {
	c := em.db.config.cache
	if c == nil || em.scope.Session != nil || r.opts.Refresh || r.opts.Lock.Mode != 0 {
		return nil, nil
	}
	ttl := c.all
	if r.opts.cached != nil {
		ttl = *r.opts.cached
	}
	if ttl <= 0 || !c.settled(ctx) {
		return nil, nil
	}
	text, tags, ok, err := l.Identity(&r.Request)
	if err != nil || !ok {
		return nil, err
	}
	key := c.key(em.db, text+variablesKey(em.scope.Variables))
	answered := c.answered.Load()
	g, tokens := c.lookup(ctx, em.db, key, tags)
	if g == nil && tokens != nil {
		done, wait := c.begin(key)
		if wait == nil && c.answered.Load() != answered { // perhaps just this question
			g, tokens = c.lookup(ctx, em.db, key, tags)
		}
		if wait != nil { // another one asks the same
			select {
			case <-wait:
			case <-ctx.Done():
				return nil, em.db.loads.Canceled(ctx)
			}
			if g, tokens = c.lookup(ctx, em.db, key, tags); g == nil {
				done, _ = c.begin(key)
			}
		}
		defer done()
	}
	if g != nil || tokens == nil {
		return g, nil
	}
	if g, err = ask(); err != nil {
		return nil, err
	}
	g.Tokens = tokens
	raw, err := g.Encode()
	if err == nil {
		err = c.Put(ctx, key, raw, ttl)
	}
	if err != nil {
		em.db.cacheFailed(ctx, "put", err)
	}
	return g, nil
}

// variablesKey tells questions apart that policies of the database may answer differently.
func variablesKey(list []driver.Variable) string {
	key := ""
	for _, v := range list {
		key += fmt.Sprintf("\x03%q=%q", v.Name, v.Value)
	}
	return key
}

// key is the key of a question.
func (c *resultCache) key(db *DB, text string) string {
	c.once.Do(func() { c.model = db.caps.Name + "\x00" + db.registry.Dump() })
	h := sha256.New()
	h.Write([]byte(c.model))
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

// lookup returns the answer of a key while the tokens of its tags are the same, else nil and
// the tokens; both are nil when the cache fails.
func (c *resultCache) lookup(ctx context.Context, db *DB, key string, tags []string) (*load.Image, []string) {
	raw, tokens, err := c.Get(ctx, key, tags)
	if err != nil || len(tokens) != len(tags) {
		db.cacheFailed(ctx, "get", err)
		return nil, nil
	}
	if raw == nil {
		return nil, tokens
	}
	g, err := load.DecodeImage(raw)
	if err != nil || !slices.Equal(g.Tokens, tokens) {
		return nil, tokens
	}
	return g, tokens
}

// begin notes that the answer of a key is being read, or returns the end of that.
func (c *resultCache) begin(key string) (done func(), wait chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if wait := c.running[key]; wait != nil {
		return func() {}, wait
	}
	mine := make(chan struct{})
	c.running[key] = mine
	return func() {
		c.mu.Lock()
		c.answered.Add(1)
		delete(c.running, key)
		c.mu.Unlock()
		close(mine)
	}, nil
}

// settled drops what is owed, and reports that nothing is.
func (c *resultCache) settled(ctx context.Context) bool {
	c.mu.Lock()
	tags := make([]string, 0, len(c.owed))
	for tag := range c.owed {
		tags = append(tags, tag)
	}
	c.mu.Unlock()
	if len(tags) == 0 {
		return true
	}
	slices.Sort(tags)
	if c.Drop(ctx, tags) != nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, tag := range tags {
		delete(c.owed, tag)
	}
	return len(c.owed) == 0
}

// wroteChanges notes the entities a flush writes, and those its links and deletes reach.
func (em *EntityManager) wroteChanges(w *work) {
	if em.db.config.cache == nil {
		return
	}
	for _, c := range w.Changes {
		em.wrote(c.Entity, c.Kind == changeset.Delete)
		if c.Kind == changeset.Update {
			em.renamed(c.Entity, c.Columns())
		}
	}
}

// renamed notes the entities whose references follow a change of some columns of an entity.
func (em *EntityManager) renamed(e *mapper.Entity, columns []*mapper.Column) {
	if em.db.config.cache == nil || e == nil {
		return
	}
	for p := range em.named(e, columns) {
		em.written[p.Entity.Root().Name] = true
	}
}

// named are the references to some columns of an entity that are not its key.
func (em *EntityManager) named(e *mapper.Entity, columns []*mapper.Column) iter.Seq[*mapper.Property] {
	return func(yield func(*mapper.Property) bool) {
		for _, below := range em.db.model.Of(e.Root()).Below {
			for _, p := range below.Named {
				if slices.ContainsFunc(columns, func(c *mapper.Column) bool { return c.Name == p.Relation.Keys[0].Name }) && !yield(p) {
					return
				}
			}
		}
	}
}

// wrotePast tells the unit of rows of an entity that are written past it. Where rows are deleted,
// or what others refer to changes, anything may follow.
func (em *EntityManager) wrotePast(e *mapper.Entity, deletes bool, columns []*mapper.Column) {
	if em.scope.Session == nil {
		return
	}
	em.noteOwn()
	if e == nil || deletes || slices.ContainsFunc(columns, func(c *mapper.Column) bool { return c.Property != nil && c.Property.Primary }) {
		em.unit.WrotePast(nil)
		return
	}
	for range em.named(e, columns) {
		em.unit.WrotePast(nil)
	}
	em.unit.WrotePast(e)
}

// wrote notes that rows of an entity are written, and with them the links to others. Where
// rows are deleted the database may delete or change those that refer to them.
func (em *EntityManager) wrote(e *mapper.Entity, deletes bool) {
	if em.db.config.cache == nil || e == nil {
		return
	}
	if em.written == nil {
		em.written = map[string]bool{load.Everything: true}
	}
	em.reaches(e.Root(), deletes)
}

func (em *EntityManager) reaches(e *mapper.Entity, deletes bool) {
	if em.written[e.Name] && !deletes || em.written[e.Name+"\x00"] {
		return
	}
	em.written[e.Name] = true
	for _, p := range e.HierarchyLeaves() {
		if p.Kind == mapper.ManyToMany {
			em.written[p.Relation.Target.Root().Name] = true
		}
	}
	if !deletes {
		return
	}
	em.written[e.Name+"\x00"] = true
	for _, other := range em.db.registry.Entities() {
		for _, p := range other.Leaves {
			if p.Relation != nil && p.Relation.Owning && p.Kind.IsToOne() && p.Relation.Target.Root() == e {
				em.reaches(other.Root(), true)
			}
		}
	}
}

// cacheEvent drops what a transaction wrote when it is committed.
func (em *EntityManager) cacheEvent(ctx context.Context, when txEvent) {
	switch when {
	case afterCommit:
		em.dropWritten(ctx)
	case afterRollback:
		em.written = nil
	}
}

// dropWritten drops the answers about what was written. What cannot be dropped is owed.
func (em *EntityManager) dropWritten(ctx context.Context) {
	c := em.db.config.cache
	if c == nil || em.written == nil {
		return
	}
	var tags []string
	for tag := range em.written {
		if tag[len(tag)-1] != 0 {
			tags = append(tags, tag)
		}
	}
	em.written = nil
	slices.Sort(tags)
	if err := c.Drop(context.WithoutCancel(ctx), tags); err != nil {
		c.mu.Lock()
		for _, tag := range tags {
			c.owed[tag] = true
		}
		c.mu.Unlock()
		em.db.cacheFailed(ctx, "drop", err)
	}
}

// cacheFailed logs a cache that cannot be reached.
func (db *DB) cacheFailed(ctx context.Context, op string, err error) {
	log := db.config.log
	if err == nil || log == nil || !log.enabled(ctx, LogQueries, slog.LevelWarn) {
		return
	}
	log.to.LogAttrs(ctx, slog.LevelWarn, logkey.Query, slog.String("cache", op), log.failure(err))
}
