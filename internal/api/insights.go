package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
	"tocsin/internal/report"
)

type insightsOut struct {
	Body report.Insights
}

func (s *server) addInsights() {
	type in struct {
		Days   int  `query:"days" minimum:"1" maximum:"3660" default:"90" doc:"declared in so many days up to now"`
		Drills bool `query:"drills" doc:"count drills, too"`
	}
	route(s, mayRead, huma.Operation{OperationID: "insights", Method: http.MethodGet, Path: "/api/v1/insights", Summary: "How the incidents of a period went",
		Description: "Medians, percentiles and counts of incidents and of connectors. It never ranks people.", Tags: []string{"incidents"}}, nil,
		func(ctx context.Context, _ auth.Account, q *in) (*insightsOut, error) {
			all, err := s.o.Ledger.All(ctx)
			if err != nil {
				return nil, err
			}
			now := s.o.Ledger.Now()
			return &insightsOut{Body: report.Gain(all, now.Add(-time.Duration(q.Days)*24*time.Hour), now, q.Drills)}, nil
		})
}

// Insights gives how the incidents declared in so many days up to now went.
func (c *Client) Insights(ctx context.Context, days int, drills bool) (report.Insights, error) {
	q := url.Values{"days": {strconv.Itoa(days)}, "drills": {strconv.FormatBool(drills)}}
	return call[report.Insights](ctx, c, http.MethodGet, "/api/v1/insights", q, nil, "")
}
