package runbook

import (
	"strings"
	"time"
)

// said are conditions in words.
var said = map[string]string{
	"major":      "a major outage",
	"minor":      "a minor outage",
	"postmortem": "the post-mortem published",
	"signed_off": "the post-mortem signed off",
	"disrupting": "disrupting the service",
	"roles":      "somebody in a role",
	"staffed":    "every wanted role taken",
	"told":       "the public told that it is over",
	"reviewed":   "the document reviewed",
	"impact":     "the customer impact noted",
	"decided":    "further communication decided",
	"eta":        "ETA",
	"elapsed":    "disrupted for",
	">":          "more than",
	">=":         "at least",
	"<":          "less than",
	"<=":         "at most",
	"==":         "exactly",
	"!=":         "other than",
}

// Explain puts a condition into words for the definition meter: "ETA more than 1 h", "disrupting the service".
func Explain(clause Expr) string {
	switch clause.op {
	case "bool":
		if words, ok := said[clause.name]; ok {
			return words
		}
		return clause.name
	case "cmp":
		return said[clause.name] + " " + said[clause.cmp] + " " + spaced(clause.limit)
	case "not":
		return "not " + explainInner(clause.args[0])
	case "and", "or":
		var parts []string
		for _, a := range clause.args {
			parts = append(parts, explainInner(a))
		}
		return strings.Join(parts, " "+clause.op+" ")
	}
	return ""
}

func explainInner(e Expr) string {
	if e.op == "and" || e.op == "or" {
		return "(" + Explain(e) + ")"
	}
	return Explain(e)
}

// spaced writes 1h30m as "1 h 30 min".
func spaced(d time.Duration) string {
	s := strings.NewReplacer("h", " h ", "m", " min ", "s", " s ").Replace(shortSpan(d))
	return strings.TrimSpace(s)
}
