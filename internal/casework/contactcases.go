package casework

import (
	"context"

	"github.com/ontdox/takedown/internal/takedown"
)

// ContactCase is one track that writes to a contact, in an open case.
type ContactCase struct {
	Case     string `json:"caseId"`
	Track    string `json:"trackId"`
	Route    string `json:"route"`
	Status   string `json:"status"`
	Waits    string `json:"waitsFor,omitempty" doc:"The state that the track waits in."`
	Document string `json:"documentId,omitempty" doc:"What it stands at."`
	Bounced  bool   `json:"bounced,omitempty" doc:"Something that it sent to the contact came back for good."`
}

// ContactCasePage is one page of a contact's open cases, the oldest first.
type ContactCasePage struct {
	Items []ContactCase `json:"items"`
	Next  string        `json:"next,omitempty"`
}

// ContactCases lists what a contact's bounced address concerns: the tracks of
// open cases that write to it. Ids alone, and only of cases that the principal
// may see. limit counts cases. It is asked for when an address bounced, so it
// goes through the open cases instead of costing each track a row. Roles: all
// but reporter.
func (s *Service) ContactCases(ctx context.Context, who takedown.Principal, contact, cursor string, limit int) (ContactCasePage, error) {
	out := ContactCasePage{Items: []ContactCase{}}
	if err := need(who, anyRole...); err != nil {
		return out, err
	}
	if _, err := get[takedown.Contact](ctx, s, contact); err != nil {
		return out, err
	}
	seen := s.sight(ctx, who)
	var err error
	out.Next, err = s.eachRecord(ctx, Query{Index: indexCases, Partition: string(takedown.CaseOpen), Cursor: cursor, Limit: limit}, func(r Record) (bool, error) {
		if ok, err := seen(r.ID); err != nil || !ok {
			return false, err
		}
		tracks, err := listAll[takedown.Track](ctx, s, r.Stream)
		if err != nil {
			return false, err
		}
		before := len(out.Items)
		for _, tr := range tracks {
			if tr.Contact == contact && !tr.Ended() {
				out.Items = append(out.Items, contactCase(tr))
			}
		}
		return len(out.Items) > before, nil
	})
	return out, err
}

func contactCase(tr *takedown.Track) ContactCase {
	v := ContactCase{Case: tr.Case, Track: tr.ID, Route: tr.Route, Status: string(tr.Status)}
	if tr.Wait != nil {
		v.Waits = tr.Wait.Kind
	}
	if cur := tr.Current(); cur != nil {
		v.Document = cur.Document
	}
	for _, rung := range tr.Rungs {
		v.Bounced = v.Bounced || rung.Undelivered || rung.Rerouted > 0
	}
	return v
}
