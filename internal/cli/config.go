package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"tocsin/internal/connect/all"
)

// Config is the configuration file. Every key is also a variable: connectors.slack.token is TOCSIN_CONNECTORS_SLACK_TOKEN. A text key
// K may be given as K_file, the path of a file that holds it; paths are relative to the configuration file.
type Config struct {
	Organisation Organisation        `yaml:"organisation"`
	Runbook      string              `yaml:"runbook"`
	People       string              `yaml:"people"`
	Connectors   all.Config          `yaml:"connectors"`
	Capabilities map[string][]string `yaml:"capabilities"`
	Depends      map[string][]string `yaml:"depends"` // provider → services of ours it depends on, in place of all.Services
	Public       PublicConfig        `yaml:"public"`
	Runner       RunnerConfig        `yaml:"runner"`
}

// PublicConfig is what the public pages offer.
type PublicConfig struct {
	Mail       bool     `yaml:"mail"`       // anybody may subscribe to mail, where there is a mail server
	Components []string `yaml:"components"` // parts of the service that the status page shows, in this order
}

// Organisation is whose incidents these are.
type Organisation struct {
	Name         string `yaml:"name"`
	PublicName   string `yaml:"public_name"`
	Domain       string `yaml:"domain"`
	Timezone     string `yaml:"timezone"`
	Confidential bool   `yaml:"confidential_postmortems"` // keep post-mortems confidential even when they are signed off
}

// RunnerConfig bounds attempts: Deadline of one attempt in place of what each operation is given (10 to 25 s), Settle per provider before a look-up, Batch before a document is brought in step, Reread between readings of what people typed into it, Track between looks at what people did with the issues of follow-ups.
type RunnerConfig struct {
	Deadline time.Duration            `yaml:"deadline"`
	Settle   map[string]time.Duration `yaml:"settle"`
	Batch    time.Duration            `yaml:"batch"`
	Reread   time.Duration            `yaml:"reread"`
	Track    time.Duration            `yaml:"track"`
}

// loadConfig reads a file, or none, and the environment. Errors name the line, never a value.
func loadConfig(file string, environ []string) (Config, error) {
	c := Config{Public: PublicConfig{Mail: true}, Runner: RunnerConfig{Batch: 2 * time.Second, Reread: 30 * time.Second, Track: 2 * time.Minute}}
	dir := "."
	if file != "" {
		dir = filepath.Dir(file)
		src, err := os.ReadFile(file)
		if err != nil {
			return c, fmt.Errorf("the configuration can't be read: %w", err)
		}
		tree, err := parser.ParseBytes(src, 0)
		if err != nil {
			return c, fmt.Errorf("%s: %s", file, yaml.FormatError(err, false, false))
		}
		if len(tree.Docs) > 0 && tree.Docs[0].Body != nil {
			if err := secrets(tree.Docs[0].Body, reflect.TypeOf(c), dir); err != nil {
				return c, fmt.Errorf("%s: %w", file, err)
			}
			if err := yaml.NodeToValue(tree.Docs[0].Body, &c, yaml.Strict()); err != nil {
				return c, fmt.Errorf("%s:%s", file, yaml.FormatError(err, false, false))
			}
		}
	}
	if err := fromEnv(reflect.ValueOf(&c).Elem(), "TOCSIN", environ); err != nil {
		return c, err
	}
	for _, p := range []*string{&c.Runbook, &c.People, &c.Connectors.Google.CredentialsFile, &c.Connectors.YouTube.CredentialsFile} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
	preferred := all.Capabilities()
	for k, v := range c.Capabilities {
		if _, known := preferred[k]; !known {
			return c, fmt.Errorf("capabilities.%s: there is no such capability; there are room, document, chat, social, stream, tracker, mail, hook", k)
		}
		for _, name := range v {
			if !slices.Contains(all.Names(), name) {
				return c, fmt.Errorf("capabilities.%s: there is no provider %q; there are %s", k, name, strings.Join(all.Names(), ", "))
			}
		}
		preferred[k] = v
	}
	c.Capabilities = preferred
	for p := range c.Depends {
		if !slices.Contains(all.Names(), p) {
			return c, fmt.Errorf("depends.%s: there is no such provider; there are %s", p, strings.Join(all.Names(), ", "))
		}
	}
	seen := map[string]bool{}
	for n, name := range c.Public.Components {
		name = strings.Join(strings.Fields(name), " ")
		if name == "" || len(name) > 60 || strings.Contains(name, ",") || seen[strings.ToLower(name)] {
			return c, fmt.Errorf("public.components: %q can't be the name of a part of the service: each has one of its own, of at most 60 characters, without a comma", name)
		}
		seen[strings.ToLower(name)], c.Public.Components[n] = true, name
	}
	if _, err := time.LoadLocation(c.Organisation.Timezone); err != nil {
		return c, fmt.Errorf("organisation.timezone: %q is no time zone; write it like Europe/Berlin", c.Organisation.Timezone)
	}
	return c, nil
}

