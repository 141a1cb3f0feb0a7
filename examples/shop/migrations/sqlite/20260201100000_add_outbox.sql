-- weft:generated
-- weft:tables categories customers outbox product_categories products purchase_lines purchases
-- +goose NO TRANSACTION

-- +goose Up
BEGIN;
-- create "outbox" table
CREATE TABLE `outbox` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `topic` text NOT NULL,
  `message_key` text NOT NULL,
  `payload` text NOT NULL,
  `created_at` text NOT NULL,
  `attempts` integer NOT NULL,
  `last_error` text NULL,
  `deliver_after` text NOT NULL,
  `holder` text NOT NULL,
  `leased_until` text NULL,
  `dead` integer NOT NULL
);
COMMIT;

-- +goose Down
-- disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
BEGIN;
-- drop "outbox" table
-- weft:destroys outbox: drops the table with all its rows
-- weft:remedy copy the rows elsewhere first, or rename it: was=outbox
DROP TABLE `outbox`;
COMMIT;
-- enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;
