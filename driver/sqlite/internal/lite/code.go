package lite

// Code is a result code of SQLite, an extended one where there is one.
type Code int

// The result codes that are told apart.
const (
	codeError      Code = 1
	codePerm       Code = 3
	codeBusy       Code = 5
	codeLocked     Code = 6
	codeReadonly   Code = 8
	codeInterrupt  Code = 9
	codeIOErr      Code = 10
	codeCorrupt    Code = 11
	codeFull       Code = 13
	codeCantOpen   Code = 14
	codeTooBig     Code = 18
	codeConstraint Code = 19
	codeMismatch   Code = 20
	codeRange      Code = 25
	codeNotADB     Code = 26

	codeBusySnapshot = codeBusy | 2<<8
	codeCheck        = codeConstraint | 1<<8
	codeForeignKey   = codeConstraint | 3<<8
	codeNotNull      = codeConstraint | 5<<8
	codePrimaryKey   = codeConstraint | 6<<8
	codeTrigger      = codeConstraint | 7<<8
	codeUnique       = codeConstraint | 8<<8
	codeRowID        = codeConstraint | 10<<8
	codeDatatype     = codeConstraint | 12<<8
)

// primary is the code without what extends it.
func (c Code) primary() Code { return c & 0xff }
