package cli

import "github.com/spf13/pflag"

// globals are the flags that every verb understands.
type globals struct {
	incident  string
	json      bool
	quiet     bool
	yes       bool
	server    string
	tokenFile string
	key       string
}

func (g *globals) flags(f *pflag.FlagSet) {
	f.StringVarP(&g.incident, "incident", "i", "", "which incident: 42 or INC-42 (default: the only active one)")
	f.BoolVar(&g.json, "json", false, "print JSON on stdout")
	f.BoolVarP(&g.quiet, "quiet", "q", false, "print no words, only data")
	f.BoolVarP(&g.yes, "yes", "y", false, "don't ask")
	f.StringVar(&g.server, "server", "", "address of the server (default: $TOCSIN_SERVER or http://127.0.0.1:8080)")
	f.StringVar(&g.tokenFile, "token-file", "", "file that holds the token (default: $TOCSIN_TOKEN)")
	f.StringVar(&g.key, "key", "", "idempotency key: the same command under the same key is carried out once")
}
