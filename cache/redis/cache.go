package redis

import (
	"context"
	"crypto/rand"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Cache keeps answers in Redis. It is safe for concurrent use.
type Cache struct {
	client redis.UniversalClient
	prefix string
	// Timeout is how long an operation may take, 250 milliseconds at first; Pause how long
	// Redis is left alone after it failed, one second at first. Set them before the first use.
	Timeout, Pause time.Duration
	away           atomic.Int64 // the end of the pause, in Unix nanoseconds
}

// tokenTTL is how long a token lives that nobody asks for. It is longer than any answer
// should be kept; an answer whose token is gone is not used.
const tokenTTL = 7 * 24 * time.Hour

// New returns a cache whose keys begin with namespace, which stands for one database: those
// that share it must be about the same rows. The client stays the caller's to close.
func New(client redis.UniversalClient, namespace string) *Cache {
	return &Cache{client: client, prefix: "weft:{" + namespace + "}:", Timeout: 250 * time.Millisecond, Pause: time.Second}
}

// Get returns the entry of a key and the tokens of tags.
func (c *Cache) Get(ctx context.Context, key string, tags []string) (entry []byte, tokens []string, err error) {
	err = c.try(ctx, func(ctx context.Context) error {
		keys := []string{c.prefix + "e:" + key}
		for _, tag := range tags {
			keys = append(keys, c.tag(tag))
		}
		values, err := c.client.MGet(ctx, keys...).Result()
		if err != nil {
			return err
		}
		if text, ok := values[0].(string); ok {
			entry = []byte(text)
		}
		for i, v := range values[1:] {
			token, ok := v.(string)
			if !ok {
				if token, err = c.first(ctx, keys[i+1]); err != nil {
					return err
				}
			}
			tokens = append(tokens, token)
		}
		return nil
	})
	return entry, tokens, err
}

// first gives a tag a token, or returns the one that another process gave it meanwhile.
func (c *Cache) first(ctx context.Context, key string) (string, error) {
	token := rand.Text()
	mine, err := c.client.SetNX(ctx, key, token, tokenTTL).Result()
	if err != nil || mine {
		return token, err
	}
	return c.client.Get(ctx, key).Result()
}

// Put keeps an entry for a time.
func (c *Cache) Put(ctx context.Context, key string, entry []byte, ttl time.Duration) error {
	return c.try(ctx, func(ctx context.Context) error {
		return c.client.Set(ctx, c.prefix+"e:"+key, entry, min(ttl, tokenTTL)).Err()
	})
}

// Drop gives tags new tokens.
func (c *Cache) Drop(ctx context.Context, tags []string) error {
	return c.try(ctx, func(ctx context.Context) error {
		_, err := c.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, tag := range tags {
				p.Set(ctx, c.tag(tag), rand.Text(), tokenTTL)
			}
			return nil
		})
		return err
	})
}

func (c *Cache) tag(name string) string { return c.prefix + "t:" + name }

// try runs an operation within its time, unless Redis failed a moment ago.
func (c *Cache) try(ctx context.Context, f func(context.Context) error) error {
	if time.Now().UnixNano() < c.away.Load() {
		return ErrAway
	}
	within, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	err := f(within)
	if err != nil && ctx.Err() == nil {
		c.away.Store(time.Now().Add(c.Pause).UnixNano())
	}
	return err
}
