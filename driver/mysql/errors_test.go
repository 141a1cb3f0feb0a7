package mysql

import (
	"errors"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/weft-orm/weft/driver"
)

// TestClasses has the class of error numbers, none of which may stand in two.
func TestClasses(t *testing.T) {
	seen := map[uint16]bool{}
	for _, n := range numbers {
		for _, number := range n.numbers {
			if seen[number] {
				t.Errorf("%d stands in two classes", number)
			}
			seen[number] = true
		}
	}
	for class, list := range map[error][]uint16{
		driver.ErrUniqueViolation: {1062, 1586}, driver.ErrForeignKeyViolation: {1451, 1452}, driver.ErrNotNullViolation: {1048, 1364}, driver.ErrCheckViolation: {3819, 4025, 1369},
		driver.ErrDeadlock: {1213}, driver.ErrLockTimeout: {1205, 3572}, driver.ErrSyntax: {1064, 1055, 1139, 1582}, driver.ErrUndefined: {1054, 1146, 1176},
		driver.ErrUnsupported: {1235, 1305, 1630}, driver.ErrOutOfRange: {1264, 1292, 1365, 1366, 1406, 1690, 3140}, driver.ErrReadOnly: {1142, 1290, 1792},
		driver.ErrCanceled: {1317, 3024}, driver.ErrConnection: {1040, 1045}, driver.ErrOther: {1644, 1242},
	} {
		for _, number := range list {
			if e := classify(&mysql.MySQLError{Number: number}); !errors.Is(e, class) {
				t.Errorf("%d is %v, want %v", number, e.Class, class)
			}
		}
	}
}
