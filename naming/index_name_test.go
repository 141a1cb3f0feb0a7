package naming_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/weft-orm/weft/naming"
)

func TestIndex(t *testing.T) {
	long := strings.Repeat("long_name_", 8)
	tests := []struct {
		kind    naming.IndexKind
		table   string
		columns []string
		max     int
		want    string
	}{
		{naming.KindIndex, "books", []string{"author_id"}, naming.MaxPostgres, "books_author_id_idx"},
		{naming.KindUnique, "books", []string{"title", "isbn"}, naming.MaxMySQL, "books_title_isbn_uniq"},
		{naming.KindForeignKey, "library.books", []string{"author_id"}, 0, "library_books_author_id_fkey"},
		{naming.KindCheck, "blog-posts", []string{"age"}, naming.MaxMongo, "blog_posts_age_check"},
		{naming.KindPrimary, "books", []string{"id"}, naming.MaxPostgres, "books_pkey"},
		{naming.KindIndex, long, []string{"a"}, naming.MaxSQLite, long + "_a_idx"},
		{
			naming.KindIndex, long, []string{"a"}, naming.MaxPostgres,
			"long_name_long_name_long_name_long_name_long_na_hco4xesqmwk_idx",
		},
		{naming.KindUnique, long, []string{"a"}, 17, "hwhga6iompv_uniq"},
		{naming.KindUnique, long, []string{"a"}, 4, "hwhg"},
	}
	for _, tt := range tests {
		if got := naming.Index(tt.kind, tt.table, tt.columns, tt.max); got != tt.want {
			t.Errorf("Index(%s, %q, %q, %d) = %q, want %q", tt.kind, tt.table, tt.columns, tt.max, got, tt.want)
		}
	}
}

func TestShorten(t *testing.T) {
	tests := []struct {
		name string
		max  int
		want string
	}{
		{"books", 63, "books"},
		{"books", 5, "books"},
		{strings.Repeat("x", 70), 0, strings.Repeat("x", 70)},
		{strings.Repeat("x", 70), 20, "xxxxxxxx_h53yfbovoqe"},
		{strings.Repeat("é", 40), 20, "éééé_hzlbl3uhszy"},
	}
	for _, tt := range tests {
		if got := naming.Shorten(tt.name, tt.max); got != tt.want {
			t.Errorf("Shorten(%q, %d) = %q, want %q", tt.name, tt.max, got, tt.want)
		}
	}
}

// Names that share more than the limit, or the same letters under other borders, stay apart when they are shortened.
func TestShortenedIndexesStayApart(t *testing.T) {
	prefix := strings.Repeat("shared_", 12)
	seen := map[string]string{}
	for i := range 2000 {
		for _, columns := range [][]string{
			{prefix, fmt.Sprint("c", i)}, {prefix + fmt.Sprint("_c", i)}, {prefix, "c", fmt.Sprint(i)},
		} {
			for _, kind := range []naming.IndexKind{naming.KindIndex, naming.KindUnique, naming.KindCheck} {
				name := naming.Index(kind, "t", columns, naming.MaxPostgres)
				source := fmt.Sprintf("%s %q", kind, columns)
				if other, taken := seen[name]; taken {
					t.Fatalf("%s and %s are both %q", other, source, name)
				}
				seen[name] = source
			}
		}
	}
	for name := range seen {
		if len(name) > naming.MaxPostgres || !utf8.ValidString(name) {
			t.Errorf("%q is %d bytes long", name, len(name))
		}
	}
}
