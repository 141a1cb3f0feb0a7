// Package several has references to one of several types, by tags and in code.
package several

import (
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/rel"
)

// Subject is what a note may be about.
type Subject interface{ Name() string }

// Shop is a subject.
type Shop struct {
	ID    int64
	Title string
	Notes rel.Collection[Note] `orm:",mappedBy=About"`
	Sign  rel.Ref[Sign]        `orm:",mappedBy=On"`
}

// Ware is another.
type Ware struct {
	ID    int32
	Title string
	Notes []*Note `orm:",mappedBy=About,where={\"size >\": 3}"`
}

// Name is the title.
func (s *Shop) Name() string { return s.Title }

// Name is the title.
func (w *Ware) Name() string { return w.Title }

// Note is about a shop or a ware.
type Note struct {
	ID    int64
	Size  int
	About rel.Any[Subject] `orm:",targets=Shop|Ware:goods"`
}

// Sign is on one shop or ware.
type Sign struct {
	ID int64
	On rel.Any[any]
}

// Payment is paid by a card or a transfer, which are no entities.
type Payment struct {
	ID  int64
	By  Means   `orm:",types=Card|*Transfer:bank"`
	Old []Means `orm:",types=Card|Transfer,discriminator=means"`
}

// Means is how one pays.
type Means interface{ Pay() }

// Card is a means of payment.
type Card struct {
	Holder string
	Number int `orm:"card_number"`
	Bill   Place
}

// Transfer is another.
type Transfer struct {
	Holder string
	Number string `orm:"account"`
	Bill   Place
}

// Place is where bills go.
type Place struct{ City string }

// Pay pays.
func (Card) Pay() {}

// Pay pays.
func (*Transfer) Pay() {}

// Mappings are the entities.
var Mappings = []any{Shop{}, Ware{}, Note{}, mapper.Define(func(e *mapper.Builder[Sign]) {
	mapper.Field(e, func(s *Sign) *rel.Any[any] { return &s.On }).Targets("Shop", "Ware").OneToOne().Discriminator("on_what").JoinColumns("on_key")
}), Payment{}, Card{}, Transfer{}}
