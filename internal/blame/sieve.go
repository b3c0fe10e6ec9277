package blame

import (
	"regexp/syntax"
	"strings"
)

// sieve is a list of strings in lower case of which a text has to hold one for an expression to match in it; most texts hold none for most
// expressions, which saves trying them. An empty one lets everything through.
type sieve []string

func sieveOf(expr string) sieve {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	return required(re)
}

func required(re *syntax.Regexp) sieve {
	switch re.Op {
	case syntax.OpLiteral:
		return sieve{strings.ToLower(string(re.Rune))}
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpAlternate:
		var all sieve
		for _, sub := range re.Sub {
			one := required(sub)
			if one == nil {
				return nil
			}
			all = append(all, one...)
		}
		return all
	case syntax.OpConcat:
		var best sieve
		for _, sub := range re.Sub {
			if one := required(sub); one.shortest() > best.shortest() {
				best = one
			}
		}
		return best
	}
	return nil
}

// shortest is the length of the shortest string, which lets the most through.
func (s sieve) shortest() int {
	if len(s) == 0 {
		return 0
	}
	n := len(s[0])
	for _, one := range s {
		n = min(n, len(one))
	}
	return n
}

// passes reports whether the expression may match in a text, given in lower case.
func (s sieve) passes(low string) bool {
	for _, one := range s {
		if strings.Contains(low, one) {
			return true
		}
	}
	return len(s) == 0
}
