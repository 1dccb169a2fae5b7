package stepfn

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Executions lists the executions of every state machine together, newest
// first, of one status or of all (""). The service lists one machine at a time,
// so a cursor holds a place in each list; like the service's own it is good for
// 24 hours. An execution of the list says nothing of where it stands.
func (e *Engine) Executions(ctx context.Context, status, cursor string, limit int) ([]casework.Execution, string, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	at, err := e.places(cursor, limit)
	if err != nil {
		return nil, "", err
	}
	lists := make([]*list, len(e.names))
	for i, name := range e.names {
		lists[i] = &list{e: e, machine: name, status: types.ExecutionStatus(status), size: at.Size, place: at.Lists[name]}
	}
	var out []casework.Execution
	for len(out) < limit {
		next, err := newest(ctx, lists)
		if err != nil {
			return nil, "", err
		}
		if next == nil {
			return out, "", nil
		}
		out = append(out, next.take())
	}
	if next, err := newest(ctx, lists); err != nil || next == nil {
		return out, "", err
	}
	for _, l := range lists {
		at.Lists[l.machine] = l.place
	}
	return out, at.String(), nil
}

// newest is the list whose next execution started last, nil at all lists' end.
func newest(ctx context.Context, lists []*list) (*list, error) {
	var best *list
	for _, l := range lists {
		more, err := l.fill(ctx)
		if err != nil {
			return nil, err
		}
		if more && (best == nil || l.page[0].StartedAt.After(best.page[0].StartedAt)) {
			best = l
		}
	}
	return best, nil
}

// places is a cursor: where the list of each machine goes on.
type places struct {
	Size  int32            `json:"n"` // a token is good for pages of one size only
	Lists map[string]place `json:"l"`
}

// place is the page that a list stands in, and the last execution given of it.
type place struct {
	Token string    `json:"t,omitempty"`
	Name  string    `json:"x,omitempty"`
	At    time.Time `json:"a,omitzero"`
	End   bool      `json:"e,omitempty"`
}

func (p places) String() string {
	b, err := json.Marshal(p)
	if err != nil {
		panic("stepfn: a cursor of text and numbers: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func (e *Engine) places(cursor string, limit int) (places, error) {
	if cursor == "" {
		return places{Size: int32(limit), Lists: map[string]place{}}, nil //nolint:gosec // at most maxPage
	}
	var p places
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil || p.Size <= 0 || p.Size > maxPage || !slices.Equal(slices.Sorted(maps.Keys(p.Lists)), e.names) {
		return p, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "This is not a cursor.")
	}
	return p, nil
}

// list walks one machine's executions.
type list struct {
	e       *Engine
	machine string
	status  types.ExecutionStatus
	size    int32
	place   place
	read    bool // page is the one at place
	page    []casework.Execution
	next    string // the page after it
}

// fill reads on until there is an execution to give; false at the list's end.
func (l *list) fill(ctx context.Context) (bool, error) {
	for len(l.page) == 0 {
		if l.place.End {
			return false, nil
		}
		if l.read {
			if l.place.Token = l.next; l.next == "" {
				l.place.End = true
				continue
			}
		}
		if err := l.fetch(ctx); err != nil {
			return false, err
		}
	}
	return true, nil
}

// fetch reads the page at place and drops what was given before. New executions
// may have moved the page's end since: then what is not older than the last one
// given is dropped.
func (l *list) fetch(ctx context.Context) error {
	in := &sfn.ListExecutionsInput{StateMachineArn: aws.String(l.e.machines[l.machine]), StatusFilter: l.status, MaxResults: l.size}
	if l.place.Token != "" {
		in.NextToken = &l.place.Token
	}
	out, err := l.e.client.ListExecutions(ctx, in)
	if err != nil {
		return domain(err)
	}
	l.read, l.next = true, aws.ToString(out.NextToken)
	for i := range out.Executions {
		l.page = append(l.page, item(&out.Executions[i], l.machine))
	}
	slices.SortStableFunc(l.page, func(a, b casework.Execution) int { return cmp.Compare(b.StartedAt.UnixNano(), a.StartedAt.UnixNano()) })
	if i := slices.IndexFunc(l.page, func(x casework.Execution) bool { return x.Name == l.place.Name }); i >= 0 {
		l.page = l.page[i+1:]
	} else if !l.place.At.IsZero() {
		l.page = slices.DeleteFunc(l.page, func(x casework.Execution) bool { return x.StartedAt.After(l.place.At) })
	}
	return nil
}

func (l *list) take() casework.Execution {
	x := l.page[0]
	l.page = l.page[1:]
	l.place.Name, l.place.At = x.Name, x.StartedAt
	return x
}

func item(x *types.ExecutionListItem, machine string) casework.Execution {
	return casework.Execution{
		Name: aws.ToString(x.Name), Machine: machine, Status: string(x.Status),
		StartedAt: instant(x.StartDate), StoppedAt: instant(x.StopDate),
	}
}
