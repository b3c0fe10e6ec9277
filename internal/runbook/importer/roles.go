package importer

import (
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"

	"tocsin/internal/runbook"
)

// aRole is an item that says who somebody is: "Engineer: the person in charge".
var aRole = regexp.MustCompile(`^([\p{L}][\p{L} /-]{1,38}?)\s*(?::|[–—]| - )\s*(.+)`)

// findRoles reads the lists below headings about people. What is said of a role that the embedded runbook has, too, is taken over with its
// other words; where nobody is wanted at once, the first one is. Without such a list the embedded runbook's roles are taken.
func (d *draft) findRoles(root ast.Node) {
	heading := ""
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			heading = d.words(n)
		case *ast.List:
			if !people.MatchString(heading) {
				continue
			}
			for item := n.FirstChild(); item != nil; item = item.NextSibling() {
				words, inner := d.item(item)
				if m := aRole.FindStringSubmatch(words); m != nil && inner == nil {
					d.addRole(strings.TrimSpace(m[1]), strings.TrimSpace(m[2]))
				}
			}
		}
	}
	if len(d.book.Roles) == 0 {
		d.book.Roles = runbook.Default().Roles
	}
	for _, r := range d.book.Roles {
		if r.Wanted == "declared" {
			return
		}
	}
	d.book.Roles[0].Wanted = "declared"
}

// mostRoles is how many are read; the items of others become steps.
const mostRoles = 30

func (d *draft) addRole(name, instructions string) {
	if len(d.book.Roles) == mostRoles || slices.ContainsFunc(d.book.Roles, func(r runbook.Role) bool { return strings.EqualFold(r.Name, name) }) {
		return
	}
	role := runbook.Role{ID: slug(name, "role"), Name: name, Instructions: instructions, Wanted: "never"}
	if known, ok := runbook.Default().Role(name); ok {
		role.ID, role.Aliases, role.Wanted, role.Many = known.ID, known.Aliases, known.Wanted, known.Many
	}
	for _, r := range d.book.Roles {
		if r.ID == role.ID {
			return
		}
	}
	d.book.Roles = append(d.book.Roles, role)
}

// isRole reports whether an item became a role, so that it is no step.
func (d *draft) isRole(item ast.Node) bool {
	words, inner := d.item(item)
	m := aRole.FindStringSubmatch(words)
	if m == nil || inner != nil || !people.MatchString(d.heading) {
		return false
	}
	_, ok := d.book.Role(strings.TrimSpace(m[1]))
	return ok
}

// named is a word that a document uses for a role.
type named struct {
	word *regexp.Regexp
	role string
}

// learn keeps what the roles are called, each also in the plural.
func (d *draft) learn() {
	for _, r := range d.book.Roles {
		for _, name := range append([]string{r.Name}, r.Aliases...) {
			d.names = append(d.names, named{regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(name) + `s?\b`), r.ID})
		}
	}
}

// mentioned is the role that words name first, or "".
func (d *draft) mentioned(words string) string {
	at, id := len(words)+1, ""
	for _, n := range d.names {
		if m := n.word.FindStringIndex(words); m != nil && m[0] < at {
			at, id = m[0], n.role
		}
	}
	return id
}
