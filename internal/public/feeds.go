package public

import (
	"fmt"
	"time"

	"github.com/gorilla/feeds"
)

// mostItems is how many incidents a feed carries.
const mostItems = 50

// feedView is an incident within a feed.
type feedView struct {
	Incident incidentView
	Told     []entryView
}

// jsonFeed is JSON Feed 1.1 (jsonfeed.org).
type jsonFeed struct {
	Version     string     `json:"version"`
	Title       string     `json:"title"`
	HomePage    string     `json:"home_page_url"`
	Feed        string     `json:"feed_url"`
	Description string     `json:"description"`
	Language    string     `json:"language"`
	Items       []jsonItem `json:"items"`
}

type jsonItem struct {
	ID        string    `json:"id"`
	URL       string    `json:"url"`
	Title     string    `json:"title"`
	HTML      string    `json:"content_html"`
	Published time.Time `json:"date_published"`
	Modified  time.Time `json:"date_modified"`
	Tags      []word    `json:"tags"`
}

// feeds makes the three feeds: an item per incident, whose id never changes.
func (s *Site) feeds(docs map[string]*document, e *edition) {
	base, title := string(e.base), s.o.Organisation()+" status"
	const about = "Incidents and what was said about them. People's names are removed."
	f := &feeds.Feed{Title: title, Link: &feeds.Link{Href: base + "/status"}, Description: about, Updated: s.updated(e), Id: "tag:" + host(e.base) + ",2005:/history"}
	j := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: title, HomePage: base + "/status", Feed: base + "/feed.json", Description: about,
		Language: "en", Items: []jsonItem{}}
	for _, i := range newest(e.incidents, mostItems) {
		id, url := fmt.Sprintf("tag:%s,2005:Incident/%d", host(e.base), i.n), base+"/status/"+i.name()
		f.Items = append(f.Items, &feeds.Item{Id: id, IsPermaLink: "false", Title: i.title().String(), Link: &feeds.Link{Href: url},
			Description: i.inFeed, Content: i.inFeed, Created: i.page.Started, Updated: i.page.Updated})
		tags := []word{i.outage().Word, stageWords[i.stage]}
		if i.page.Drill {
			tags = append(tags, "Drill")
		}
		j.Items = append(j.Items, jsonItem{ID: id, URL: url, Title: i.title().String(), HTML: i.inFeed, Published: i.page.Started,
			Modified: i.page.Updated, Tags: tags})
	}
	docs["/feed.json"] = fixed("application/feed+json; charset=utf-8", marshal(j))

	atom := (&feeds.Atom{Feed: f}).AtomFeed()
	atom.Id, atom.Link = f.Id, &feeds.AtomLink{Href: base + "/history.atom", Rel: "self", Type: "application/atom+xml"}
	atom.Author = &feeds.AtomAuthor{AtomPerson: feeds.AtomPerson{Name: s.o.Organisation(), Uri: base + "/status"}}
	for n, entry := range atom.Entries {
		entry.Summary, entry.Published = nil, f.Items[n].Created.Format(time.RFC3339) // the content says it all
	}
	rss := (&feeds.Rss{Feed: f}).RssFeed()
	for n, item := range rss.Items {
		item.Content, item.PubDate = nil, f.Items[n].Created.Format(time.RFC1123Z)
	}
	docs["/history.atom"] = fixed("application/atom+xml; charset=utf-8", xmlOf(atom))
	docs["/history.rss"] = fixed("application/rss+xml; charset=utf-8", xmlOf(rss))
}

// feedItem is the HTML of an incident within feeds.
func (s *Site) feedItem(i *record, base setting) string {
	v := feedView{Incident: s.view(i, base, s.moment())}
	for _, t := range i.told() {
		v.Told = append(v.Told, viewOf(i.n, t, true, s.moment()))
	}
	return english.execute("feeditem", v)
}

// xmlOf writes a feed. Our texts can always be written: characters that XML forbids are replaced.
func xmlOf(f feeds.XmlFeed) []byte {
	x, err := feeds.ToXML(f)
	if err != nil {
		panic(err) // a test writes every feed
	}
	return []byte(x)
}
