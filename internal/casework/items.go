package casework

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/directory"
	"github.com/ontdox/takedown/internal/takedown"
)

// Limits of api.md.
const (
	maxItemsRequest = 25
	maxItemsCase    = 1000
	// maxItemErrors bounds what is named of one bad item: the results of a
	// request have room in one row.
	maxItemErrors = 12
)

// ItemInput is one item of POST /v1/cases and …/items.
type ItemInput struct {
	Location       LocationInput `json:"location"`
	Kind           string        `json:"kind"`
	ContentType    string        `json:"contentType"`
	Author         *AuthorInput  `json:"author,omitempty"`
	PostID         string        `json:"postId,omitempty"`
	FirstSeenAt    time.Time     `json:"firstSeenAt,omitzero"`
	FirstSeenBy    string        `json:"firstSeenBy,omitempty" enum:"own_observation,reported_to_us" doc:"With firstSeenAt: how we know it. A file for the police names this as the source, and none if it is left out."`
	PostedAt       time.Time     `json:"postedAt,omitzero" doc:"As the content itself says."`
	DataCategories []string      `json:"dataCategories"`
	Audience       string        `json:"audience,omitempty"`
	Reach          *ReachInput   `json:"reach,omitempty"`
	People         []string      `json:"people,omitempty" doc:"Ids of affected persons; all of the case's if left out."`
}

// LocationInput is where an item is. The last three types need service, access
// and accessedBy.
type LocationInput struct {
	Type       string `json:"type"`
	URL        string `json:"url,omitempty"`
	Service    string `json:"service,omitempty"`
	Access     string `json:"access,omitempty"`
	AccessedBy string `json:"accessedBy,omitempty"`
}

// AuthorInput is the account that posted.
type AuthorInput struct {
	Handle     string `json:"handle,omitempty"`
	AccountID  string `json:"accountId,omitempty"`
	ProfileURL string `json:"profileUrl,omitempty"`
}

