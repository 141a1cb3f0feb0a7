package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/weftweb"
)

// text is a note or a notice as clients see it.
type text struct {
	ID   int64  `json:"id"`
	Text string `json:"text"`
}

// handler routes the requests. The handlers know nothing of tenants.
func handler(db *orm.DB, opts ...weftweb.Option) http.Handler {
	api := http.NewServeMux()
	api.Handle("GET /notes", weftweb.JSON(listNotes))
	api.Handle("POST /notes", weftweb.JSON(addNote))
	api.Handle("GET /notices", weftweb.JSON(listNotices))
	api.Handle("POST /notices", weftweb.JSON(addNotice))
	api.Handle("DELETE /notices/{id}", weftweb.JSON(removeNotice))

	mux := http.NewServeMux()
	mux.Handle("GET /healthz", weftweb.Health(db, time.Second))
	mux.Handle("/", identify(weftweb.Middleware(db, append(opts, weftweb.Fork(fork))...)(api)))
	return mux
}

func listNotes(ctx context.Context, _ *http.Request) (any, error) {
	notes, err := orm.Find[Note](ctx, orm.From(ctx), nil, orm.OrderBy("id"))
	out := make([]text, len(notes))
	for i, n := range notes {
		out[i] = text{n.ID, n.Text}
	}
	return out, err
}

func addNote(ctx context.Context, r *http.Request) (any, error) {
	in, err := weftweb.ReadJSON[text](r)
	if err != nil {
		return nil, err
	}
	n := &Note{Text: in.Text}
	orm.From(ctx).Persist(n)
	err = orm.From(ctx).Flush(ctx)
	return text{n.ID, n.Text}, err
}

func listNotices(ctx context.Context, _ *http.Request) (any, error) {
	notices, err := orm.Find[Notice](ctx, orm.From(ctx), nil, orm.OrderBy("id"))
	out := make([]text, len(notices))
	for i, n := range notices {
		out[i] = text{n.ID, n.Text}
	}
	return out, err
}

func addNotice(ctx context.Context, r *http.Request) (any, error) {
	in, err := weftweb.ReadJSON[text](r)
	if err != nil {
		return nil, err
	}
	n := &Notice{Text: in.Text}
	orm.From(ctx).Persist(n)
	err = orm.From(ctx).Flush(ctx)
	return text{n.ID, n.Text}, err
}

func removeNotice(ctx context.Context, r *http.Request) (any, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, weftweb.Fail(http.StatusNotFound, "keys are whole numbers")
	}
	n, err := orm.FindOneOrFail[Notice](ctx, orm.From(ctx), id)
	if err != nil {
		return nil, err
	}
	orm.From(ctx).Remove(n)
	return nil, nil
}
