package entities_test

// handwritten is SQL by hand for what the entities of each sample must give: rows,
// links by property, sums of numbers.
var handwritten = map[string]map[string]string{
	"chinook_sqlite":   chinook(`"Album"`, `"Artist"`, `"Customer"`, `"Employee"`, `"Genre"`, `"Invoice"`, `"InvoiceLine"`, `"MediaType"`, `"Playlist"`, `"Track"`, `"PlaylistTrack"`, `"Total"`, `"ReportsTo"`, `"AlbumId"`, `"SupportRepId"`, `"Milliseconds"`),
	"chinook_mariadb":  chinook("Album", "Artist", "Customer", "Employee", "Genre", "Invoice", "InvoiceLine", "MediaType", "Playlist", "Track", "PlaylistTrack", "Total", "ReportsTo", "AlbumId", "SupportRepId", "Milliseconds"),
	"chinook_postgres": chinook("album", "artist", "customer", "employee", "genre", "invoice", "invoice_line", "media_type", "playlist", "track", "playlist_track", "total", "reports_to", "album_id", "support_rep_id", "milliseconds"),
	"sakila_postgres": merged(sakila, map[string]string{
		"Film.filmActors":         "select count(*) from film_actor",
		"Film.releaseYear":        "select sum(release_year) from film",
		"Film.rating":             "select count(rating) from film",
		"Film.specialFeatures":    "select count(special_features) from film",
		"Film.fulltext":           "select count(fulltext) from film",
		"Customer.activebool":     "select count(*) from customer where activebool",
		"Language.films":          "select count(language_id) from film",
		"Payment.amount":          "select sum(amount) from payment",
		"SalesByStore.totalSales": "select sum(total_sales) from sales_by_store",
	}),
	"sakila_sqlite":  merged(sakila, map[string]string{"FilmText": "select count(*) from film_text"}, without("ActorInfo", "NicerButSlowerFilmList")),
	"sakila_mariadb": merged(sakila, map[string]string{"FilmText": "select count(*) from film_text"}),
	"northwind_postgres": {
		"Category":             "select count(*) from categories",
		"CustomerDemographic":  "select count(*) from customer_demographics",
		"Customer":             "select count(*) from customers",
		"Employee":             "select count(*) from employees",
		"OrderDetail":          "select count(*) from order_details",
		"Order":                "select count(*) from orders",
		"Product":              "select count(*) from products",
		"Region":               "select count(*) from region",
		"Shipper":              "select count(*) from shippers",
		"Supplier":             "select count(*) from suppliers",
		"Territory":            "select count(*) from territories",
		"UsState":              "select count(*) from us_states",
		"Employee.territories": "select count(*) from employee_territories",
		"Territory.employees":  "select count(*) from employee_territories",
		"Employee.reports":     "select count(reports_to) from employees",
		"Employee.reportsTo":   "select count(reports_to) from employees",
		"Order.orderDetails":   "select count(*) from order_details",
		"Order.shipVia":        "select count(ship_via) from orders",
		"OrderDetail.quantity": "select sum(quantity) from order_details",
		"OrderDetail.order":    "select count(*) from order_details",
		"Customer.orders":      "select count(customer_id) from orders",
		"Product.supplier":     "select count(supplier_id) from products",
		"Order.shippedDate":    "select count(shipped_date) from orders",
		"Product.unitsInStock": "select sum(units_in_stock) from products",
	},
}

// chinook is SQL for Chinook, whose names are written differently on each engine.
func chinook(album, artist, customer, employee, genre, invoice, line, media, playlist, track, links, total, reportsTo, albumID, rep, ms string) map[string]string {
	count := func(table string) string { return "select count(*) from " + table }
	return map[string]string{
		"Album": count(album), "Artist": count(artist), "Customer": count(customer), "Employee": count(employee), "Genre": count(genre),
		"Invoice": count(invoice), "InvoiceLine": count(line), "MediaType": count(media), "Playlist": count(playlist), "Track": count(track),
		"Playlist.tracks": count(links), "Track.playlists": count(links), "Artist.albums": count(album), "Album.artist": count(album),
		"Track.album":        "select count(" + albumID + ") from " + track,
		"Album.tracks":       "select count(" + albumID + ") from " + track,
		"Employee.reportsTo": "select count(" + reportsTo + ") from " + employee,
		"Employee.reports":   "select count(" + reportsTo + ") from " + employee,
		"Employee.customers": "select count(" + rep + ") from " + customer,
		"Invoice.total":      "select sum(" + total + ") from " + invoice,
		"Track.milliseconds": "select sum(" + ms + ") from " + track,
	}
}

var sakila = map[string]string{
	"Actor": "select count(*) from actor", "ActorInfo": "select count(*) from actor_info", "Address": "select count(*) from address",
	"Category": "select count(*) from category", "City": "select count(*) from city", "Country": "select count(*) from country",
	"Customer": "select count(*) from customer", "CustomerList": "select count(*) from customer_list", "Film": "select count(*) from film",
	"FilmActor": "select count(*) from film_actor", "FilmCategory": "select count(*) from film_category", "FilmList": "select count(*) from film_list",
	"Inventory": "select count(*) from inventory", "Language": "select count(*) from language",
	"NicerButSlowerFilmList": "select count(*) from nicer_but_slower_film_list", "Payment": "select count(*) from payment",
	"Rental": "select count(*) from rental", "SalesByFilmCategory": "select count(*) from sales_by_film_category",
	"SalesByStore": "select count(*) from sales_by_store", "Staff": "select count(*) from staff", "StaffList": "select count(*) from staff_list",
	"Store": "select count(*) from store",
}

func without(names ...string) map[string]string {
	m := map[string]string{}
	for _, n := range names {
		m[n] = ""
	}
	return m
}

// merged puts maps together; "" takes out.
func merged(list ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, m := range list {
		for k, v := range m {
			all[k] = v
			if v == "" {
				delete(all, k)
			}
		}
	}
	return all
}
