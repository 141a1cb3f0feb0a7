// Package shop is a domain that knows nothing of databases.
package shop

import "time"

type Customer struct {
	ID     int64
	Name   string
	Since  time.Time
	Orders []*Order
	secret string
}

type Order struct {
	Number   string
	Customer *Customer
	Items    []Item
	Placed   time.Time
	Money    Money
	Tags     []*Tag
}

type Item struct {
	Code  string
	Count int
}

type Money struct {
	Amount   int64
	Currency string
}

type Tag struct {
	ID   int64
	Name string
}

// Rename uses what is not exported.
func (c *Customer) Rename(name string) { c.secret, c.Name = c.Name, name }
