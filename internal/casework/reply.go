package casework

import (
	"context"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// ReplyInput is the body of POST /v1/replies: what came by form, phone, letter
// or a mailbox read by hand. It is matched by document, track or ticket.
type ReplyInput struct {
	TrackID    string `json:"trackId,omitempty" maxLength:"60"`
	DocumentID string `json:"documentId,omitempty" maxLength:"60"`
	ContactID  string `json:"contactId,omitempty" maxLength:"60" doc:"With ticket: who gave it."`
	Ticket     string `json:"ticket,omitempty" maxLength:"120"`
	Kind       string `json:"kind" enum:"acknowledgement,decision,bounce,auto_reply,question,wrong_addressee,not_theirs,other" doc:"wrong_addressee: the document was not for who has it; the term of a data breach starts at the reply's receipt. not_theirs: the addressee did not write this; it is kept and proves nothing."`
	Decision   string `json:"decision,omitempty" enum:"removed,partly,refused,upheld,needs_more,forwarded,other" doc:"upheld: a dispute body decided for us."`
	Reason     string `json:"reason,omitempty" enum:"not_illegal,not_against_terms,not_found,more_information" doc:"With refused, partly or needs_more: the reason that was given."`
	takedown.DecisionDetails
	Via        string    `json:"via" enum:"form,mail,phone,letter"`
	ReceivedAt time.Time `json:"receivedAt"`
	Indemnity  bool      `json:"indemnityRequested,omitempty" doc:"They want to be held harmless first: the track stops until a legal adviser's decision indemnity."`
	Text       string    `json:"text,omitempty" maxLength:"20000" doc:"Sealed."`
	ItemIDs    []string  `json:"itemIds,omitempty" doc:"With partly: the items that the decision removes."`
}

// ClassificationInput is the body of POST /v1/replies/{reply}/classification.
type ClassificationInput struct {
	TrackID    string `json:"trackId,omitempty" maxLength:"60" doc:"Needed for an unmatched reply."`
	DocumentID string `json:"documentId,omitempty" maxLength:"60"`
	Kind       string `json:"kind" enum:"acknowledgement,decision,bounce,auto_reply,question,wrong_addressee,not_theirs,other" doc:"wrong_addressee: the document was not for who has it; the term of a data breach starts at the reply's receipt. not_theirs: the addressee did not write this; it is kept and proves nothing."`
	Decision   string `json:"decision,omitempty" enum:"removed,partly,refused,upheld,needs_more,forwarded,other"`
	Reason     string `json:"reason,omitempty" enum:"not_illegal,not_against_terms,not_found,more_information" doc:"With refused, partly or needs_more: the reason that was given."`
	takedown.DecisionDetails
	ItemIDs   []string `json:"itemIds,omitempty"`
	Indemnity bool     `json:"indemnityRequested,omitempty" doc:"They want to be held harmless first: the track stops until a legal adviser's decision indemnity."`
	Pattern   string   `json:"pattern,omitempty" maxLength:"100" doc:"Words of this reply that shall mean the same in this contact's later mail."`
}

var (
	replyKinds      = []string{"acknowledgement", "decision", "bounce", "auto_reply", "question", kindWrongAddressee, kindNotTheirs, "other"}
	replyDecisions  = []string{"removed", "partly", "refused", "upheld", "needs_more", "forwarded", "other"}
	decisionReasons = []string{"not_illegal", "not_against_terms", "not_found", "more_information"}
	replyVias       = []string{"form", "mail", "phone", "letter"}
	replyRoles      = []takedown.Role{takedown.Specialist}
)

// RegisterReply records an inbound message and what follows from it. Without a
// match it stays unmatched for a person. Role: specialist.
func (s *Service) RegisterReply(ctx context.Context, who takedown.Principal, in ReplyInput) (string, error) {
	if err := need(who, replyRoles...); err != nil {
		return "", err
	}
	now, err := s.now(ctx)
	if err != nil {
		return "", err
	}
	if err := refuseAll(s.checkReply(in, now)); err != nil {
		return "", err
	}
	if err := s.matchReply(ctx, &in); err != nil {
		return "", err
	}
	if in.TrackID == "" {
		return s.keepUnmatched(ctx, who, in, now)
	}
	var id string
	err = s.onTrackBy(ctx, who, in.TrackID, replyRoles, func(t *tx, tr *takedown.Track) error {
		if err := t.answersLater(tr, in); err != nil {
			return err
		}
		r := &takedown.Reply{Meta: takedown.Meta{Case: tr.Case}}
		if err := t.fillReply(r, in); err != nil {
			return err
		}
		id = r.ID
		t.done(201, r.ID)
		if err := t.log("reply.registered", replyCode(r), idsOf(r.ID, tr.ID, r.Document)); err != nil {
			return err
		}
		return t.applyReply(tr, r, in.ItemIDs, "/itemIds")
	})
	return id, err
}

// answersLater refuses an answer from before anything left that it can answer: the
// document that is named, or for a decision the first of the track.
func (t *tx) answersLater(tr *takedown.Track, in ReplyInput) error {
	document := in.DocumentID
	if first := slices.IndexFunc(tr.Rungs, func(r takedown.Taken) bool { return r.Document != "" }); document == "" && in.Kind == "decision" && first >= 0 {
		document = tr.Rungs[first].Document
	}
	if document == "" {
		return nil
	}
	n, err := find[takedown.Dispatch](t, dispatchID(document, 1))
	if err != nil || n == nil {
		return err
	}
	var b bad // by the day: the addressee's clock is not ours
	b.notBefore("/receivedAt", in.ReceivedAt, leftAt(n), "lies before the day on which the document was sent, filed or posted")
	return refuseAll(b.fields)
}

func replyCode(r *takedown.Reply) string {
	if r.Decision == "" {
		return r.Kind
	}
	return r.Kind + ":" + r.Decision
}

func (s *Service) checkReply(in ReplyInput, now time.Time) []takedown.FieldError {
	var b bad
	b.oneOf("/kind", in.Kind, replyKinds)
	b.oneOf("/via", in.Via, replyVias)
	checkDecision(&b, in.Kind, in.Decision, in.ItemIDs)
	b.decisionReason(in.Decision, in.Reason)
	s.detailsOfReply(&b, in.DecisionDetails, in.Decision, now)
	if in.ReceivedAt.IsZero() {
		b.add("/receivedAt", "is needed")
	}
	b.notFuture("/receivedAt", in.ReceivedAt, now)
	b.atMost("/text", in.Text, 20_000)
	b.atMost("/ticket", in.Ticket, 120)
	return b.fields
}

// matchReply finds the track of a reply by document or ticket.
func (s *Service) matchReply(ctx context.Context, in *ReplyInput) error {
	if in.DocumentID == "" && in.Ticket != "" && in.ContactID != "" {
		ref, err := s.Store.FindLookup(ctx, spaceTicket, s.ticketValue(in.ContactID, in.Ticket))
		if err == nil {
			in.DocumentID = ref.ID
		} else if takedown.KindOf(err) != takedown.NotFound {
			return err
		}
	}
	if in.DocumentID == "" {
		return nil
	}
	d, err := get[takedown.Document](ctx, s, in.DocumentID)
	if err != nil {
		return err
	}
	if in.TrackID != "" && in.TrackID != d.Track {
		return refuse("/documentId", "belongs to another track")
	}
	in.TrackID = d.Track
	return nil
}

func (t *tx) fillReply(r *takedown.Reply, in ReplyInput) error {
	r.Track, r.Document, r.Kind, r.Decision = in.TrackID, in.DocumentID, in.Kind, in.Decision
	r.Reason, r.Items, r.DecisionDetails = in.Reason, in.ItemIDs, in.DecisionDetails
	r.Via, r.ReceivedAt, r.Ticket, r.Status = in.Via, in.ReceivedAt.UTC().Truncate(time.Second), in.Ticket, takedown.ReplyClassified
	r.Indemnity = in.Indemnity || asksIndemnity(in.Text)
	if err := t.ident(r); err != nil {
		return err
	}
	var err error
	if r.Text, err = t.sealText(r, "text", in.Text); err != nil {
		return err
	}
	return t.put(r)
}

// keepUnmatched keeps a reply that belongs to no case yet, sealed under a key
// of its own, and asks a specialist to match it.
func (s *Service) keepUnmatched(ctx context.Context, who takedown.Principal, in ReplyInput, now time.Time) (string, error) {
	id, err := s.newID(KindReply)
	if err != nil {
		return "", err
	}
	wrapped, key, err := s.newKey(ctx, id)
	if err != nil {
		return "", err
	}
	err = s.write(ctx, who, who.As(replyRoles...), orgStream(now), func(t *tx) error {
		t.key = key
		r := &takedown.Reply{Meta: takedown.Meta{ID: id}, Key: wrapped}
		if err := t.fillReply(r, in); err != nil {
			return err
		}
		r.Status, r.RegisteredAt = takedown.ReplyUnmatched, t.now
		if err := t.openTask(takedown.Task{Kind: taskMatch, Owner: takedown.Specialist, Reason: "registered_by_hand", Subject: id}); err != nil {
			return err
		}
		t.done(201, id)
		return t.log("reply.registered", "unmatched", []string{id})
	})
	return id, err
}

// orgStream is the stream of a day for what belongs to no case or contact.
func orgStream(now time.Time) StreamID { return StreamID("org/" + now.UTC().Format(time.DateOnly)) }

// ClassifyReply matches an unmatched reply to a track, or corrects what a
// reply is. A decision that was acted on already is not undone: the later one
// counts. Role: specialist.
func (s *Service) ClassifyReply(ctx context.Context, who takedown.Principal, reply string, in ClassificationInput) error {
	var b bad
	b.oneOf("/kind", in.Kind, replyKinds)
	checkDecision(&b, in.Kind, in.Decision, in.ItemIDs)
	if in.Decision == "upheld" && in.Pattern != "" {
		b.add("/pattern", "a dispute body's decision is read by a person, every time")
	}
	if in.Kind == kindNotTheirs && in.Pattern != "" {
		b.add("/pattern", "goes with what the addressee wrote")
	}
	b.decisionReason(in.Decision, in.Reason)
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	s.detailsOfReply(&b, in.DecisionDetails, in.Decision, now)
	if err := need(who, replyRoles...); err != nil {
		return err
	}
	r, err := get[takedown.Reply](ctx, s, reply)
	if err != nil {
		return err
	}
	track := r.Track
	if in.TrackID != "" {
		track = in.TrackID
	}
	if track == "" {
		b.add("/trackId", "name the track that the reply belongs to")
	}
	if (r.Case != "" || r.Status == takedown.ReplyMatched) && in.TrackID != "" && in.TrackID != r.Track {
		b.add("/trackId", "the reply belongs to another track already")
	}
	if err := refuseAll(b.fields); err != nil {
		return err
	}
	moved, err := s.moveReply(ctx, r, track)
	if err != nil {
		return err
	}
	err = s.onTrackBy(ctx, who, track, replyRoles, func(t *tx, tr *takedown.Track) error {
		return t.classify(tr, r, in, moved)
	})
	if err != nil || r.Case != "" {
		return err
	}
	return s.markMatched(context.WithoutCancel(ctx), who, reply, track)
}

// classify writes the reply into its case, under an id derived from the
// unmatched one, so that doing it twice is doing it once.
func (t *tx) classify(tr *takedown.Track, from *takedown.Reply, in ClassificationInput, moved movedReply) error {
	id := from.ID
	if from.Case == "" {
		id = matchedID(from.ID)
	}
	r, err := find[takedown.Reply](t, id)
	if err != nil {
		return err
	}
	if r != nil && r.Track != tr.ID { // matched before, by a call that did not come to its end
		return refuse("/trackId", "the reply belongs to another track already")
	}
	if r == nil {
		r = &takedown.Reply{
			Meta: takedown.Meta{ID: id, Case: tr.Case}, Via: from.Via, ReceivedAt: from.ReceivedAt, Ticket: from.Ticket,
			Mail: from.Mail, From: from.ID, Raw: moved.raw, Indemnity: from.Indemnity,
		}
		if r.Text, err = t.sealText(r, "text", moved.text); err != nil {
			return err
		}
	}
	again := r.Status == takedown.ReplyClassified && r.Kind == in.Kind && r.Decision == in.Decision
	if again && (r.Indemnity || !in.Indemnity) {
		if err := t.confirm(tr, r); err != nil {
			return err
		}
		return t.giveReason(tr, r, in)
	}
	if r.Mail != nil {
		r.Mail.Confirmed = true
	}
	if !again || in.Reason != "" {
		r.Reason = in.Reason
	}
	if !again || len(in.ItemIDs) > 0 {
		r.Items = in.ItemIDs
	}
	if !again || in.DecisionDetails != (takedown.DecisionDetails{}) {
		r.DecisionDetails = in.DecisionDetails
	}
	r.Track, r.Kind, r.Decision, r.Status = tr.ID, in.Kind, in.Decision, takedown.ReplyClassified
	r.Indemnity = r.Indemnity || in.Indemnity
	if in.DocumentID != "" {
		r.Document = in.DocumentID
	}
	if err := t.put(r); err != nil {
		return err
	}
	t.done(200, r.ID)
	if err := t.learnPattern(tr, r, in); err != nil {
		return err
	}
	if err := t.closeTasks(taskClassify, r.ID); err != nil {
		return err
	}
	if err := t.log("reply.classified", replyCode(r), idsOf(r.ID, tr.ID, r.Document)); err != nil {
		return err
	}
	return t.applyReply(tr, r, in.ItemIDs, "/itemIds")
}

// movedReply is what an unmatched reply takes into its case.
type movedReply struct {
	text string
	raw  takedown.Sealed // under the case's key already
}

// moveReply opens an unmatched reply, which is sealed under its own key, for
// the case of a track; a reply that stands in its case takes nothing along.
func (s *Service) moveReply(ctx context.Context, r *takedown.Reply, track string) (movedReply, error) {
	var m movedReply
	if r.Case != "" || len(r.Key) == 0 {
		return m, nil
	}
	key, err := s.Keys.CaseKey(ctx, r.ID, r.Key)
	if err != nil {
		return m, err
	}
	t := &tx{s: s, ctx: ctx, key: key}
	if m.text, err = t.openText(r, "text", r.Text); err != nil || r.Raw.Empty() {
		return m, err
	}
	in := &mailRead{reply: r}
	if in.raw, err = s.openRaw(ctx, r); err != nil {
		return m, err
	}
	if in.track, err = get[takedown.Track](ctx, s, track); err != nil {
		return m, err
	}
	m.raw.Blob, err = s.resealRaw(ctx, in, matchedID(r.ID))
	return m, err
}

func (s *Service) markMatched(ctx context.Context, who takedown.Principal, reply, track string) error {
	rs, err := s.Store.Get(ctx, Key{KindReply, reply})
	if err != nil || len(rs) == 0 {
		return err
	}
	return s.write(ctx, who, who.As(replyRoles...), rs[0].Stream, func(t *tx) error {
		r, err := load[takedown.Reply](t, reply)
		if err != nil || r.Status == takedown.ReplyMatched {
			return err
		}
		r.Status, r.Track = takedown.ReplyMatched, track
		r.Key, r.Raw, r.Text, r.Source = nil, takedown.Sealed{}, takedown.Sealed{}, nil // it lives in its case now
		if err := t.closeTasks(taskMatch, r.ID); err != nil {
			return err
		}
		if err := t.put(r); err != nil {
			return err
		}
		return t.log("reply.matched", "", []string{reply, track})
	})
}

// UnmatchedReplies lists the replies that a person must match. Roles:
// specialist, coordinator.
func (s *Service) UnmatchedReplies(ctx context.Context, who takedown.Principal, cursor string, limit int) ([]ReplyView, string, error) {
	if err := need(who, replyRoles...); err != nil {
		return nil, "", err
	}
	page, err := s.Store.Query(ctx, Query{Index: indexReplies, Partition: "unmatched", Cursor: cursor, Limit: limit})
	if err != nil {
		return nil, "", err
	}
	out := []ReplyView{}
	for _, rec := range page.Records {
		r, err := decode[takedown.Reply](rec)
		if err != nil {
			return nil, "", err
		}
		out = append(out, replyView(r))
	}
	return out, page.Next, nil
}
