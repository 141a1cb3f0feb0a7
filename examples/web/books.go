package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/weft-orm/weft/examples/library/entities"
	"github.com/weft-orm/weft/orm"
)

// book is a book as the API speaks of it.
type book struct {
	ID     int64    `json:"id"`
	Title  string   `json:"title"`
	ISBN   string   `json:"isbn"`
	Author string   `json:"author"`
	Tags   []string `json:"tags"`
}

// handler routes the requests, each in a unit of work of its own.
func handler(db *orm.DB) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /books", endpoint(listBooks))
	mux.Handle("POST /books", endpoint(addBook))
	mux.Handle("PATCH /books/{id}", endpoint(renameBook))
	return withUnit(db, mux)
}

// An endpoint answers with a value, or with an error that becomes a status.
type endpoint func(ctx context.Context, r *http.Request) (any, error)

// ServeHTTP implements http.Handler.
func (e endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := e(r.Context(), r)
	code := status(err)
	if err != nil {
		answer = map[string]string{"error": err.Error()}
		if code == http.StatusInternalServerError {
			answer = map[string]string{"error": http.StatusText(code)}
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(answer) // the client is gone when this fails
}

// listBooks answers GET /books?tag=PATTERN.
func listBooks(ctx context.Context, r *http.Request) (any, error) {
	where := orm.M{}
	if tag := r.URL.Query().Get("tag"); tag != "" {
		where["tags.name:like"] = tag
	}
	books, err := orm.Find[entities.Book](ctx, unit(ctx), where, orm.Populate("author", "tags"), orm.OrderBy("title", "id"))
	if err != nil {
		return nil, err
	}
	list := make([]book, len(books))
	for i, b := range books {
		list[i] = present(b)
	}
	return list, nil
}

// addBook answers POST /books: author and tags are found by name, or made.
func addBook(ctx context.Context, r *http.Request) (any, error) {
	var in book
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Title == "" || in.Author == "" {
		return nil, errors.Join(errBadRequest, err)
	}
	em := unit(ctx)
	author, err := orm.FindOne[entities.Author](ctx, em, orm.M{"name": in.Author})
	if err != nil {
		return nil, err
	}
	if author == nil {
		author = &entities.Author{Name: in.Author}
	}
	added := &entities.Book{Title: in.Title, ISBN: in.ISBN, Author: orm.To(author)}
	tags, err := tagsNamed(ctx, em, in.Tags)
	if err != nil {
		return nil, err
	}
	added.Tags.Add(tags...)
	em.Persist(added) // and with it the author and the tags that are new
	if err := em.Flush(ctx); err != nil {
		return nil, err
	}
	return present(added), nil
}

// tagsNamed returns the tags of those names, new ones where there are none.
func tagsNamed(ctx context.Context, em *orm.EntityManager, names []string) ([]*entities.Tag, error) {
	known, err := orm.Find[entities.Tag](ctx, em, orm.M{"name": orm.M{"$in": names}})
	if err != nil {
		return nil, err
	}
	byName := make(map[string]*entities.Tag, len(names))
	for _, tag := range known {
		byName[tag.Name] = tag
	}
	tags := make([]*entities.Tag, len(names))
	for i, name := range names {
		if byName[name] == nil {
			byName[name] = &entities.Tag{Name: name}
		}
		tags[i] = byName[name]
	}
	return tags, nil
}

// renameBook answers PATCH /books/{id}.
func renameBook(ctx context.Context, r *http.Request) (any, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, errBadRequest
	}
	var in struct{ Title string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Title == "" {
		return nil, errors.Join(errBadRequest, err)
	}
	em := unit(ctx)
	b, err := orm.FindOneOrFail[entities.Book](ctx, em, id, orm.Populate("author", "tags"))
	if err != nil {
		return nil, err
	}
	b.Title = in.Title // the unit of work sees it
	if err := em.Flush(ctx); err != nil {
		return nil, err
	}
	return present(b), nil
}

// present turns a book with its author and tags loaded into the API's form.
func present(b *entities.Book) book {
	out := book{ID: b.ID, Title: b.Title, ISBN: b.ISBN, Author: b.Author.Get().Name, Tags: []string{}}
	for _, tag := range b.Tags.Items() {
		out.Tags = append(out.Tags, tag.Name)
	}
	return out
}
