package x

import "tocsin/internal/connect"

// Fit gives a text that X takes: the text itself if it is not too heavy, else as many of its words as fit, "…" and the link (none if
// empty). A link within the text is never cut. White space at both ends goes.
func Fit(text, link string) string {
	return connect.Shorten(text, link, func(s string) bool { return Weight(s) <= Limit })
}

// Fit is the package's Fit: the connector is a connect.Fitter.
func (c *Connector) Fit(text, link string) string { return Fit(text, link) }

// Weigh counts as X does.
func (c *Connector) Weigh(text string) (weight, limit int) { return Weight(text), Limit }
