package public

import (
	"encoding/json"
	"encoding/xml"
	"testing"
	"time"

	"tocsin/internal/incident"
)

func TestAtom(t *testing.T) {
	t.Parallel()
	res := get(t, site(t, outage("INC-42").page()).Handler(), "/history.atom")
	if got := res.Header.Get("Content-Type"); got != "application/atom+xml; charset=utf-8" {
		t.Error(got)
	}
	var f struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		Updated time.Time
		Author  struct {
			Name string `xml:"name"`
		} `xml:"author"`
		Entries []struct {
			ID        string    `xml:"id"`
			Title     string    `xml:"title"`
			Updated   time.Time `xml:"updated"`
			Published time.Time `xml:"published"`
			Link      struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
			Content struct {
				Type string `xml:"type,attr"`
				Text string `xml:",chardata"`
			} `xml:"content"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(read(t, res)), &f); err != nil {
		t.Fatal(err)
	}
	if f.ID != "tag:status.example.com,2005:/history" || f.Author.Name != "Example Forge" || len(f.Entries) != 1 {
		t.Fatalf("%+v", f)
	}
	e := f.Entries[0]
	if e.ID != "tag:status.example.com,2005:Incident/42" || e.Link.Href != base+"/status/INC-42" || !e.Updated.Equal(at("14:05")) || !e.Published.Equal(at("13:02")) || e.Content.Type != "html" {
		t.Errorf("%+v", e)
	}
	has(t, text(dom(t, e.Content.Text)), "◆ Major outage", "23 Nov 2026, 13:55 UTC Identified We found the cause", "Investigating We are investigating errors")
	mustNot(t, "feed", e.Content.Text, "snippets in bulk") // a feed carries word to the public, not every line
}

func TestRSS(t *testing.T) {
	t.Parallel()
	var f struct {
		Channel struct {
			Title string `xml:"title"`
			Link  string `xml:"link"`
			Items []struct {
				Title       string `xml:"title"`
				Link        string `xml:"link"`
				GUID        string `xml:"guid"`
				PubDate     string `xml:"pubDate"`
				Description string `xml:"description"`
			} `xml:"item"`
		} `xml:"channel"`
	}
	if err := xml.Unmarshal([]byte(read(t, get(t, site(t, outage("INC-42").page()).Handler(), "/history.rss"))), &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Channel.Items) != 1 || f.Channel.Items[0].GUID != "tag:status.example.com,2005:Incident/42" || f.Channel.Items[0].Link != base+"/status/INC-42" {
		t.Fatalf("%+v", f)
	}
	if _, err := time.Parse(time.RFC1123Z, f.Channel.Items[0].PubDate); err != nil {
		t.Error(err)
	}
}

func TestJSONFeed(t *testing.T) {
	t.Parallel()
	var f struct {
		Version, Title string
		Home           string `json:"home_page_url"`
		Feed           string `json:"feed_url"`
		Items          []struct {
			ID, URL, Title string
			HTML           string    `json:"content_html"`
			Published      time.Time `json:"date_published"`
			Modified       time.Time `json:"date_modified"`
		}
	}
	s := site(t, outage("INC-42").page())
	if err := json.Unmarshal([]byte(read(t, get(t, s.Handler(), "/feed.json"))), &f); err != nil {
		t.Fatal(err)
	}
	if f.Version != "https://jsonfeed.org/version/1.1" || f.Feed != base+"/feed.json" || len(f.Items) != 1 || f.Items[0].HTML == "" || f.Items[0].ID == "" || !f.Items[0].Modified.Equal(at("14:05")) {
		t.Errorf("%+v", f)
	}
	s.Update(nil)
	has(t, read(t, get(t, s.Handler(), "/feed.json")), `"items":[]`)
}

func TestFeedsAreEmptyButWhole(t *testing.T) {
	t.Parallel()
	h := site(t).Handler()
	for _, p := range []string{"/history.atom", "/history.rss"} {
		if err := xml.Unmarshal([]byte(read(t, get(t, h, p))), new(any)); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
}

// v2doc is everything of the status API that a program may look at.
type v2doc struct {
	Page struct {
		ID, Name, URL string
		TimeZone      string    `json:"time_zone"`
		Updated       time.Time `json:"updated_at"`
	}
	Status     *struct{ Indicator, Description string }
	Components *[]struct{ ID, Name, Status string }
	Scheduled  *[]any `json:"scheduled_maintenances"`
	Incidents  *[]struct {
		ID, Name, Status, Impact, Shortlink string
		Created                             time.Time  `json:"created_at"`
		Monitoring                          *time.Time `json:"monitoring_at"`
		Resolved                            *time.Time `json:"resolved_at"`
		Updates                             []struct {
			ID, Status, Body string
			IncidentID       string    `json:"incident_id"`
			Display          time.Time `json:"display_at"`
		} `json:"incident_updates"`
	}
}

func TestV2(t *testing.T) {
	t.Parallel()
	done := declare("INC-40", "Registry answers 502", "09:10", false)
	done.update("09:20", "investigating", "Pulling images fails.", nil)
	done.update("09:40", "monitoring", "It works again; we keep watching.", nil)
	done.at("09:58").add("hope", &incident.ResolvedEvent{})
	s := site(t, outage("INC-42").page(), done.page())
	fetch := func(path string) (d v2doc) {
		t.Helper()
		if err := json.Unmarshal([]byte(read(t, get(t, s.Handler(), "/api/v2/"+path+".json"))), &d); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if d.Page.ID == "" || d.Page.Name != "Example Forge" || d.Page.URL != base+"/status" || d.Page.TimeZone != "Etc/UTC" || !d.Page.Updated.Equal(at("14:05")) {
			t.Errorf("%s: page %+v", path, d.Page)
		}
		return d
	}
	sum := fetch("summary")
	if sum.Status == nil || sum.Components == nil || sum.Incidents == nil || sum.Scheduled == nil {
		t.Fatalf("summary lacks something: %+v", sum)
	}
	if sum.Status.Indicator != "major" || (*sum.Components)[0].Status != "major_outage" || len(*sum.Incidents) != 1 || len(*sum.Scheduled) != 0 {
		t.Errorf("summary %+v", sum)
	}
	if d := fetch("status"); d.Status == nil || d.Status.Indicator != "major" || d.Incidents != nil {
		t.Errorf("status %+v", d)
	}
	if d := fetch("components"); d.Components == nil || len(*d.Components) != 1 {
		t.Errorf("components %+v", d)
	}
	if d := fetch("incidents/unresolved"); len(*d.Incidents) != 1 || (*d.Incidents)[0].ID != "INC-42" {
		t.Errorf("unresolved %+v", d)
	}
	for _, which := range []string{"", "/upcoming", "/active"} {
		if d := fetch("scheduled-maintenances" + which); d.Scheduled == nil || len(*d.Scheduled) != 0 {
			t.Errorf("scheduled%s %+v", which, d)
		}
	}
	all := *fetch("incidents").Incidents
	if len(all) != 2 {
		t.Fatalf("%d incidents", len(all))
	}
	live, over := all[0], all[1]
	if live.Status != "identified" || live.Impact != "major" || live.Shortlink != base+"/status/INC-42" || live.Resolved != nil || live.Updates[0].Status != "identified" || live.Updates[0].IncidentID != "INC-42" {
		t.Errorf("%+v", live)
	}
	if over.Status != "resolved" || over.Impact != "minor" || over.Resolved == nil || !over.Resolved.Equal(at("09:58")) || !over.Monitoring.Equal(at("09:40")) {
		t.Errorf("%+v", over)
	}
	var stages []string
	for _, u := range over.Updates {
		stages = append(stages, u.Status)
	}
	if got := len(stages); got != 3 || stages[0] != "resolved" || stages[1] != "monitoring" || stages[2] != "investigating" {
		t.Errorf("updates %v, newest first", stages)
	}
	s.Update(nil)
	var d v2doc
	if err := json.Unmarshal([]byte(read(t, get(t, s.Handler(), "/api/v2/summary.json"))), &d); err != nil || d.Status.Indicator != "none" || d.Incidents == nil || (*d.Components)[0].Status != "operational" {
		t.Errorf("all quiet: %+v %v", d, err)
	}
}
