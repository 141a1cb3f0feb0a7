-- weft:generated
-- weft:tables categories customers product_categories products purchase_lines purchases

-- +goose Up
-- create "products" table
CREATE TABLE `products` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `sku` varchar(20) NOT NULL,
  `name` varchar(100) NOT NULL,
  `cents` bigint NOT NULL,
  `stock` bigint NOT NULL,
  `facts` json NOT NULL,
  `version` bigint NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `products_sku_uniq` (`sku`),
  CONSTRAINT `products_hdeywscj3p4_check` CHECK (cents >= 0),
  CONSTRAINT `products_hrcpb4hgvul_check` CHECK (stock >= 0)
) CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin;
-- create "categories" table
CREATE TABLE `categories` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `name` varchar(50) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `categories_name_uniq` (`name`)
) CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin;
-- create "product_categories" table
CREATE TABLE `product_categories` (
  `product_id` bigint NOT NULL,
  `category_id` bigint NOT NULL,
  PRIMARY KEY (`product_id`, `category_id`),
  INDEX `product_categories_category_id_idx` (`category_id`),
  CONSTRAINT `product_categories_product_id_fkey` FOREIGN KEY (`product_id`) REFERENCES `products` (`id`) ON DELETE CASCADE,
  CONSTRAINT `product_categories_category_id_fkey` FOREIGN KEY (`category_id`) REFERENCES `categories` (`id`) ON DELETE CASCADE
) CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin;
-- create "customers" table
CREATE TABLE `customers` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `email` varchar(100) NOT NULL,
  `name` varchar(100) NOT NULL,
  `address_street` varchar(100) NOT NULL,
  `address_city` varchar(50) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `customers_email_uniq` (`email`)
) CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin;
-- create "purchases" table
CREATE TABLE `purchases` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `customer_id` bigint NOT NULL,
  `status` varchar(255) NOT NULL DEFAULT 'placed',
  `placed_at` datetime(6) NOT NULL,
  `version` bigint NOT NULL,
  PRIMARY KEY (`id`),
  INDEX `purchases_customer_id_idx` (`customer_id`),
  CONSTRAINT `purchases_customer_id_fkey` FOREIGN KEY (`customer_id`) REFERENCES `customers` (`id`),
  CONSTRAINT `purchases_status_check` CHECK (`status` in ('placed', 'paid', 'sent'))
) CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin;
-- create "purchase_lines" table
CREATE TABLE `purchase_lines` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `order_id` bigint NOT NULL,
  `product_id` bigint NOT NULL,
  `quantity` bigint NOT NULL,
  `cents` bigint NOT NULL,
  PRIMARY KEY (`id`),
  INDEX `purchase_lines_order_id_idx` (`order_id`),
  INDEX `purchase_lines_product_id_idx` (`product_id`),
  CONSTRAINT `purchase_lines_order_id_fkey` FOREIGN KEY (`order_id`) REFERENCES `purchases` (`id`),
  CONSTRAINT `purchase_lines_product_id_fkey` FOREIGN KEY (`product_id`) REFERENCES `products` (`id`),
  CONSTRAINT `purchase_lines_ht2vw4wgtvd_check` CHECK (quantity > 0)
) CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- +goose Down
-- drop "product_categories" table
-- weft:destroys product_categories: drops the table with all its rows
-- weft:remedy copy the rows elsewhere first, or rename it: was=product_categories
DROP TABLE `product_categories`;
-- drop "categories" table
-- weft:destroys categories: drops the table with all its rows
-- weft:remedy copy the rows elsewhere first, or rename it: was=categories
DROP TABLE `categories`;
-- drop "purchase_lines" table
-- weft:destroys purchase_lines: drops the table with all its rows
-- weft:remedy copy the rows elsewhere first, or rename it: was=purchase_lines
DROP TABLE `purchase_lines`;
-- drop "purchases" table
-- weft:destroys purchases: drops the table with all its rows
-- weft:remedy copy the rows elsewhere first, or rename it: was=purchases
DROP TABLE `purchases`;
-- drop "customers" table
-- weft:destroys customers: drops the table with all its rows
-- weft:remedy copy the rows elsewhere first, or rename it: was=customers
DROP TABLE `customers`;
-- drop "products" table
-- weft:destroys products: drops the table with all its rows
-- weft:remedy copy the rows elsewhere first, or rename it: was=products
DROP TABLE `products`;
