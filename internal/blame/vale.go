package blame

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
)

// valePerson stands beside the patterns that need somebody there: Vale knows no grammar, so its style sees fewer of them.
const valePerson = `\b(?:I|we|you|he|she|they|someone|somebody|nobody|no one|(?:the |an? |our )?(?:[\w-]+ )?(?:engineers?|operators?|team|on-call|developers?|admins?|DBAs?|SREs?|responders?|managers?|person|intern|team-member-\d+))`

// Vale writes the rules as a style for the prose linter Vale into dir/Tocsin, a file for each rule, and gives their names. What needs the
// grammar of a sentence is narrowed to subjects that stand right before the verb.
func Vale(dir string) ([]string, error) {
	style := filepath.Join(dir, "Tocsin")
	if err := os.MkdirAll(style, 0o750); err != nil {
		return nil, err
	}
	var names []string
	for _, r := range rules {
		type rule struct {
			Extends    string   `yaml:"extends"`
			Message    string   `yaml:"message"`
			Level      string   `yaml:"level"`
			Ignorecase bool     `yaml:"ignorecase"`
			Nonword    bool     `yaml:"nonword"`
			Tokens     []string `yaml:"tokens"`
		}
		v := rule{Extends: "existence", Message: "'%s': " + r.Message + " " + r.Rewrite, Level: "suggestion", Ignorecase: true, Nonword: true}
		for _, p := range r.patterns {
			expr := strings.TrimPrefix(p.re.String(), "(?i)")
			switch p.needs {
			case needsSubject:
				expr = valePerson + ` (?:who |also |then |again |had |has )?(?:` + expr + `)`
			case needsAgent:
				expr = `(?:` + expr + `) ?` + valePerson + `\b`
			}
			v.Tokens = append(v.Tokens, expr)
		}
		src, err := yaml.Marshal(v)
		if err != nil {
			return nil, err
		}
		name := r.ID + ".yml"
		if err := os.WriteFile(filepath.Join(style, name), src, 0o600); err != nil {
			return nil, err
		}
		names = append(names, filepath.Join(style, name))
	}
	return names, nil
}
