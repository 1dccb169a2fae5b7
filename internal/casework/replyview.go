package casework

import (
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// ReplyView is a reply as the API shows it; its text is sealed.
type ReplyView struct {
	ID       string `json:"id"`
	Version  int64  `json:"version"`
	Case     string `json:"caseId,omitempty"`
	Track    string `json:"trackId,omitempty"`
	Document string `json:"documentId,omitempty"`
	Kind     string `json:"kind"`
	Decision string `json:"decision,omitempty"`
	Reason   string `json:"reason,omitempty"`
	takedown.DecisionDetails
	Via        string    `json:"via"`
	ReceivedAt time.Time `json:"receivedAt"`
	Ticket     string    `json:"ticket,omitempty"`
	Status     string    `json:"status"`
	Indemnity  bool      `json:"indemnityRequested,omitempty"`
	Mail       *MailView `json:"mail,omitempty" doc:"Of a message that the program read: what decided."`
}

// MailView is what the program made of a message, and why.
type MailView struct {
	Confidence string   `json:"confidence"`
	Rule       string   `json:"rule,omitempty"`
	Phrase     string   `json:"phrase,omitempty"`
	Where      string   `json:"where,omitempty"`
	Permanence string   `json:"permanence,omitempty"`
	Proofs     []string `json:"proofs,omitempty"`
	Doubt      string   `json:"doubt,omitempty"`
	Sender     string   `json:"sender"`
	SenderBy   string   `json:"senderBy,omitempty"`
	SPF        string   `json:"spf,omitempty" doc:"What the sender's policy says of the server that brought it (RFC 7208): pass, fail, softfail, neutral, none, temperror, permerror. Only of mail that came to the desk's own listener."`
	Why        string   `json:"why,omitempty"`
	Size       int64    `json:"size,omitempty" doc:"Bytes of the whole mail, where only its beginning was taken: the rest lies flagged in the desk's mailbox."`
	OfContact  bool     `json:"ofContact,omitempty" doc:"The sender is authenticated, and the track's contact."`
	Confirmed  bool     `json:"confirmed,omitempty" doc:"A person said what it is."`
	Receipt    bool     `json:"provesReceipt,omitempty" doc:"It shows that the addressee has what was sent. Of a sender that is not authenticated it does once a person classifies it, if it came to the dispatch's own address or thread."`
}

func replyView(r *takedown.Reply) ReplyView {
	v := ReplyView{
		ID: r.ID, Version: r.Version, Case: r.Case, Track: r.Track, Document: r.Document, Kind: r.Kind, Decision: r.Decision, Reason: r.Reason,
		DecisionDetails: r.DecisionDetails, Via: r.Via, ReceivedAt: r.ReceivedAt, Ticket: r.Ticket, Status: string(r.Status), Indemnity: r.Indemnity,
	}
	if m := r.Mail; m != nil {
		v.Mail = &MailView{m.Confidence, m.Rule, m.Phrase, m.Where, m.Permanence, m.Proofs, m.Doubt, m.Sender, m.SenderBy, m.SPF, m.Why, m.Size, m.OfContact, m.Confirmed, answersUs(r) && provesReceipt(r)}
	}
	return v
}
