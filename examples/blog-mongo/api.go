package main

import (
	"context"
	"net/http"
	"time"

	"github.com/weft-orm/weft/examples/blog-mongo/model"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/weftweb"
)

// post is a post as clients see it.
type post struct {
	Slug     string          `json:"slug"`
	Title    string          `json:"title"`
	Text     string          `json:"text"`
	Author   string          `json:"author"`
	Tags     []string        `json:"tags"`
	Comments []model.Comment `json:"comments"`
	Version  int             `json:"version"`
}

// present makes a post for clients; its author is loaded.
func present(p *model.Post) post {
	return post{
		Slug: p.Slug, Title: p.Title, Text: p.Text, Author: p.Author.Get().Name,
		Tags: list(p.Tags), Comments: list(p.Comments), Version: p.Version,
	}
}

// list is never null in JSON.
func list[T any](items []T) []T { return append([]T{}, items...) }

// handler routes the requests, each in a unit of work of its own.
func handler(db *orm.DB, opts ...weftweb.Option) http.Handler {
	api := http.NewServeMux()
	api.Handle("GET /posts", weftweb.JSON(listPosts))
	api.Handle("POST /posts", weftweb.JSON(addPost))
	api.Handle("PATCH /posts/{slug}", weftweb.JSON(editPost))
	api.Handle("DELETE /posts/{slug}", weftweb.JSON(removePost))
	api.Handle("POST /posts/{slug}/comments", weftweb.JSON(addComment))

	mux := http.NewServeMux()
	mux.Handle("GET /healthz", weftweb.Health(db, time.Second))
	mux.Handle("/", weftweb.Middleware(db, append(opts, weftweb.Timeout(10*time.Second))...)(api))
	return mux
}

// asked is what clients may ask about posts.
var asked = orm.Policy{
	Paths:     []string{"slug", "title", "tags", "author.name", "comments"},
	Operators: []string{"$eq", "$ne", "$gt", "$gte", "$in", "$and", "$or", "$not", "$contains", "$elemMatch", "$startsWith"},
}

// listPosts answers GET /posts?where={"tags":{"$contains":["sea"]},"comments":{"$elemMatch":{"stars":5}}}.
func listPosts(ctx context.Context, r *http.Request) (any, error) {
	em := orm.From(ctx)
	where := orm.D{}
	if text := r.FormValue("where"); text != "" {
		var err error
		if where, err = orm.FromJSON[model.Post](em.DB(), []byte(text), asked); err != nil {
			return nil, err
		}
	}
	posts, err := orm.Find[model.Post](ctx, em, where, orm.Populate("author"), orm.OrderBy("slug"), orm.Limit(50))
	if err != nil {
		return nil, err
	}
	out := make([]post, len(posts))
	for i, p := range posts {
		out[i] = present(p)
	}
	return out, nil
}

// addPost answers POST /posts. The author is found by name, or made.
func addPost(ctx context.Context, r *http.Request) (any, error) {
	in, err := weftweb.ReadJSON[post](r)
	if err != nil {
		return nil, err
	}
	if in.Slug == "" || in.Author == "" {
		return nil, weftweb.Fail(http.StatusUnprocessableEntity, "a post has a slug and an author")
	}
	em := orm.From(ctx)
	author, err := orm.FindOne[model.Author](ctx, em, orm.M{"name": in.Author})
	if err != nil {
		return nil, err
	}
	if author == nil {
		author = &model.Author{Name: in.Author}
	}
	p := &model.Post{Slug: in.Slug, Title: in.Title, Text: in.Text, Tags: in.Tags, Comments: in.Comments, Author: orm.To(author)}
	em.Persist(p)
	if err := em.Flush(ctx); err != nil {
		return nil, err
	}
	return weftweb.Answer{Status: http.StatusCreated, Body: present(p)}, nil
}

// find finds the post that the path names.
func find(ctx context.Context, r *http.Request) (*model.Post, error) {
	return orm.FindOneOrFail[model.Post](ctx, orm.From(ctx), orm.M{"slug": r.PathValue("slug")}, orm.Populate("author"))
}

// editPost answers PATCH /posts/{slug}.
func editPost(ctx context.Context, r *http.Request) (any, error) {
	data, err := weftweb.ReadJSON[orm.M](r)
	if err != nil {
		return nil, err
	}
	p, err := find(ctx, r)
	if err != nil {
		return nil, err
	}
	em := orm.From(ctx)
	if version, ok := data["version"]; ok {
		if err := em.LockVersion(ctx, p, version); err != nil {
			return nil, err
		}
		delete(data, "version")
	}
	if err := orm.Assign(ctx, em, p, data, orm.AssignOnly("title", "text", "tags")); err != nil {
		return nil, err
	}
	if err := em.Flush(ctx); err != nil {
		return nil, err
	}
	return present(p), nil
}

// addComment answers POST /posts/{slug}/comments. Two comments at once meet at the version of
// the post; the one that loses is written again.
func addComment(ctx context.Context, r *http.Request) (any, error) {
	comment, err := weftweb.ReadJSON[model.Comment](r)
	if err != nil {
		return nil, err
	}
	var out post
	// A fork, because what a run that failed has changed stays changed in its manager, and
	// the middleware flushes that of the request.
	err = orm.From(ctx).DB().Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		p, err := find(ctx, r)
		if err != nil {
			return err
		}
		p.Comments = append(p.Comments, comment)
		if err := em.Flush(ctx); err != nil {
			return err
		}
		out = present(p)
		return nil
	}, orm.Retry(30))
	return out, err
}

// removePost answers DELETE /posts/{slug}. The middleware flushes.
func removePost(ctx context.Context, r *http.Request) (any, error) {
	p, err := find(ctx, r)
	if err != nil {
		return nil, err
	}
	orm.From(ctx).Remove(p)
	return nil, nil
}
