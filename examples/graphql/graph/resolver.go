package graph

import (
	"context"

	"github.com/weft-orm/weft/examples/graphql/model"
	"github.com/weft-orm/weft/orm"
)

// Resolver is the root of the resolvers. It holds nothing: each request has its manager in its context.
type Resolver struct{}

// Books is the resolver for the books field.
func (r *authorResolver) Books(ctx context.Context, obj *model.Author) ([]*model.Book, error) {
	if err := obj.Books.Load(ctx); err != nil {
		return nil, err
	}
	return obj.Books.Items(), nil
}

// Author is the resolver for the author field.
func (r *bookResolver) Author(ctx context.Context, obj *model.Book) (*model.Author, error) {
	return obj.Author.Load(ctx)
}

// Rename is the resolver for the rename field. It has a transaction of its own, which the shared
// manager of the request refuses, and answers with that manager's book, whose fields can be asked for.
func (r *mutationResolver) Rename(ctx context.Context, id int64, title string) (*model.Book, error) {
	err := orm.From(ctx).Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		book, err := orm.FindOneOrFail[model.Book](ctx, em, id)
		if err == nil {
			book.Title = title
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return orm.FindOneOrFail[model.Book](ctx, orm.From(ctx), id, orm.Overwrite())
}

// Books is the resolver for the books field.
func (r *queryResolver) Books(ctx context.Context) ([]*model.Book, error) {
	return orm.Find[model.Book](ctx, orm.From(ctx), nil, orm.OrderBy("id"))
}

// Author makes the resolvers of authors.
func (r *Resolver) Author() AuthorResolver { return &authorResolver{r} }

// Book makes the resolvers of books.
func (r *Resolver) Book() BookResolver { return &bookResolver{r} }

// Mutation makes the resolvers of changes.
func (r *Resolver) Mutation() MutationResolver { return &mutationResolver{r} }

// Query makes the resolvers of queries.
func (r *Resolver) Query() QueryResolver { return &queryResolver{r} }

type (
	authorResolver   struct{ *Resolver }
	bookResolver     struct{ *Resolver }
	mutationResolver struct{ *Resolver }
	queryResolver    struct{ *Resolver }
)

// !!! WARNING !!!
// The code below was going to be deleted when updating resolvers. It has been copied here so you have
// one last chance to move it out of harms way if you want. There are two reasons this happens:
//  - When renaming or deleting a resolver the old code will be put in here. You can safely delete
//    it when you're done.
//  - You have helper methods in this file. Move them out to keep these resolver files clean.
/*
	// Resolver is the root of the resolvers. It holds nothing: each request has its manager in its context.
type Resolver struct{}
*/
