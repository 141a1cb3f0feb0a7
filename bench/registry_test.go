package bench

import (
	"sync"
	"testing"

	gormschema "gorm.io/gorm/schema"

	"github.com/weft-orm/weft/bench/internal/wide"
	"github.com/weft-orm/weft/mapper"
)

// BenchmarkRegistry builds the metadata of three hundred entities with relations.
func BenchmarkRegistry(b *testing.B) {
	contest(b, 1,
		contestant{"weft", func() error {
			_, err := mapper.Build(mapper.Options{}, wide.All()...)
			return err
		}},
		contestant{"gorm", func() error {
			var cache sync.Map
			for _, entity := range wide.All() {
				if _, err := gormschema.Parse(entity, &cache, gormschema.NamingStrategy{}); err != nil {
					return err
				}
			}
			return nil
		}},
	)
}