// secrets puts the contents of files in place of keys that end in _file, unless the key itself is part of the configuration.
func secrets(n ast.Node, t reflect.Type, dir string) error {
	m, ok := n.(ast.MapNode)
	if !ok || t.Kind() != reflect.Struct {
		return nil
	}
	for it := m.MapRange(); it.Next(); {
		kv := it.KeyValue()
		key := kv.Key.GetToken().Value
		if f, known := field(t, key); known {
			if err := secrets(kv.Value, f.Type, dir); err != nil {
				return err
			}
			continue
		}
		base, isFile := strings.CutSuffix(key, "_file")
		if f, known := field(t, base); !isFile || !known || f.Type.Kind() != reflect.String {
			continue
		}
		path := kv.Value.GetToken().Value
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("line %d: %s can't be read: %w", kv.Key.GetToken().Position.Line, key, err)
		}
		kv.Key.GetToken().Value = base
		if s, ok := kv.Key.(*ast.StringNode); ok {
			s.Value = base
		}
		tok := *kv.Value.GetToken()
		tok.Value = strings.TrimSpace(string(content))
		kv.Value = ast.String(&tok)
	}
	return nil
}

func field(t reflect.Type, key string) (reflect.StructField, bool) {
	for n := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(n).Tag.Get("yaml"), ","); name == key && name != "-" {
			return t.Field(n), true
		}
	}
	return reflect.StructField{}, false
}

// fromEnv lets variables override what the file says.
func fromEnv(v reflect.Value, prefix string, environ []string) error {
	for n := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(n).Tag.Get("yaml"), ",")
		if name == "" || name == "-" {
			continue
		}
		variable, f := prefix+"_"+strings.ToUpper(name), v.Field(n)
		if f.Kind() == reflect.Struct {
			if err := fromEnv(f, variable, environ); err != nil {
				return err
			}
			continue
		}
		if f.Kind() == reflect.Map || f.Kind() == reflect.Slice {
			if err := mapFromEnv(f, variable, environ); err != nil {
				return err
			}
			continue
		}
		value, ok := lookup(environ, variable)
		if path, isFile := lookup(environ, variable+"_FILE"); isFile && f.Kind() == reflect.String {
			content, err := os.ReadFile(path)
			if err != nil {
				return fmt.Errorf("%s_FILE can't be read: %w", variable, err)
			}
			value, ok = strings.TrimSpace(string(content)), true
		}
		if !ok {
			continue
		}
		if err := yaml.UnmarshalWithOptions([]byte(quoteIf(f.Kind() == reflect.String, value)), f.Addr().Interface()); err != nil {
			return fmt.Errorf("the variable %s can't be read as %s", variable, f.Type())
		}
	}
	return nil
}

// own are the variables beside those of the configuration.
var own = []string{"TOCSIN_DATA", "TOCSIN_DATABASE", "TOCSIN_SERVER", "TOCSIN_TOKEN", "TOCSIN_INCIDENT"}

// unknown lists the variables that begin like ours and set nothing. Those of tests are left out.
func unknown(environ []string) []string {
	var out []string
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		rest, ours := strings.CutPrefix(name, "TOCSIN_")
		if ours && !strings.HasPrefix(rest, "TEST_") && !slices.Contains(own, name) && !sets(reflect.TypeFor[Config](), rest) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// sets reports whether a variable, without what comes before the key, sets something of t.
func sets(t reflect.Type, variable string) bool {
	for n := range t.NumField() {
		f := t.Field(n)
		key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		rest, ok := strings.CutPrefix(variable, strings.ToUpper(key))
		if key == "" || key == "-" || !ok {
			continue
		}
		under, deeper := strings.CutPrefix(rest, "_")
		switch {
		case rest == "" && f.Type.Kind() != reflect.Struct && f.Type.Kind() != reflect.Map, rest == "_FILE" && f.Type.Kind() == reflect.String,
			deeper && f.Type.Kind() == reflect.Map, deeper && f.Type.Kind() == reflect.Struct && sets(f.Type, under):
			return true
		}
	}
	return false
}

// mapFromEnv reads capabilities and the like: TOCSIN_CAPABILITIES_ROOM=zoom,jitsi.
func mapFromEnv(f reflect.Value, variable string, environ []string) error {
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		key, ok := strings.CutPrefix(name, variable+"_")
		if !ok {
			if name == variable && f.Kind() == reflect.Slice {
				f.Set(reflect.ValueOf(strings.Split(value, ",")))
			}
			continue
		}
		if f.Kind() != reflect.Map {
			continue
		}
		if f.IsNil() {
			f.Set(reflect.MakeMap(f.Type()))
		}
		item := reflect.New(f.Type().Elem())
		src := quoteIf(f.Type().Elem().Kind() == reflect.String, value)
		if f.Type().Elem().Kind() == reflect.Slice {
			src = "[" + value + "]"
		}
		if err := yaml.UnmarshalWithOptions([]byte(src), item.Interface()); err != nil {
			return fmt.Errorf("the variable %s can't be read", name)
		}
		f.SetMapIndex(reflect.ValueOf(strings.ToLower(key)), item.Elem())
	}
	return nil
}

func quoteIf(quote bool, s string) string {
	if quote {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return s
}

func lookup(environ []string, name string) (string, bool) {
	for _, kv := range environ {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v, true
		}
	}
	return "", false
}
