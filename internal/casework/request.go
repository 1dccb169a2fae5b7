package casework

import (
	"slices"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// routeSupervisor complains to the data protection authority of what a
// controller did with a request.
const routeSupervisor = "supervisor_ap"

// requestActions are what such a request is made on: a controller is asked to
// erase, a search engine to delist. Each is a route of the same name.
var requestActions = []string{"erasure", "delisting"}

// gdprRequest is a request under art. 17 GDPR that reached its controller; all
// nil without one.
type gdprRequest struct {
	track    *takedown.Track
	document *takedown.Document
	dispatch *takedown.Dispatch
}

// lastRequest is the last request to the controller that the track is about.
func (p *planner) lastRequest() (gdprRequest, error) {
	var last gdprRequest
	err := p.eachSent(notice.T6, func(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch) error {
		if last.dispatch == nil || !n.At.Before(last.dispatch.At) {
			last = gdprRequest{tr, d, n}
		}
		return nil
	})
	return last, err
}

// actsOn is which of several actions a rung is taken on: that of the request
// which the track goes on from, else the first.
func (p *planner) actsOn(actions []string) (string, error) {
	if len(actions) == 1 {
		return actions[0], nil
	}
	last, err := p.lastRequest()
	if err != nil {
		return "", err
	}
	if last.track != nil && slices.Contains(actions, last.track.Route) {
		return last.track.Route, nil
	}
	return actions[0], nil
}
