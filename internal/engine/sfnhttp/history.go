package sfnhttp

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

type historyInput struct {
	ExecutionArn, NextToken string
	MaxResults              int
	ReverseOrder            bool
}

const maxPage = 1000

// history gives a page of events. They carry names and errors; inputs and
// outputs are not in the journal's history.
func (s server) history(ctx context.Context, in historyInput) (object, error) {
	x, err := s.find(ctx, in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	from, err := pageToken(in.NextToken)
	if err != nil {
		return nil, err
	}
	if in.MaxResults <= 0 || in.MaxResults > maxPage {
		in.MaxResults = maxPage
	}
	var events []casework.ExecutionEvent
	if in.ReverseOrder {
		events, err = s.backwards(ctx, x.Name, from, in.MaxResults)
	} else {
		events, err = s.e.Events(ctx, x.Name, from, in.MaxResults)
	}
	out := object{"events": written(events)}
	if len(events) == in.MaxResults {
		out["nextToken"] = strconv.FormatInt(events[len(events)-1].ID, 10)
	}
	return out, err
}

// pageToken reads where a page begins; 0 without a token.
func pageToken(token string) (int64, error) {
	if token == "" {
		return 0, nil
	}
	from, err := strconv.ParseInt(token, 10, 64)
	if err != nil {
		return 0, takedown.Errorf(takedown.Invalid, "InvalidToken", "This is not a page's token.")
	}
	return from, nil
}

// backwards gives the events before one, newest first; before the end with 0.
func (s server) backwards(ctx context.Context, name string, before int64, limit int) ([]casework.ExecutionEvent, error) {
	var all []casework.ExecutionEvent
	for after := int64(0); ; after = all[len(all)-1].ID {
		page, err := s.e.Events(ctx, name, after, maxPage)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < maxPage {
			break
		}
	}
	if before > 0 {
		all = slices.DeleteFunc(all, func(e casework.ExecutionEvent) bool { return e.ID >= before })
	}
	slices.Reverse(all)
	return all[:min(limit, len(all))], nil
}

func written(events []casework.ExecutionEvent) []object {
	out := []object{}
	for _, e := range events {
		o := object{"id": e.ID, "previousEventId": e.Previous, "timestamp": stamp(e.At), "type": e.Type}
		if field, details := eventDetails(e); field != "" {
			o[field] = details
		}
		out = append(out, o)
	}
	return out
}

// eventDetails gives the member that an event of this type has.
func eventDetails(e casework.ExecutionEvent) (string, object) {
	switch {
	case strings.HasSuffix(e.Type, "StateEntered"):
		return "stateEnteredEventDetails", object{"name": e.State}
	case strings.HasSuffix(e.Type, "StateExited"):
		return "stateExitedEventDetails", object{"name": e.State}
	case strings.HasPrefix(e.Type, "Task"):
		d := object{"resourceType": "lambda", "resource": "invoke"}
		if strings.HasSuffix(e.Type, "Failed") || strings.HasSuffix(e.Type, "TimedOut") {
			d["error"] = e.Details
		}
		return member(e.Type), d
	case e.Type == "ExecutionFailed" || e.Type == "ExecutionAborted" || e.Type == "ExecutionTimedOut":
		return member(e.Type), object{"error": e.Details}
	case e.Type == "ExecutionStarted" || e.Type == "ExecutionSucceeded":
		return member(e.Type), object{}
	}
	return "", nil
}

// member is an event type's details' name.
func member(typ string) string { return strings.ToLower(typ[:1]) + typ[1:] + "EventDetails" }
