package mistakes

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"example.org/shop/library"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/orm"
)

func dropped(ctx context.Context, em *orm.EntityManager) {
	em.Flush(ctx)                                                                                // want `^the error of Flush is lost: what was not stored goes unnoticed$`
	defer em.Flush(ctx)                                                                          // want `^the error of Flush in a defer is lost: what was not stored goes unnoticed$`
	em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error { return nil }) // want `^the error of Transactional is lost: what was not stored goes unnoticed$`
}

type service struct{ em *orm.EntityManager }

func (s *service) background(ctx context.Context) {
	go func() {
		orm.Find[library.Author](ctx, s.em, nil) // want `^the goroutine shares the entity manager s\.em with another; give it one of its own, db\.Fork\(\)$`
	}()
}

func forgotten(ctx context.Context, em *orm.EntityManager) {
	go orm.Find[library.Author](ctx, em, nil) // want `^the goroutine shares the entity manager em with another; give it one of its own, db\.Fork\(\)$`
}

func concurrent(ctx context.Context, db *orm.DB) {
	mine := db.Fork()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { orm.Find[library.Author](ctx, mine, nil) }) // want `^the goroutine shares the entity manager mine with another; give it one of its own, db\.Fork\(\)$`
	}
	wg.Wait()
	yours := db.Fork()
	wg.Go(func() { orm.Find[library.Author](ctx, yours, nil) }) // want `^the goroutine shares the entity manager yours with another; give it one of its own, db\.Fork\(\)$`
	orm.Find[library.Book](ctx, yours, nil)
	wg.Wait()
	one, done := db.Fork(), make(chan bool)
	go func() { orm.Find[library.Author](ctx, one, nil); done <- true }() // want `^the goroutine shares the entity manager one with another; give it one of its own, db\.Fork\(\)$`
	go func() { orm.Find[library.Book](ctx, one, nil); done <- true }()   // want `^the goroutine shares the entity manager one with another; give it one of its own, db\.Fork\(\)$`
	<-done
}

func copied(em *orm.EntityManager, author *library.Author, other library.Author) {
	c := *author
	c.Books.Add(&library.Book{}) // want `^this is a copy of library\.Author; Add refuses it: keep the pointer$`
	d := *author
	em.Persist(&d)  // want `^this is a copy of library\.Author, whose Books belongs to the original; keep the pointer$`
	*author = other // want `^the contents of one library\.Author are copied over another: its Books then belongs to the other; use orm\.Assign, or set the fields$`
	books := author.Books
	books.RemoveAll()      // want `^this is a copy of orm\.Collection\[library\.Book\]; RemoveAll refuses it: keep the pointer$`
	d.Books = author.Books // want `^a copied collection cannot be changed; fill the other one with Set\(x\.Items\(\)\.\.\.\)$`
}

func clear(books orm.Collection[library.Book]) { books.RemoveAll() } // want `^this is a copy of orm\.Collection\[library\.Book\]; RemoveAll refuses it: keep the pointer$`

func loops(ctx context.Context, em *orm.EntityManager) error {
	books, err := orm.Find[library.Book](ctx, em, orm.M{"pages >": 3}, orm.OrderBy("title"))
	if err != nil {
		return err
	}
	for _, b := range books {
		b.Author.Load(ctx)                                   // want `^one read for each Book: give the find of books the option orm\.Populate\("author"\)$`
		orm.FindOne[library.Author](ctx, em, b.Author.Key()) // want `^one read for each Book: give the find of books the option orm\.Populate\("author"\)$`
		orm.Load(ctx, em, b, "tags")                         // want `^one read for each Book: give the find of books the option orm\.Populate\("tags"\)$`
	}
	authors, err := orm.Find[library.Author](ctx, em, nil)
	for _, a := range authors {
		orm.Find[library.Book](ctx, em, orm.M{"author": a.ID}) // want `^one read for each Author: give the find of authors the option orm\.Populate\("books"\) and read a\.Books$`
		a.Books.Load(ctx)                                      // want `^one read for each Author: give the find of authors the option orm\.Populate\("books"\)$`
	}
	return err
}

func loaded(ctx context.Context, em *orm.EntityManager) {
	list, _ := orm.All[library.Book](ctx, em, orm.QB[library.Book](em, "b"))
	for _, b := range list {
		orm.FindOneOrFail[library.Author](ctx, em, orm.M{"id": b.Author.Key()}) // want `^one read for each Book: load all at once before the loop, orm\.PopulateAll\(ctx, em, list, orm\.Populate\("author"\)\)$`
	}
}

func handler(w http.ResponseWriter, r *http.Request, em *orm.EntityManager) {
	ctx := r.Context()
	sort := r.URL.Query().Get("sort") // want `^text from the request becomes an order; compare it with the orders you allow$`
	orm.Find[library.Author](ctx, em, nil, orm.OrderBy(sort))
	orm.Find[library.Author](ctx, em, orm.M{r.FormValue("field"): "x"})                                    // want `^text from the request becomes the name of a property; read the condition with orm\.FromJSON, or compare it with the names you allow$`
	orm.Find[library.Author](ctx, em, conditions.Raw("name = '"+r.FormValue("name")+"'"))                  // want `^text from the request reaches raw SQL; write a \? and give it as an argument$`
	orm.All[library.Author](ctx, em, orm.QB[library.Author](em, "a").Where("name = "+r.FormValue("name"))) // want `^text from the request reaches raw SQL; write a \? and give it as an argument$`
	var where orm.M
	json.NewDecoder(r.Body).Decode(&where)
	orm.Find[library.Author](ctx, em, where)                                  // want `^a condition from the request is used without a policy; read it with orm\.FromJSON$`
	orm.Find[library.Author](ctx, em, nil, orm.Populate(r.PathValue("with"))) // want `^text from the request becomes the name of a property; compare it with the names you allow$`
	var in struct{ Sort string }
	json.NewDecoder(r.Body).Decode(&in)
	orm.Find[library.Author](ctx, em, nil, orm.OrderBy("-"+in.Sort)) // want `^text from the request becomes an order; compare it with the orders you allow$`
}

func keyed(ctx context.Context, em *orm.EntityManager, r *http.Request, id int64, text string) {
	orm.FindOneOrFail[library.Author](ctx, em, r.PathValue("id")) // want `^conditions: bind: Author\.id: cannot use string as int64: must be an integer$`
	orm.FindOneOrFail[library.Author](ctx, em, text)              // want `^conditions: bind: Author\.id: cannot use string as int64: must be an integer$`
	orm.FindOneOrFail[library.Author](ctx, em, id)
}
