package naming_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/weft-orm/weft/naming"
)

func TestTable(t *testing.T) {
	tests := []struct{ entity, underscore, singular, mongo, mongoSingular, entityCase string }{
		{"BlogPost", "blog_posts", "blog_post", "blog-posts", "blog-post", "BlogPost"},
		{"Author", "authors", "author", "authors", "author", "Author"},
		{"Person", "people", "person", "people", "person", "Person"},
		{"SalesPerson", "sales_people", "sales_person", "sales-people", "sales-person", "SalesPerson"},
		{"Category", "categories", "category", "categories", "category", "Category"},
		{"Status", "statuses", "status", "statuses", "status", "Status"},
		{"News", "news", "news", "news", "news", "News"},
		{"Analysis", "analyses", "analysis", "analyses", "analysis", "Analysis"},
		{"HTTPServer", "http_servers", "http_server", "http-servers", "http-server", "HTTPServer"},
		{"UserID", "user_ids", "user_id", "user-ids", "user-id", "UserID"},
		{"UserIDs", "user_ids", "user_ids", "user-ids", "user-ids", "UserIDs"},
		{"Blog_Post", "blog_posts", "blog_post", "blog-posts", "blog-post", "Blog_Post"},
		{"Memo", "memos", "memo", "memos", "memo", "Memo"},
		{"UserPhoto", "user_photos", "user_photo", "user-photos", "user-photo", "UserPhoto"},
		{"Hero", "heroes", "hero", "heroes", "hero", "Hero"},
		{"Safe", "safes", "safe", "safes", "safe", "Safe"},
		{"Knife", "knives", "knife", "knives", "knife", "Knife"},
		{"German", "germans", "german", "germans", "german", "German"},
		{"Lens", "lenses", "lens", "lenses", "lens", "Lens"},
		{"Atlas", "atlases", "atlas", "atlases", "atlas", "Atlas"},
		{"BuildInfo", "build_info", "build_info", "build-info", "build-info", "BuildInfo"},
		{"Address2", "address2s", "address2", "address2s", "address2", "Address2"},
		{"Straße", "straße", "straße", "straße", "straße", "Straße"},
		{"A\x00B\xff", "a_b_", "a_b_", "a-b-", "a-b-", "A_B_"},
	}
	for _, tt := range tests {
		strategies := []struct {
			strategy naming.Strategy
			want     string
		}{
			{naming.Underscore{}, tt.underscore},
			{naming.Underscore{Singular: true}, tt.singular},
			{naming.Mongo{}, tt.mongo},
			{naming.Mongo{Singular: true}, tt.mongoSingular},
			{naming.EntityCase{}, tt.entityCase},
		}
		for _, s := range strategies {
			if got := s.strategy.Table(tt.entity); got != s.want {
				t.Errorf("%#v.Table(%q) = %q, want %q", s.strategy, tt.entity, got, s.want)
			}
		}
	}
}

func TestColumnsAndJoins(t *testing.T) {
	tests := []struct {
		strategy                          naming.Strategy
		column, id, join, pivot, joinOwn  string
		typeColumn, discriminator, nonKey string
	}{
		{
			naming.Underscore{}, "created_at", "id", "author_id", "blog_post_id", "blog_post_tags",
			"type", "company_owner", "home_country_iso_code",
		},
		{
			naming.Mongo{}, "createdAt", "id", "author", "blogPost", "blog-post-tags",
			"type", "CompanyOwner", "homeCountry",
		},
		{
			naming.EntityCase{}, "createdAt", "id", "author", "blogPost", "BlogPost_tags",
			"type", "CompanyOwner", "homeCountry",
		},
	}
	for _, tt := range tests {
		s := tt.strategy
		got := []string{
			s.Column("createdAt"), s.Column("id"), s.JoinColumn("author", "id"), s.JoinColumn("blogPost", "id"),
			s.JoinTable("BlogPost", "tags", "Tag"), naming.DiscriminatorColumn(s),
			naming.DiscriminatorValue(s, "CompanyOwner"), s.JoinColumn("homeCountry", "isoCode"),
		}
		want := []string{
			tt.column, tt.id, tt.join, tt.pivot, tt.joinOwn, tt.typeColumn, tt.discriminator, tt.nonKey,
		}
		if !slices.Equal(got, want) {
			t.Errorf("%T: got %q, want %q", s, got, want)
		}
	}
}

func TestJoinColumns(t *testing.T) {
	tests := []struct {
		strategy naming.Strategy
		keys     []string
		want     []string
	}{
		{naming.Underscore{}, nil, []string{}},
		{naming.Underscore{}, []string{"id"}, []string{"line_item_id"}},
		{naming.Underscore{}, []string{"order", "number"}, []string{"line_item_order", "line_item_number"}},
		{naming.Mongo{}, []string{"id"}, []string{"lineItem"}},
		{naming.Mongo{}, []string{"order", "number"}, []string{"lineItemOrder", "lineItemNumber"}},
		{naming.EntityCase{}, []string{"code"}, []string{"lineItem"}},
		{naming.EntityCase{}, []string{"order", "élan", ""}, []string{"lineItemOrder", "lineItemÉlan", "lineItem"}},
	}
	for _, tt := range tests {
		if got := naming.JoinColumns(tt.strategy, "lineItem", tt.keys); !slices.Equal(got, tt.want) {
			t.Errorf("JoinColumns(%T, %q) = %q, want %q", tt.strategy, tt.keys, got, tt.want)
		}
	}
}

func TestParse(t *testing.T) {
	tests := map[string]naming.Strategy{
		"underscore":          naming.Underscore{},
		"underscore-singular": naming.Underscore{Singular: true},
		"mongo":               naming.Mongo{},
		"mongo-singular":      naming.Mongo{Singular: true},
		"entity-case":         naming.EntityCase{},
	}
	for name, want := range tests {
		got, err := naming.Parse(name)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Parse(%q) = %#v, %v; want %#v", name, got, err, want)
		}
	}
	_, err := naming.Parse("snake")
	const text = `naming: unknown naming strategy "snake" (underscore, underscore-singular, mongo, mongo-singular, entity-case)`
	if !errors.Is(err, naming.ErrUnknownStrategy) || err.Error() != text {
		t.Errorf("Parse(snake): %v, want %s", err, text)
	}
	var unknown *naming.UnknownStrategyError
	if !errors.As(err, &unknown) || unknown.Name != "snake" {
		t.Errorf("Parse(snake): %#v, want an UnknownStrategyError", err)
	}
}
