package entities

import "time"

// Employee reports to another one, but for the one at the top.
type Employee struct {
	ID        int64 `orm:"EmployeeId"`
	FirstName string
	LastName  string
	Title     *string
	BirthDate *time.Time  `orm:",layout='2006-01-02 15:04:05'"`
	HireDate  *time.Time  `orm:",layout='2006-01-02 15:04:05'"`
	Manager   *Employee   `orm:"ReportsTo"`
	Reports   []*Employee `orm:",mappedBy=Manager"`
	Customers []*Customer `orm:",mappedBy=SupportRep"`
}

// Customer may have an employee to turn to.
type Customer struct {
	ID         int64 `orm:"CustomerId"`
	FirstName  string
	LastName   string
	Company    *string
	Country    *string
	Email      string
	SupportRep *Employee
	Invoices   []*Invoice `orm:",mappedBy=Customer"`
}

// Invoice is what a customer bought at once.
type Invoice struct {
	ID             int64     `orm:"InvoiceId"`
	InvoiceDate    time.Time `orm:",layout='2006-01-02 15:04:05'"`
	BillingCountry *string
	Total          string         `orm:",type=decimal,precision=10,scale=2"`
	Customer       *Customer      `orm:",required"`
	Lines          []*InvoiceLine `orm:",mappedBy=Invoice"`
}

// InvoiceLine is one track on an invoice.
type InvoiceLine struct {
	ID        int64  `orm:"InvoiceLineId"`
	UnitPrice string `orm:",type=decimal,precision=10,scale=2"`
	Quantity  int
	Invoice   *Invoice `orm:",required"`
	Track     *Track   `orm:",required"`
}

// All returns one value of every entity, for the registry.
func All() []any {
	return []any{
		Artist{}, Album{}, Track{}, Genre{}, MediaType{}, Playlist{},
		Employee{}, Customer{}, Invoice{}, InvoiceLine{},
	}
}
