package runbook

import (
	"strings"
	"time"

	"tocsin/internal/catalogue"
)

// said are conditions in words.
var said = map[string]string{
	"major":      catalogue.Mark("a major outage"),
	"minor":      catalogue.Mark("a minor outage"),
	"postmortem": catalogue.Mark("the post-mortem published"),
	"signed_off": catalogue.Mark("the post-mortem signed off"),
	"disrupting": catalogue.Mark("disrupting the service"),
	"roles":      catalogue.Mark("somebody in a role"),
	"staffed":    catalogue.Mark("every wanted role taken"),
	"told":       catalogue.Mark("the public told that it is over"),
	"reviewed":   catalogue.Mark("the document reviewed"),
	"impact":     catalogue.Mark("the customer impact noted"),
	"decided":    catalogue.Mark("further communication decided"),
	"eta":        catalogue.Mark("ETA"),
	"elapsed":    catalogue.Mark("disrupted for"),
	">":          catalogue.Mark("more than"),
	">=":         catalogue.Mark("at least"),
	"<":          catalogue.Mark("less than"),
	"<=":         catalogue.Mark("at most"),
	"==":         catalogue.Mark("exactly"),
	"!=":         catalogue.Mark("other than"),
}

// Explain puts a condition into words for the definition meter: "ETA more than 1 h", "disrupting the service".
func Explain(clause Expr) string { return ExplainIn(catalogue.English, clause) }

// ExplainIn is Explain in a language.
func ExplainIn(l *catalogue.Language, clause Expr) string {
	switch clause.op {
	case "bool":
		if words, ok := said[clause.name]; ok {
			return l.Word(words)
		}
		return clause.name
	case "cmp":
		return l.Word(said[clause.name]) + " " + l.Word(said[clause.cmp]) + " " + spaced(clause.limit)
	case "not":
		return l.T("not %s", explainInner(l, clause.args[0]))
	case "and", "or":
		var parts []string
		for _, a := range clause.args {
			parts = append(parts, explainInner(l, a))
		}
		return strings.Join(parts, " "+l.Word(joins[clause.op])+" ")
	}
	return ""
}

// joins are what stands between conditions.
var joins = map[string]string{"and": catalogue.Mark("and"), "or": catalogue.Mark("or")}

func explainInner(l *catalogue.Language, e Expr) string {
	if e.op == "and" || e.op == "or" {
		return "(" + ExplainIn(l, e) + ")"
	}
	return ExplainIn(l, e)
}

// spaced writes 1h30m as "1 h 30 min".
func spaced(d time.Duration) string {
	s := strings.NewReplacer("h", " h ", "m", " min ", "s", " s ").Replace(shortSpan(d))
	return strings.TrimSpace(s)
}
