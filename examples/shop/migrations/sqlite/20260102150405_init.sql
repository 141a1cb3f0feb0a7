-- weft:generated
-- weft:tables categories customers product_categories products purchase_lines purchases
-- +goose NO TRANSACTION

-- +goose Up
BEGIN;
-- create "products" table
CREATE TABLE `products` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `sku` text NOT NULL,
  `name` text NOT NULL,
  `cents` integer NOT NULL,
  `stock` integer NOT NULL,
  `facts` text NOT NULL,
  `version` integer NOT NULL,
  CONSTRAINT `products_hdeywscj3p4_check` CHECK (cents >= 0),
  CONSTRAINT `products_hrcpb4hgvul_check` CHECK (stock >= 0)
);
-- create index "products_sku_uniq" to table: "products"
CREATE UNIQUE INDEX `products_sku_uniq` ON `products` (`sku`);
-- create "categories" table
CREATE TABLE `categories` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `name` text NOT NULL
);
-- create index "categories_name_uniq" to table: "categories"
CREATE UNIQUE INDEX `categories_name_uniq` ON `categories` (`name`);
-- create "customers" table
CREATE TABLE `customers` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `email` text NOT NULL,
  `name` text NOT NULL,
  `address_street` text NOT NULL,
  `address_city` text NOT NULL
);
-- create index "customers_email_uniq" to table: "customers"
CREATE UNIQUE INDEX `customers_email_uniq` ON `customers` (`email`);
-- create "purchases" table
CREATE TABLE `purchases` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `customer_id` integer NOT NULL,
  `status` text NOT NULL DEFAULT 'placed',
  `placed_at` text NOT NULL,
  `version` integer NOT NULL,
  CONSTRAINT `purchases_customer_id_fkey` FOREIGN KEY (`customer_id`) REFERENCES `customers` (`id`),
  CONSTRAINT `purchases_status_check` CHECK ("status" in ('placed', 'paid', 'sent'))
);
-- create index "purchases_customer_id_idx" to table: "purchases"
CREATE INDEX `purchases_customer_id_idx` ON `purchases` (`customer_id`);
-- create "purchase_lines" table
CREATE TABLE `purchase_lines` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `order_id` integer NOT NULL,
  `product_id` integer NOT NULL,
  `quantity` integer NOT NULL,
  `cents` integer NOT NULL,
  CONSTRAINT `purchase_lines_order_id_fkey` FOREIGN KEY (`order_id`) REFERENCES `purchases` (`id`),
  CONSTRAINT `purchase_lines_product_id_fkey` FOREIGN KEY (`product_id`) REFERENCES `products` (`id`),
  CONSTRAINT `purchase_lines_ht2vw4wgtvd_check` CHECK (quantity > 0)
);
-- create index "purchase_lines_order_id_idx" to table: "purchase_lines"
CREATE INDEX `purchase_lines_order_id_idx` ON `purchase_lines` (`order_id`);
-- create index "purchase_lines_product_id_idx" to table: "purchase_lines"
CREATE INDEX `purchase_lines_product_id_idx` ON `purchase_lines` (`product_id`);
-- create "product_categories" table
CREATE TABLE `product_categories` (
  `product_id` integer NOT NULL,
  `category_id` integer NOT NULL,
  PRIMARY KEY (`product_id`, `category_id`),
  CONSTRAINT `product_categories_product_id_fkey` FOREIGN KEY (`product_id`) REFERENCES `products` (`id`) ON DELETE CASCADE,
  CONSTRAINT `product_categories_category_id_fkey` FOREIGN KEY (`category_id`) REFERENCES `categories` (`id`) ON DELETE CASCADE
);
-- create index "product_categories_category_id_idx" to table: "product_categories"
CREATE INDEX `product_categories_category_id_idx` ON `product_categories` (`category_id`);
COMMIT;

-- +goose Down
-- disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
BEGIN;
-- drop "products" table
-- weft:destroys products: drops the table with all its rows
-- weft:remedy copy the rows elsewhere first, or rename it: was=products
DROP TABLE `products`;
-- drop "categories" table
-- weft:destroys categories: drops the table with all its rows
-- weft:remedy copy the rows elsewhere first, or rename it: was=categories
DROP TABLE `categories`;
-- drop "customers" table
-- weft:destroys customers: drops the table with all its rows
-- weft:remedy copy the rows elsewhere first, or rename it: was=customers
DROP TABLE `customers`;
-- drop "purchases" table
-- weft:destroys purchases: drops the table with all its rows
-- weft:remedy copy the rows elsewhere first, or rename it: was=purchases
DROP TABLE `purchases`;
-- drop "purchase_lines" table
-- weft:destroys purchase_lines: drops the table with all its rows
-- weft:remedy copy the rows elsewhere first, or rename it: was=purchase_lines
DROP TABLE `purchase_lines`;
-- drop "product_categories" table
-- weft:destroys product_categories: drops the table with all its rows
-- weft:remedy copy the rows elsewhere first, or rename it: was=product_categories
DROP TABLE `product_categories`;
COMMIT;
-- enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;
