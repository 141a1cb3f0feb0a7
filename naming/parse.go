package naming

// Parse finds a strategy by the name tools take on their command lines: "underscore", "underscore-singular", "mongo",
// "mongo-singular" or "entity-case". Any other name is an [UnknownStrategyError].
func Parse(name string) (Strategy, error) {
	switch name {
	case "underscore":
		return Underscore{}, nil
	case "underscore-singular":
		return Underscore{Singular: true}, nil
	case "mongo":
		return Mongo{}, nil
	case "mongo-singular":
		return Mongo{Singular: true}, nil
	case "entity-case":
		return EntityCase{}, nil
	default:
		return nil, &UnknownStrategyError{Name: name}
	}
}
