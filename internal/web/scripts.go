package web

import (
	"io/fs"
	"regexp"
	"strconv"

	"tocsin/internal/catalogue"
)

// inScripts finds the texts of a script: t("…"), and n("one", "many", …).
var inScripts = regexp.MustCompile(`\b[tn]\(("(?:[^"\\]|\\.)*")(?:, ("(?:[^"\\]|\\.)*"))?`)

// scriptWords are the texts of all scripts by language, for those that are not English.
var scriptWords = func() map[string]map[string]string {
	out := map[string]map[string]string{}
	files, err := fs.Glob(assetFiles, "assets/*.js")
	if err != nil {
		panic(err) // the pattern is fixed
	}
	for _, l := range catalogue.Languages()[1:] {
		words := map[string]string{}
		for _, file := range files {
			body, err := fs.ReadFile(assetFiles, file)
			if err != nil {
				panic(err) // they are embedded
			}
			if file == "assets/htmx.min.js" {
				continue
			}
			for _, m := range inScripts.FindAllSubmatch(body, -1) {
				one, err := strconv.Unquote(string(m[1]))
				if err != nil {
					continue // not a text
				}
				if many, err := strconv.Unquote(string(m[2])); err == nil {
					words[one], words[many] = l.Form(one, many, 1), l.Form(one, many, 2)
				} else {
					words[one] = l.Word(one)
				}
			}
		}
		out[l.Tag] = words
	}
	return out
}()

// Words are the texts of scripts in the page's language; nil in English, which the scripts themselves hold.
func (f frame) Words() map[string]string { return scriptWords[f.Lang.Tag] }
