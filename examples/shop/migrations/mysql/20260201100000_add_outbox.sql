-- weft:generated
-- weft:tables categories customers outbox product_categories products purchase_lines purchases

-- +goose Up
-- create "outbox" table
CREATE TABLE `outbox` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `topic` varchar(255) NOT NULL,
  `message_key` varchar(255) NOT NULL,
  `payload` json NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `attempts` bigint NOT NULL,
  `last_error` longtext NULL,
  `deliver_after` datetime(6) NOT NULL,
  `holder` varchar(64) NOT NULL,
  `leased_until` datetime(6) NULL,
  `dead` bool NOT NULL,
  PRIMARY KEY (`id`)
) CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- +goose Down
-- drop "outbox" table
-- weft:destroys outbox: drops the table with all its rows
-- weft:remedy copy the rows elsewhere first, or rename it: was=outbox
DROP TABLE `outbox`;
