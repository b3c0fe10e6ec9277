package public

import (
	"bytes"
	"context"
	"html"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// Static is the whole site as files, by their names within its folder: every page in every language, records, feeds, the status API, pictures. Links
// lead from file to file, so it reads from any web server and from a disk. Each page says when the copy was made. index.html is the status page.
func (s *Site) Static(ctx context.Context) (map[string][]byte, error) {
	all, m := s.all.Load(), moment{at: s.o.Now().Unix(), copied: true}
	files := map[string][]byte{}
	for p, d := range s.assets {
		if p != scriptURL && p != "/robots.txt" { // nothing comes by itself, and who may look is for the copy's server to say
			files[fileOf(p)] = d.now.Load().plain.bytes
		}
	}
	for p, d := range all.docs {
		tag := english.Tag
		if before, after, ok := strings.Cut(p, " "); ok { // in another language
			tag, p = before, after
		}
		b := d.now.Load().plain.bytes
		if d.render != nil {
			b = d.render(m)
		}
		name := FileOf(p, tag)
		if strings.HasSuffix(name, ".html") {
			b = relative(p, name, b)
		}
		files[name] = b
	}
	for _, i := range all.incidents {
		for _, e := range i.page.Entries {
			for _, p := range pictures(i.n, e) {
				if s.o.Picture == nil {
					continue
				}
				data, err := s.o.Picture(ctx, i.name(), p.Seq)
				if err != nil {
					return nil, err
				}
				files[fileOf(p.Path())] = data
			}
		}
	}
	return files, nil
}

// fileOf is the name of the file that holds what stands at a path of the site.
func fileOf(p string) string {
	switch {
	case p == "/status":
		return "index.html"
	case p == missing:
		return "404.html"
	case strings.HasPrefix(p, "/history/"):
		return "history-" + strings.TrimPrefix(p, "/history/") + ".html"
	case path.Ext(p) == "":
		return strings.TrimPrefix(p, "/") + ".html"
	}
	return strings.TrimPrefix(p, "/")
}

// FileOf is the name of the file that holds a page of the site in a language, by its tag.
func FileOf(p, tag string) string {
	name := fileOf(p)
	if page, ok := strings.CutSuffix(name, ".html"); ok && tag != english.Tag && named(tag) != nil {
		return page + "." + tag + ".html"
	}
	return name
}

// PathOf is the path of the site whose content a file of a copy holds, in English; empty: of none.
func PathOf(file string) string {
	switch name, page := strings.CutSuffix(file, ".html"); {
	case page && named(strings.TrimPrefix(path.Ext(name), ".")) != nil: // in another language
		return ""
	case file == "index.html":
		return "/status"
	case file == "404.html":
		return ""
	case page && strings.HasPrefix(name, "history-"):
		return "/history/" + strings.TrimPrefix(name, "history-")
	case page:
		return "/" + name
	}
	return "/" + file
}

var links = regexp.MustCompile(`\b(href|src)="([/?][^"]*)"`)

// relative has the links of a page lead to the files beside it.
func relative(self, file string, page []byte) []byte {
	up := strings.Repeat("../", strings.Count(file, "/"))
	return links.ReplaceAllFunc(page, func(link []byte) []byte {
		attr, to, _ := bytes.Cut(link, []byte("="))
		p, anchor, _ := strings.Cut(strings.Trim(string(to), `"`), "#")
		p, query, _ := strings.Cut(p, "?")
		if p == "" {
			p = self
		}
		tag := ""
		if q, err := url.ParseQuery(html.UnescapeString(query)); err == nil {
			tag = q.Get("lang")
		}
		target := up + FileOf(p, tag)
		if anchor != "" {
			target += "#" + anchor
		}
		return []byte(string(attr) + `="` + target + `"`)
	})
}
