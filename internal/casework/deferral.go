package casework

import (
	"slices"

	"github.com/ontdox/takedown/internal/takedown"
)

// Why no order is asked for, on the track that could have led to one.
const (
	// noEligibleOffence: nothing that was found is an offence within art. 67(1) Sv
	// (art. 125p(1) Sv).
	noEligibleOffence = "no_eligible_offence"
	// noticesRunFirst: it could be asked for, and the notices come first (art.
	// 125p(2)(b) Sv asks why less was not enough).
	noticesRunFirst = "notices_run_first"
)

// deferOrder records, once, why the order route waits although it could be
// asked for.
func (p *planner) deferOrder() error {
	if p.track.Deferred != "" {
		return nil
	}
	report, err := p.noticesRunFirst()
	if err != nil || report == nil {
		return err
	}
	p.track.Deferred = noticesRunFirst
	if err := p.t.put(p.track); err != nil {
		return err
	}
	return p.t.log("route.deferred", routeOrder+":"+noticesRunFirst, []string{p.track.ID, report.ID})
}

// noticesRunFirst gives the report on which an order could be asked for about
// the track's pages; nil where it could not, or was.
func (p *planner) noticesRunFirst() (*takedown.PoliceReport, error) {
	if p.track.Route == routeOrder {
		return nil, nil
	}
	report, err := p.t.filedReport()
	if err != nil || report == nil {
		return nil, err
	}
	if asked, err := p.orderAsked(); asked || err != nil {
		return nil, err
	}
	if ok, err := p.eligible(); !ok || err != nil {
		return nil, err
	}
	return report, nil
}

// orderAsked says whether an order about the same pages of the same provider is
// on its way already.
func (p *planner) orderAsked() (bool, error) {
	tracks, err := all[takedown.Track](p.t)
	return slices.ContainsFunc(tracks, func(tr *takedown.Track) bool {
		return tr.Route == routeOrder && tr.Provider == p.track.Contact && tr.Status != takedown.TrackStopped && p.sharesItems(tr)
	}), err
}

// liftDeferral takes back why no order is asked for, once it is no longer so.
func (p *planner) liftDeferral() error {
	why := p.track.Deferred
	if why == "" {
		return nil
	}
	holds, err := p.stillDeferred(why)
	if err != nil || holds {
		return err
	}
	p.track.Deferred = ""
	if err := p.t.put(p.track); err != nil {
		return err
	}
	return p.t.log("route.deferral_lifted", routeOrder+":"+why, []string{p.track.ID})
}

func (p *planner) stillDeferred(why string) (bool, error) {
	if why == noEligibleOffence {
		ok, err := p.eligible()
		return !ok, err
	}
	report, err := p.noticesRunFirst()
	return report != nil, err
}
