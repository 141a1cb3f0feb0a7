package mysql

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/weft-orm/weft/driver"
)

// numbers lists the error numbers of each class.
var numbers = []struct {
	class   error
	numbers []uint16
}{
	{driver.ErrUniqueViolation, []uint16{1022, 1062, 1169, 1586}},
	{driver.ErrForeignKeyViolation, []uint16{1216, 1217, 1451, 1452, 1557, 1761, 1762}},
	{driver.ErrNotNullViolation, []uint16{1048, 1263, 1364}},
	{driver.ErrCheckViolation, []uint16{1369, 3819, 4025}},
	{driver.ErrDeadlock, []uint16{1213, 3058}},
	{driver.ErrSerialization, []uint16{1020}},
	{driver.ErrLockTimeout, []uint16{1205, 3572}},
	{driver.ErrReadOnly, []uint16{1142, 1143, 1227, 1290, 1370, 1792, 1836}},
	{driver.ErrDiskFull, []uint16{1021, 1114}},
	{driver.ErrSyntax, []uint16{1055, 1064, 1065, 1111, 1136, 1139, 1140, 1149, 1222, 1241, 1267, 1582, 1583}},
	{driver.ErrUndefined, []uint16{1049, 1051, 1054, 1072, 1091, 1109, 1146, 1176, 1356}},
	{driver.ErrOutOfRange, []uint16{1118, 1153, 1162, 1264, 1265, 1292, 1365, 1366, 1367, 1390, 1406, 1411, 1436, 1441, 1690, 3140, 3141}},
	{driver.ErrConnection, []uint16{1040, 1044, 1045, 1053, 1077, 1078, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1226, 1927, 4031}},
	{driver.ErrCanceled, []uint16{1317, 1969, 3024}},
	{driver.ErrUnsupported, []uint16{1128, 1235, 1305, 1630}},
}

var classes = func() map[uint16]error {
	m := make(map[uint16]error)
	for _, n := range numbers {
		for _, number := range n.numbers {
			m[number] = n.class
		}
	}
	return m
}()

// classify finds the class of an error by its number. Only the message names
// constraints and columns.
func classify(err error) *driver.Error {
	e := &driver.Error{Class: driver.ErrOther}
	native, ok := errors.AsType[*mysql.MySQLError](err)
	if ok {
		e.Code = strconv.Itoa(int(native.Number))
		if class, ok := classes[native.Number]; ok {
			e.Class = class
		}
		details(e, native)
		return e
	}
	_, network := errors.AsType[net.Error](err)
	_, timeout := errors.AsType[*net.OpError](err) // which says that it is a deadline, whose ever that is
	switch {
	case timeout:
		e.Class = driver.ErrConnection
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		e.Class = driver.ErrCanceled
	case network, errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, sqldriver.ErrBadConn),
		errors.Is(err, mysql.ErrMalformPkt), errors.Is(err, mysql.ErrPktSync), errors.Is(err, mysql.ErrBusyBuffer),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Class = driver.ErrConnection
	case errors.Is(err, mysql.ErrPktTooLarge):
		e.Class = driver.ErrOutOfRange
	}
	return e
}

// details takes names from messages such as
//
//	Duplicate entry 'x' for key 'items.name'
//	Column 'name' cannot be null
//	... a foreign key constraint fails (`db`.`items`, CONSTRAINT `items_shelf` FOREIGN KEY (`shelf_id`) REFERENCES ...)
//	CONSTRAINT `items_count` failed for `db`.`items`
//	Check constraint 'items_count' is violated.
func details(e *driver.Error, native *mysql.MySQLError) {
	message := native.Message
	switch e.Class {
	case driver.ErrUniqueViolation:
		if i := strings.LastIndex(message, " for key "); i >= 0 {
			key := strings.Trim(message[i+len(" for key "):], "'`\"")
			if table, name, ok := strings.Cut(key, "."); ok {
				e.Table, key = table, name
			}
			e.Constraint = key
		}
	case driver.ErrNotNullViolation:
		if name := quoted(message, "'"); name != "" {
			e.Columns = []string{name}
		}
	case driver.ErrForeignKeyViolation:
		if _, rest, ok := strings.Cut(message, "CONSTRAINT "); ok {
			e.Constraint = quoted(rest, "`")
		}
		if _, rest, ok := strings.Cut(message, "FOREIGN KEY ("); ok {
			list, _, _ := strings.Cut(rest, ")")
			for _, name := range strings.Split(list, ", ") {
				e.Columns = append(e.Columns, strings.Trim(name, "`"))
			}
		}
	case driver.ErrOutOfRange:
		if _, rest, ok := strings.Cut(message, "or column "); ok { // For column, or for column
			rest, _, _ = strings.Cut(rest, " at row")
			e.Columns = []string{strings.Trim(rest[strings.LastIndex(rest, ".")+1:], "'`")}
		}
	case driver.ErrCheckViolation:
		e.Constraint = quoted(strings.ReplaceAll(message, "`", "'"), "'")
	}
}

// quoted returns the first text between two quotes.
func quoted(s, quote string) string {
	_, rest, ok := strings.Cut(s, quote)
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, quote)
	return name
}
