package orm

// BulkOption configures [BulkInsert], [BulkUpsert] and [UpsertEntity].
type BulkOption func(*bulkOptions)

type bulkOptions struct {
	op        string
	discard   bool
	on        []string
	merge     []string
	except    []string
	mergeNone bool
}

// DiscardGenerated leaves what the database makes, auto-increment keys and
// defaults, out of the entities. PostgreSQL then loads the rows by COPY.
func DiscardGenerated() BulkOption { return func(o *bulkOptions) { o.discard = true } }

// ConflictOn names the unique properties by which BulkUpsert finds the row that is
// there. The default is the primary key where every entity has one, else the only
// unique property or constraint of the entity.
func ConflictOn(properties ...string) BulkOption {
	return func(o *bulkOptions) { o.on = append(o.on, properties...) }
}

// MergeOnly names the properties BulkUpsert takes over into an existing row. The
// default is all that are written but the key, those of ConflictOn, and values
// made on create; a version counts up by itself.
func MergeOnly(properties ...string) BulkOption {
	return func(o *bulkOptions) { o.merge = append(o.merge, properties...) }
}

// MergeExcept names properties that an existing row keeps.
func MergeExcept(properties ...string) BulkOption {
	return func(o *bulkOptions) { o.except = append(o.except, properties...) }
}

// KeepExisting leaves existing rows as they are.
func KeepExisting() BulkOption { return func(o *bulkOptions) { o.mergeNone = true } }
