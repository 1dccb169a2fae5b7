package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// replyReaders read what came in a case: a legal adviser approves the complaint
// against it, a coordinator owns the case. What belongs to no case yet is the
// specialists' alone, who match it.
var replyReaders = []takedown.Role{takedown.Specialist, takedown.LegalAdviser, takedown.Coordinator}

// caseReplyStatuses are the statuses that a reply of a case may have.
var caseReplyStatuses = []string{"", string(takedown.ReplyUnclear), string(takedown.ReplyClassified), string(takedown.ReplyClaimed)}

// CaseReplies lists the replies of a case, oldest first, those of one status if
// it is named; cursor is the id of the last one seen. Roles: specialist, legal
// adviser, coordinator.
func (s *Service) CaseReplies(ctx context.Context, who takedown.Principal, caseID, status, cursor string, limit int) ([]ReplyView, string, error) {
	out, next := []ReplyView{}, ""
	var b bad
	b.oneOf("/status", status, caseReplyStatuses)
	if err := refuseAll(b.fields); err != nil {
		return nil, "", err
	}
	err := s.readCase(ctx, who, caseID, replyReaders, func(t *tx, _ *takedown.Case) error {
		list, err := t.repliesInOrder()
		if err != nil {
			return err
		}
		if cursor != "" {
			n := slices.IndexFunc(list, func(r *takedown.Reply) bool { return r.ID == cursor })
			if n < 0 {
				return refuse("/cursor", "is no cursor of this list")
			}
			list = list[n+1:]
		}
		for _, r := range list {
			if status != "" && string(r.Status) != status {
				continue
			}
			if len(out) == pageSize(limit) {
				next = out[len(out)-1].ID
				return nil
			}
			out = append(out, replyView(r))
		}
		return nil
	})
	return out, next, err
}

// repliesInOrder are the case's replies, oldest first.
func (t *tx) repliesInOrder() ([]*takedown.Reply, error) {
	list, err := all[takedown.Reply](t)
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b *takedown.Reply) int {
		if c := a.ReceivedAt.Compare(b.ReceivedAt); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list, err
}

// ReplyBrief names a reply of a track.
type ReplyBrief struct {
	ID         string    `json:"id"`
	Document   string    `json:"documentId,omitempty"`
	Kind       string    `json:"kind"`
	Status     string    `json:"status"`
	ReceivedAt time.Time `json:"receivedAt"`
}

// repliesOf names what came on a track, oldest first.
func (t *tx) repliesOf(track string) ([]ReplyBrief, error) {
	list, err := t.repliesInOrder()
	var out []ReplyBrief
	for _, r := range list {
		if r.Track == track {
			out = append(out, ReplyBrief{r.ID, r.Document, r.Kind, string(r.Status), r.ReceivedAt})
		}
	}
	return out, err
}

// movedOn says under which id a reply that was matched stands in its case, to who
// may see that case.
func (s *Service) movedOn(ctx context.Context, who takedown.Principal, r *takedown.Reply) error {
	caseID, err := caseOf[takedown.Track](ctx, s, r.Track)
	if err != nil {
		return noSuch(KindReply)
	}
	if ok, err := s.sight(ctx, who)(caseID); err != nil || !ok {
		return orElse(err, noSuch(KindReply))
	}
	return takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "the reply was matched: it is %s now", matchedID(r.ID))
}
