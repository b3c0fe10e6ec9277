package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"tocsin/internal/catalogue"
	"tocsin/internal/connect"
	"tocsin/internal/incident"
	"tocsin/internal/report"
)

// connectorsPage is the services that are set up, how they do, and what could be.
type connectorsPage struct {
	Services []serviceView
	Missing  []string // what no service is set up for: done by hand
}

func (connectorsPage) title(l *catalogue.Language) string { return l.T("Connectors") }

// serviceView is one service that is set up.
type serviceView struct {
	ID, Name string
	For      []string // what it can do
	Used     time.Time
	Done     int
	Failed   int
	Wrong    string    // why its newest step failed, empty if that went well
	Since    time.Time // of that step
	Tested   bool
	Findings []connect.Finding
}

// connectors lists the services.
func (c *console) connectors(w http.ResponseWriter, r *http.Request) {
	c.showConnectors(w, r, "", nil, nil)
}

var errTestedOften = incident.Refuse(incident.Conflict, "", "connections were tested a moment ago; try again in a few seconds")

// testConnector makes real, harmless calls to one service and shows what came of them.
func (c *console) testConnector(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	findings, err := c.Tester.Test(r.Context(), name)
	switch {
	case errors.Is(err, connect.ErrNotSetUp):
		c.fail(w, r, incident.Refuse(incident.NotFound, "", "no service %s is set up", name))
	case err != nil:
		c.showConnectors(w, r, "", nil, errTestedOften)
	default:
		c.showConnectors(w, r, name, findings, nil)
	}
}

// showConnectors shows the page, with what came of a test.
func (c *console) showConnectors(w http.ResponseWriter, r *http.Request, tested string, findings []connect.Finding, wrong error) {
	all, err := c.Ledger.All(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	var p connectorsPage
	l := c.lang(r)
	served := map[string]bool{}
	for _, one := range c.Connectors {
		v := serviceView{ID: one.Name(), Name: report.Provider(one.Name()), Tested: one.Name() == tested, Findings: findings}
		for capability, order := range c.Capabilities {
			if at := slices.Index(order, one.Name()); at >= 0 {
				v.For = append(v.For, ability(l, capability))
				served[capability] = true
			}
		}
		slices.Sort(v.For)
		v.tally(all)
		p.Services = append(p.Services, v)
	}
	for capability := range c.Capabilities {
		if !served[capability] {
			p.Missing = append(p.Missing, ability(l, capability))
		}
	}
	slices.Sort(p.Missing)
	slices.SortFunc(p.Services, func(a, b serviceView) int { return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	c.beside(w, r, "connectors", p, wrong)
}

// ability is a capability as people call it.
func ability(l *catalogue.Language, capability string) string {
	switch capability {
	case "room":
		return l.T("war room")
	case "document":
		return l.T("document")
	case "chat":
		return l.T("chat")
	case "social":
		return l.T("public posts")
	case "stream":
		return l.T("live stream")
	case "tracker":
		return l.T("issues")
	case "mail":
		return l.T("mail")
	case "hook":
		return l.T("webhooks")
	}
	return capability
}

// tally counts what became of the service's steps.
func (v *serviceView) tally(all []*incident.Incident) {
	for _, i := range all {
		for _, run := range i.Runs() {
			if run.Provider != v.ID {
				continue
			}
			switch run.State {
			case incident.Done:
				v.Done++
				if run.Said.At.After(v.Used) {
					v.Used = run.Said.At
				}
			case incident.Failed, incident.Unsure:
				v.Failed++
			default:
				continue
			}
			if run.Said.At.After(v.Since) {
				v.Since, v.Wrong = run.Said.At, run.Error // empty once it is done
			}
		}
	}
}
