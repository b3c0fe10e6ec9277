package redact

func (m *matcher) unknown(known []Span, addrs []address) []Span { return nil }
