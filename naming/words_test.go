package naming_test

import (
	"testing"

	"github.com/weft-orm/weft/naming"
)

func TestWords(t *testing.T) {
	tests := []struct{ name, snake, lowerCamel string }{
		{"", "", ""},
		{"ID", "id", "id"},
		{"id", "id", "id"},
		{"X", "x", "x"},
		{"CreatedAt", "created_at", "createdAt"},
		{"createdAt", "created_at", "createdAt"},
		{"created_at", "created_at", "created_at"},
		{"HTTPServer", "http_server", "httpServer"},
		{"AuthorID", "author_id", "authorID"},
		{"authorID", "author_id", "authorID"},
		{"IDs", "ids", "ids"},
		{"UserIDs", "user_ids", "userIDs"},
		{"IDsOf", "ids_of", "idsOf"},
		{"URLsSeen", "urls_seen", "urlsSeen"},
		{"DNSsec", "dn_ssec", "dnSsec"},
		{"UUIDValue", "uuid_value", "uuidValue"},
		{"OAuthToken", "o_auth_token", "oAuthToken"},
		{"MD5Hash", "md5_hash", "md5Hash"},
		{"Address2", "address2", "address2"},
		{"S3Bucket", "s3_bucket", "s3Bucket"},
		{"First_Name", "first_name", "first_Name"},
		{"_hidden", "_hidden", "_hidden"},
		{"XY_Z", "xy_z", "xy_Z"},
		{"ÄpfelUndBirnen", "äpfel_und_birnen", "äpfelUndBirnen"},
		{"名前", "名前", "名前"},
		{"a\xffB\nC", "a_b_c", "a_B_C"},
	}
	for _, tt := range tests {
		if got := naming.Snake(tt.name); got != tt.snake {
			t.Errorf("Snake(%q) = %q, want %q", tt.name, got, tt.snake)
		}
		if got := naming.LowerCamel(tt.name); got != tt.lowerCamel {
			t.Errorf("LowerCamel(%q) = %q, want %q", tt.name, got, tt.lowerCamel)
		}
	}
}
