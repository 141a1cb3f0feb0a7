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
	contest(b,
		contestant{"weft", func(b *testing.B) {
			if _, err := mapper.Build(mapper.Options{}, wide.All()...); err != nil {
				b.Fatal(err)
			}
		}},
		contestant{"gorm", func(b *testing.B) {
			var cache sync.Map
			for _, entity := range wide.All() {
				if _, err := gormschema.Parse(entity, &cache, gormschema.NamingStrategy{}); err != nil {
					b.Fatal(err)
				}
			}
		}},
	)
}