// ReachInput counts views and shares at an instant.
type ReachInput struct {
	Views  int64     `json:"views,omitempty"`
	Shares int64     `json:"shares,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// ItemResult is what became of one submitted item: created, duplicate (with
// the case that has it, for who may see it) or invalid (with the fields).
type ItemResult struct {
	Status string       `json:"status" enum:"created,duplicate,invalid"`
	Item   string       `json:"id,omitempty"`
	Case   string       `json:"caseId,omitempty"`
	Errors []FieldError `json:"errors,omitempty"`
}

// FieldError is one bad field as the API shows it.
type FieldError struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
}

// visibleID is a case's id for who may see it, else nothing.
func (s *Service) visibleID(ctx context.Context, who takedown.Principal, id string) string {
	c, err := get[takedown.Case](ctx, s, id)
	if err != nil || !maySee(who, c) {
		return ""
	}
	return id
}

// AddItems adds items to an open case and starts the intake's next generation.
// Role: specialist.
func (s *Service) AddItems(ctx context.Context, who takedown.Principal, caseID string, items []ItemInput) (CaseOpened, error) {
	if err := need(who, takedown.Specialist); err != nil {
		return CaseOpened{}, err
	}
	if len(items) == 0 {
		return CaseOpened{}, refuse("/items", "give at least one item")
	}
	if len(items) > maxItemsRequest {
		return CaseOpened{}, refuse("/items", fmt.Sprintf("at most %d items a request", maxItemsRequest))
	}
	out := CaseOpened{Case: caseID}
	err := s.inCase(ctx, who, caseID, []takedown.Role{takedown.Specialist}, func(t *tx, c *takedown.Case) error {
		var err error
		if out.Items, err = t.addItems(c, items); err != nil {
			return err
		}
		created := createdIn(out.Items)
		if len(created) > 0 {
			if err := t.closeTasks("close_registered", c.ID); err != nil {
				return err
			}
			if err := t.nextIntake(c); err != nil {
				return err
			}
		}
		out.Status, out.Version = string(c.Status), c.Version+1
		ids, err := resultIDs(out.Items)
		if err != nil {
			return err
		}
		t.done(201, append([]string{caseID}, ids...)...)
		return t.log("items.added", "", append([]string{caseID}, created...))
	})
	return out, err
}

func createdIn(rs []ItemResult) []string {
	var ids []string
	for _, r := range rs {
		if r.Status == "created" {
			ids = append(ids, r.Item)
		}
	}
	return ids
}

// nextIntake starts the case machine's next generation: new or reopened items.
func (t *tx) nextIntake(c *takedown.Case) error {
	t.wakeCase(c) // the old one stops by itself: its generation is stale
	c.Generation++
	c.Wait = nil
	if err := t.put(c); err != nil {
		return err
	}
	return t.startExecution("case", c.ID, c.Generation)
}

// addItems judges each item by itself: one bad item never fails the others.
func (t *tx) addItems(c *takedown.Case, in []ItemInput) ([]ItemResult, error) {
	people, err := all[takedown.Person](t)
	if err != nil {
		return nil, err
	}
	out := []ItemResult{}
	for n, item := range in {
		r, err := t.addItem(c, item, fmt.Sprintf("/items/%d", n), people)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, t.put(c)
}

func (t *tx) addItem(c *takedown.Case, in ItemInput, at string, people []*takedown.Person) (ItemResult, error) {
	var known []string
	for _, p := range people {
		known = append(known, p.ID)
	}
	place, fields := checkItem(in, at, t.now, known)
	if c.Items >= maxItemsCase {
		fields = append(fields, takedown.FieldError{Pointer: at, Detail: fmt.Sprintf("the case has %d items, the most it may have", maxItemsCase)})
	}
	if len(fields) > maxItemErrors {
		fields = append(fields[:maxItemErrors], takedown.FieldError{Pointer: at, Detail: "more of it is wrong"})
	}
	if len(fields) > 0 {
		r := ItemResult{Status: "invalid"}
		for _, f := range fields {
			r.Errors = append(r.Errors, FieldError(f))
		}
		return r, nil
	}
	if len(in.People) > 0 {
		known = in.People
	}
	it := &takedown.Item{
		Meta: takedown.Meta{Case: c.ID}, No: c.Items + 1, Status: takedown.ItemReported, LocationType: in.Location.Type,
		Kind: in.Kind, ContentType: in.ContentType, DataCategories: in.DataCategories, Audience: in.Audience,
		People: known, FirstSeenAt: in.FirstSeenAt, FirstSeenBy: in.FirstSeenBy, PostedAt: in.PostedAt,
	}
	if dup, err := t.claimPlace(it, place); err != nil || dup != nil {
		if err != nil {
			return ItemResult{}, err
		}
		return t.joinDuplicate(c, dup, known)
	}
	c.Items++
	var err error
	if it.Place, err = t.seal(it, "place", place); err != nil {
		return ItemResult{}, err
	}
	return ItemResult{Status: "created", Item: it.ID}, t.put(it)
}

// urlValue is the lookup value of a canonical URL: a keyed hash.
func (s *Service) urlValue(canonical string) string {
	return hex.EncodeToString(s.Keys.MAC("url", []byte(canonical)))
}

// claimPlace takes the item's canonical URL for this item, or gives the open
// item that has it. A URL held by a closed case is taken over.
func (t *tx) claimPlace(it *takedown.Item, p takedown.Place) (*takedown.Item, error) {
	if err := t.ident(it); err != nil {
		return nil, err
	}
	if p.Canonical == "" {
		return nil, nil
	}
	value := t.s.urlValue(p.Canonical)
	for _, l := range t.change.Claim {
		if l.Space == "url" && l.Value == value {
			return load[takedown.Item](t, l.Ref.ID)
		}
	}
	ref, err := t.s.Store.FindLookup(t.ctx, "url", value)
	if err != nil && takedown.KindOf(err) != takedown.NotFound {
		return nil, err
	}
	if err == nil {
		other, err := load[takedown.Item](t, ref.ID)
		if err != nil {
			return nil, err
		}
		holder, err := get[takedown.Case](t.ctx, t.s, other.Case)
		if err != nil {
			return nil, err
		}
		if holder.Status == takedown.CaseOpen {
			return other, nil
		}
		t.change.Release = append(t.change.Release, Lookup{Space: "url", Value: value, Ref: ref})
	}
	t.change.Claim = append(t.change.Claim, Lookup{Space: "url", Value: value, Ref: Key{KindItem, it.ID}})
	return nil, nil
}

// joinMessage asks that a person of one case be added to the case that already
// has the item; nothing else is inherited, no approval least of all.
type joinMessage struct {
	From   string   `json:"from"`
	People []string `json:"people"`
	Item   string   `json:"item"`
	To     string   `json:"to"`
}

func (t *tx) joinDuplicate(c *takedown.Case, dup *takedown.Item, people []string) (ItemResult, error) {
	r := ItemResult{Status: "duplicate", Item: dup.ID, Case: t.s.visibleID(t.ctx, t.who, dup.Case)}
	if dup.Case == c.ID {
		r.Case = c.ID
		return r, nil
	}
	id := fmt.Sprintf("join:%s:%s", c.ID, dup.ID)
	return r, t.outbox(id, outboxJoin, joinMessage{From: c.ID, People: people, Item: dup.ID, To: dup.Case})
}

// join carries a joinMessage out: idempotent on the persons' ids, which in the
// joined case are derived from the ids they came from.
func (s *Service) join(ctx context.Context, m joinMessage) error {
	from, err := s.begin(ctx, takedown.TheSystem, takedown.System, StreamID(m.From))
	if err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(m.To), func(t *tx) error {
		it, err := load[takedown.Item](t, m.Item)
		if err != nil {
			return err
		}
		added := []string{it.ID}
		for _, id := range m.People {
			joined := "person_j" + strings.TrimPrefix(id, "person_")
			if slices.Contains(it.People, joined) {
				continue
			}
			if err := t.copyPerson(from, id, joined); err != nil {
				return err
			}
			it.People = append(it.People, joined)
			added = append(added, joined)
		}
		if len(added) == 1 {
			return nil
		}
		if err := t.put(it); err != nil {
			return err
		}
		if err := t.askKlachten(); err != nil {
			return err
		}
		if err := t.openTask(takedown.Task{Kind: "inform_joined", Owner: takedown.Coordinator, Reason: "duplicate_item", Subject: it.ID}); err != nil {
			return err
		}
		return t.log("item.joined", "duplicate", added)
	})
}

// copyPerson seals a person of another case anew under this case's key.
func (t *tx) copyPerson(from *tx, id, joined string) error {
	if p, err := find[takedown.Person](t, joined); err != nil || p != nil {
		return err
	}
	p, err := load[takedown.Person](from, id)
	if err != nil {
		return err
	}
	var secret personSecrets
	if err := from.open(p, "secrets", p.Secrets, &secret); err != nil {
		return err
	}
	q := &takedown.Person{Meta: takedown.Meta{ID: joined, Case: string(t.base.Stream)}, Relation: p.Relation, Function: p.Function, Capacity: p.Capacity, Identifying: p.Identifying}
	if q.Secrets, err = t.seal(q, "secrets", secret); err != nil {
		return err
	}
	return t.addPerson(q)
}

// placeOf turns a checked location into what is sealed.
func placeOf(in ItemInput, canonical directory.Location) takedown.Place {
	p := takedown.Place{
		URL: in.Location.URL, Canonical: canonical.Canonical, Service: in.Location.Service,
		Access: in.Location.Access, AccessedBy: in.Location.AccessedBy, PostID: in.PostID,
	}
	if in.Author != nil {
		p.Handle, p.AccountID, p.ProfileURL = in.Author.Handle, in.Author.AccountID, in.Author.ProfileURL
	}
	if in.Reach != nil {
		p.Views, p.Shares = in.Reach.Views, in.Reach.Shares
		if !in.Reach.At.IsZero() {
			p.ReachAt = sortTime(in.Reach.At)
		}
	}
	return p
}
