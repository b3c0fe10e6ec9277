package standin

// collection is the objects of one kind, oldest first.
type collection struct {
	name    string // "slack.message"
	objects []any
}

// objects tells everything there is, by kind. An empty kind is an empty list.
func (w *world) objects(base string) map[string][]any {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := map[string][]any{}
	for _, p := range w.providers {
		for _, c := range p.objects(base) {
			all[c.name] = append([]any{}, c.objects...)
		}
	}
	return all
}

// collect makes a collection of what each of a slice's elements is told as.
func collect[T any](name string, all []T, tell func(T) any) collection {
	c := collection{name: name}
	for _, one := range all {
		c.objects = append(c.objects, tell(one))
	}
	return c
}
