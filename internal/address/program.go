package address

// Program returns how a Go program opens the database: the package of the driver
// below weft's folder driver, the function of its connector, and the arguments of
// that, which may hold a password.
func (a *Address) Program() (pkg, function string, arguments []string) {
	switch a.Kind {
	case "sqlite":
		return "sqlite", "File", []string{a.Name}
	case "postgres":
		return "postgres", "URL", []string{a.text}
	case "mysql":
		return "mysql", "DSN", []string{a.mysqlDSN()}
	}
	return "mongo", "URI", []string{a.text, a.Name}
}
