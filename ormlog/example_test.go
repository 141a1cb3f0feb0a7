package ormlog_test

import (
	"log/slog"
	"os"

	"github.com/weft-orm/weft/ormlog"
)

func ExampleNewHandler() {
	// Give it to orm.Open by orm.Logger(logger): statements are broken into lines, and
	// highlighted on terminals.
	logger := slog.New(ormlog.NewHandler(os.Stderr, ormlog.Options{Level: slog.LevelDebug, Color: ormlog.Auto}))
	logger.Debug("not an example with output: every line begins with the time")
}
