package contest

import (
	"fmt"
	"hash/fnv"
	"io"
	"sort"
	"time"

	"github.com/weft-orm/weft/orm"
)

// Item is a row of ten columns, the same struct for every entrant but ent.
type Item struct {
	ID        int64 `bun:",pk,autoincrement"`
	Name      string
	Email     string
	City      *string
	Age       int32
	Points    *int64
	Score     float64
	Active    bool
	Data      []byte
	CreatedAt time.Time `db:"created_at" bun:",nullzero"`
}

// Author, Book and Tag are the graph as GORM, bun, sqlx and the raw code hold it.
type Author struct {
	ID    int64 `bun:",pk,autoincrement"`
	Name  string
	Books []*Book `db:"-" bun:"rel:has-many,join:id=author_id"`
}

// Book has an author and tags.
type Book struct {
	ID       int64 `bun:",pk,autoincrement"`
	Title    string
	AuthorID int64   `db:"author_id"`
	Author   *Author `db:"-" bun:"rel:belongs-to,join:author_id=id"`
	Tags     []*Tag  `db:"-" gorm:"many2many:book_tags" bun:"m2m:book_tags,join:Book=Tag"`
}

// Tag is on many books.
type Tag struct {
	ID   int64 `bun:",pk,autoincrement"`
	Name string
}

// BookTag is the link, for those who need a type of it.
type BookTag struct {
	BookID int64 `db:"book_id" gorm:"primaryKey" bun:",pk"`
	Book   *Book `db:"-" gorm:"-" bun:"rel:belongs-to,join:book_id=id"`
	TagID  int64 `db:"tag_id" gorm:"primaryKey" bun:",pk"`
	Tag    *Tag  `db:"-" gorm:"-" bun:"rel:belongs-to,join:tag_id=id"`
}

// author, book and tag are the graph as weft's users write it.
type author struct {
	_     struct{} `orm:"table=authors"`
	ID    int64
	Name  string
	Books orm.Collection[book] `orm:",mappedBy=Author"`
}

type book struct {
	_      struct{} `orm:"table=books"`
	ID     int64
	Title  string
	Author orm.Ref[author]     `orm:",required"`
	Tags   orm.Collection[tag] `orm:",pivot=book_tags"`
}

type tag struct {
	_    struct{} `orm:"table=tags"`
	ID   int64
	Name string
}

// Sizes say how much work there is.
type Sizes struct {
	Read, Stream, Write, Changed, Keys, Flushes int
	Authors, Books, Tags                        int // books for each author, tags for each book
	Graph                                       int // authors of the graph that is persisted, ten books each
}

// FullSizes are those the goals are about.
var FullSizes = Sizes{Read: 10_000, Stream: 100_000, Write: 1000, Changed: 100, Keys: 500, Flushes: 1000, Authors: 200, Books: 20, Tags: 3, Graph: 100}

// ShortSizes are for a look in between.
var ShortSizes = Sizes{Read: 10_000, Stream: 30_000, Write: 1000, Changed: 100, Keys: 200, Flushes: 200, Authors: 200, Books: 20, Tags: 3, Graph: 100}

const (
	tagCount  = 300
	graphTags = 30
)

// firstNew is the key of the first row that work may write; those below stay as they are.
func (s *Sizes) firstNew() int64 { return int64(max(s.Read, s.Stream)) + 1 }

// makeItem returns the n-th row, which has no key.
func makeItem(n int) *Item {
	it := &Item{
		Name: fmt.Sprint("name ", n), Email: fmt.Sprintf("mail%d@example.org", n), Age: int32(n % 90),
		Score: float64(n) / 4, Active: n%2 == 0, Data: []byte{byte(n), byte(n >> 8), 7, 8, 9, 10, 11, 12},
		CreatedAt: time.Date(2024, 1, 1, 0, 0, n%86400, n%1000*1000, time.UTC),
	}
	if n%3 != 0 {
		city := fmt.Sprint("city ", n%50)
		points := int64(n) * 7
		it.City, it.Points = &city, &points
	}
	return it
}

// newItems returns rows without keys; with keys they count from first.
func newItems(n int, first int64) []*Item {
	list := make([]*Item, n)
	for i := range list {
		list[i] = makeItem(i)
		if first > 0 {
			list[i].ID = first + int64(i)
		}
	}
	return list
}

// change gives the row of an update its new values, different for each row and round.
func change(it *Item, round int) {
	it.Age = int32((int(it.ID) + round) % 1000)
	it.Score = float64(it.ID)/2 + float64(round)
}

// digest is a checksum of lines.
type digest struct {
	w io.Writer
	h interface{ Sum64() uint64 }
	n int
}

func newDigest() *digest {
	h := fnv.New64a()
	return &digest{w: h, h: h}
}

func (d *digest) item(id int64, name, email string, city *string, age int32, points *int64, score float64, active bool, data []byte, at time.Time) {
	d.n++
	c, p := "-", int64(-1)
	if city != nil {
		c = *city
	}
	if points != nil {
		p = *points
	}
	fmt.Fprintf(d.w, "%d|%s|%s|%s|%d|%d|%g|%t|%x|%d\n", id, name, email, c, age, p, score, active, data, at.UnixMicro())
}

func (d *digest) add(it *Item) {
	d.item(it.ID, it.Name, it.Email, it.City, it.Age, it.Points, it.Score, it.Active, it.Data, it.CreatedAt)
}

func (d *digest) line(format string, args ...any) {
	d.n++
	fmt.Fprintf(d.w, format+"\n", args...)
}

// sum is the number of lines and their checksum.
func (d *digest) sum() string { return fmt.Sprintf("%d:%x", d.n, d.h.Sum64()) }

func digestItems(list []*Item) string {
	d := newDigest()
	for _, it := range list {
		d.add(it)
	}
	return d.sum()
}

// node is one branch of a graph, for its digest.
type node struct {
	author, book int64
	text         string
	tags         []int64
}

func digestNodes(list []node) string {
	sort.Slice(list, func(i, j int) bool { return list[i].book < list[j].book })
	d := newDigest()
	for _, n := range list {
		sort.Slice(n.tags, func(i, j int) bool { return n.tags[i] < n.tags[j] })
		d.line("%d|%d|%s|%v", n.author, n.book, n.text, n.tags)
	}
	return d.sum()
}
