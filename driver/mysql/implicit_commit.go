package mysql

import "strings"

// committing are the first words of statements that commit the open transaction.
var committing = map[string]bool{
	"ALTER": true, "ANALYZE": true, "BEGIN": true, "CREATE": true, "DROP": true, "FLUSH": true, "GRANT": true,
	"INSTALL": true, "LOCK": true, "OPTIMIZE": true, "RENAME": true, "REPAIR": true, "REVOKE": true, "START": true,
	"TRUNCATE": true, "UNINSTALL": true, "UNLOCK": true,
}

// commits reports that a statement would silently commit the transaction it runs in.
func commits(text string) bool {
	words := strings.Fields(strings.ToUpper(withoutComments(text)))
	if len(words) == 0 || !committing[words[0]] {
		return false
	}
	return len(words) < 2 || words[1] != "TEMPORARY"
}

// withoutComments cuts the comments before a statement.
func withoutComments(text string) string {
	for {
		text = strings.TrimLeft(text, " \t\r\n;(")
		end := ""
		switch {
		case strings.HasPrefix(text, "/*"):
			end = "*/"
		case strings.HasPrefix(text, "--"), strings.HasPrefix(text, "#"):
			end = "\n"
		default:
			return text
		}
		_, rest, ok := strings.Cut(text, end)
		if !ok {
			return ""
		}
		text = rest
	}
}
