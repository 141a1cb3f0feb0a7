package lite

import "testing"

// TestSingle tells texts of one statement from scripts.
func TestSingle(t *testing.T) {
	for text, want := range map[string]bool{
		"select 1": true, "select 1;": true, "select 1 ;\n": true, "select ';'; ": true, "select 1; select 2": false,
		"select ';' -- a; b\n, \"a;\", [b;], `c;` /* ; ; */": true, "select 'a''; b'; delete from t": false,
		"CREATE TRIGGER x after insert on t begin select 1; select 2; end": true, "create temp trigger x begin select 1; end;": true,
		"create table trigger (i); select 1": false, "select '": true, "select ';": true,
	} {
		if single(text) != want {
			t.Errorf("%s: %v", text, !want)
		}
	}
}
