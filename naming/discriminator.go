package naming

// Discriminator is implemented by strategies that choose the value which marks an entity in the discriminator column
// of a single-table hierarchy. Without it the value is the entity name as it is written in Go.
type Discriminator interface {
	// Discriminator gives the discriminator value of an entity.
	Discriminator(entity string) string
}

// DiscriminatorColumn names the discriminator column of a hierarchy that does not name its own: the column of a
// property called "type".
func DiscriminatorColumn(s Strategy) string { return s.Column("type") }

// DiscriminatorValue gives the discriminator value of an entity that does not declare its own.
func DiscriminatorValue(s Strategy, entity string) string {
	if d, ok := s.(Discriminator); ok {
		return d.Discriminator(entity)
	}
	return entity
}
