// Package others holds what pages show beyond weft's main module: its other modules, and
// libraries that weft itself does not need. Blocks marked so are compiled here.
package others

import (
	_ "github.com/gin-gonic/gin"     // docs/web.md
	_ "github.com/labstack/echo/v4"  // docs/web.md
	_ "github.com/redis/go-redis/v9" // docs/caching.md
	_ "go.uber.org/fx"               // docs/connectors.md

	_ "github.com/weft-orm/weft/cache/redis"
	_ "github.com/weft-orm/weft/driver/postgres"
	_ "github.com/weft-orm/weft/driver/sqlite"
	_ "github.com/weft-orm/weft/driver/sqlite/purego"
	_ "github.com/weft-orm/weft/orm"
	_ "github.com/weft-orm/weft/otel"
	_ "github.com/weft-orm/weft/schema"
	_ "github.com/weft-orm/weft/tests/model"
	_ "github.com/weft-orm/weft/weftweb/weftecho"
	_ "github.com/weft-orm/weft/weftweb/weftgin"
)
