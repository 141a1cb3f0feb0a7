package plan

// table is a map that is made with its first entry: in most flushes most of them have none.
type table[K comparable, V any] map[K]V

func (t *table[K, V]) put(key K, value V) {
	if *t == nil {
		*t = table[K, V]{}
	}
	(*t)[key] = value
}
