package schema

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/weft-orm/weft/driver"
)

// dangling reports rows that refer to nothing, after SQLite changed tables with
// foreign keys off.
func dangling(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return fmt.Errorf("schema: check foreign keys: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return rows.Err()
	}
	var table, parent string
	var row, key sql.NullInt64
	if err := rows.Scan(&table, &row, &parent, &key); err != nil {
		return fmt.Errorf("schema: check foreign keys: %w", err)
	}
	return fmt.Errorf("schema: %w: row %d of %s refers to no row of %s", driver.ErrForeignKeyViolation, row.Int64, table, parent)
}
