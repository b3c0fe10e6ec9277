package web

import (
	"io/fs"

	"tocsin/internal/catalogue"
)

// scriptWords are the texts of all scripts by language, for those that are not English.
var scriptWords = func() map[string]map[string]string {
	var sources [][]byte
	files, err := fs.Glob(assetFiles, "assets/*.js")
	if err != nil {
		panic(err) // the pattern is fixed
	}
	for _, file := range files {
		body, err := fs.ReadFile(assetFiles, file)
		if err != nil {
			panic(err) // they are embedded
		}
		if file != "assets/htmx.min.js" {
			sources = append(sources, body)
		}
	}
	out := map[string]map[string]string{}
	for _, l := range catalogue.Languages() {
		out[l.Tag] = l.Script(sources...)
	}
	return out
}()

// Words are the texts of scripts in the page's language; nil in English, which the scripts themselves hold.
func (f frame) Words() map[string]string { return scriptWords[f.Lang.Tag] }
