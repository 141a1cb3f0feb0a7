package suggest

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"name", "email", "createdAt", "books", "id"}
	tests := []struct{ name, want string }{
		{"nmae", "name"},
		{"nam", "name"},
		{"emial", "email"},
		{"created_at", "createdAt"},
		{"CreatedAt", "createdAt"},
		{"creatdAt", "createdAt"},
		{"book", "books"},
		{"ID", "id"},
		{"i", ""},
		{"", ""},
		{"somethingElse", ""},
		{"price", ""},
	}
	for _, tt := range tests {
		if got := Nearest(tt.name, names); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestNearestPrefersTheFirstOfEquals(t *testing.T) {
	if got := Nearest("bat", []string{"cat", "hat"}); got != "cat" {
		t.Errorf("got %q", got)
	}
}

func TestHint(t *testing.T) {
	if got := Hint("nmae", []string{"name"}); got != `; did you mean "name"?` {
		t.Errorf("got %q", got)
	}
	if got := Hint("price", []string{"name"}); got != "" {
		t.Errorf("got %q", got)
	}
}
