package sesin

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// feedback is the detail of an event of SES. Exactly the object of its type is
// there. Source: SES, "Contents of event data".
type feedback struct {
	EventType string     `json:"eventType"`
	Mail      mail       `json:"mail"`
	Bounce    *bounce    `json:"bounce,omitempty"`
	Complaint *complaint `json:"complaint,omitempty"`
	Delivery  *delivery  `json:"delivery,omitempty"`
	Send      *struct{}  `json:"send,omitempty"`
	Reject    *reject    `json:"reject,omitempty"`
	Failure   *failure   `json:"failure,omitempty"`
	Delay     *delay     `json:"deliveryDelay,omitempty"`
}

// mail is the message that went out. Its headers are nobody's concern here.
type mail struct {
	Timestamp        time.Time           `json:"timestamp"`
	Source           string              `json:"source"`
	SourceArn        string              `json:"sourceArn,omitempty"`
	SendingAccountID string              `json:"sendingAccountId"`
	MessageID        string              `json:"messageId"`
	Destination      []string            `json:"destination"`
	HeadersTruncated bool                `json:"headersTruncated"`
	Headers          json.RawMessage     `json:"headers,omitempty"`
	CommonHeaders    json.RawMessage     `json:"commonHeaders,omitempty"`
	Tags             map[string][]string `json:"tags,omitempty"`
}

type recipient struct {
	EmailAddress   string `json:"emailAddress"`
	Action         string `json:"action,omitempty"`
	Status         string `json:"status,omitempty"`
	DiagnosticCode string `json:"diagnosticCode,omitempty"`
}

type bounce struct {
	BounceType        string      `json:"bounceType"`
	BounceSubType     string      `json:"bounceSubType"`
	BouncedRecipients []recipient `json:"bouncedRecipients"`
	Timestamp         time.Time   `json:"timestamp"`
	FeedbackID        string      `json:"feedbackId"`
	ReportingMTA      string      `json:"reportingMTA,omitempty"`
	RemoteMTAIP       string      `json:"remoteMtaIp,omitempty"`
}

type complaint struct {
	ComplainedRecipients  []recipient `json:"complainedRecipients"`
	Timestamp             time.Time   `json:"timestamp"`
	FeedbackID            string      `json:"feedbackId"`
	ComplaintSubType      *string     `json:"complaintSubType"`
	UserAgent             string      `json:"userAgent,omitempty"`
	ComplaintFeedbackType string      `json:"complaintFeedbackType,omitempty"`
	ArrivalDate           *time.Time  `json:"arrivalDate,omitempty"`
}

type delivery struct {
	Timestamp            time.Time `json:"timestamp"`
	ProcessingTimeMillis int64     `json:"processingTimeMillis"`
	Recipients           []string  `json:"recipients"`
	SMTPResponse         string    `json:"smtpResponse"`
	ReportingMTA         string    `json:"reportingMTA"`
	RemoteMTAIP          string    `json:"remoteMtaIp,omitempty"`
}

type reject struct {
	Reason string `json:"reason"`
}

type failure struct {
	ErrorMessage string `json:"errorMessage"`
	TemplateName string `json:"templateName"`
}

type delay struct {
	DelayType         string      `json:"delayType"`
	DelayedRecipients []recipient `json:"delayedRecipients"`
	ExpirationTime    *time.Time  `json:"expirationTime,omitempty"`
	ReportingMTA      string      `json:"reportingMTA,omitempty"`
	Timestamp         time.Time   `json:"timestamp"`
}

// Tags of a message, as sesmail sets them.
const (
	tagReference = "takedown-ref"
	tagDispatch  = "takedown-dispatch"
)

// Feedback reads an event of SES, as EventBridge tells it.
func Feedback(payload []byte) (casework.MailEvent, error) {
	e, err := decode[feedback](payload, "aws.ses")
	if err != nil {
		return casework.MailEvent{}, err
	}
	f, m := e.Detail, e.Detail.Mail
	out := casework.MailEvent{
		By: "ses", MessageID: m.MessageID, SentAt: m.Timestamp, At: e.Time, To: m.Destination,
		Dispatch: tag(m, tagDispatch), Reference: tag(m, tagReference),
	}
	switch {
	case f.EventType == "Send" && f.Send != nil:
		out.Kind = casework.EventSent
	case f.EventType == "Delivery" && f.Delivery != nil:
		out.Kind, out.At = casework.EventDelivered, f.Delivery.Timestamp
		for _, a := range f.Delivery.Recipients {
			out.About = append(out.About, casework.MailRecipient{Address: a})
		}
	case f.EventType == "DeliveryDelay" && f.Delay != nil:
		out.Kind, out.At, out.Code = casework.EventDelayed, f.Delay.Timestamp, code(f.Delay.DelayType)
		out.About = about(f.Delay.DelayedRecipients)
	case f.EventType == "Bounce" && f.Bounce != nil:
		f.Bounce.fill(&out)
	case f.EventType == "Complaint" && f.Complaint != nil:
		out.Kind, out.At, out.ID = casework.EventComplaint, f.Complaint.Timestamp, f.Complaint.FeedbackID
		out.Code, out.About = code(f.Complaint.ComplaintFeedbackType), about(f.Complaint.ComplainedRecipients)
	case f.EventType == "Reject" && f.Reject != nil:
		out.Kind, out.Code = casework.EventRejected, code(f.Reject.Reason)
	case f.EventType == "Rendering Failure" && f.Failure != nil:
		out.Kind, out.Code = casework.EventRejected, "RenderingFailure"
	default:
		return out, refuse("/detail/eventType", "is not served, or its object is missing")
	}
	return out, nil
}

// fill reads a bounce: SES has given up on these recipients. Only a permanent
// one says that the address is wrong.
func (b *bounce) fill(out *casework.MailEvent) {
	out.Kind, out.At, out.ID, out.Code = casework.EventBounced, b.Timestamp, b.FeedbackID, code(b.BounceType+"/"+b.BounceSubType)
	out.About = about(b.BouncedRecipients)
	for i := range out.About {
		switch b.BounceType {
		case "Permanent":
			out.About[i].Permanence = casework.BouncePermanent
		case "Transient":
			out.About[i].Permanence = casework.BounceTemporary
		default:
			out.About[i].Permanence = casework.BounceUnknown
		}
	}
}

func about(list []recipient) []casework.MailRecipient {
	var out []casework.MailRecipient
	for _, r := range list {
		out = append(out, casework.MailRecipient{Address: r.EmailAddress, Diagnostic: strings.TrimSpace(r.Status + " " + r.DiagnosticCode)})
	}
	return out
}

func tag(m mail, name string) string {
	if v := m.Tags[name]; len(v) == 1 {
		return v[0]
	}
	return ""
}

var noCode = regexp.MustCompile(`[^A-Za-z0-9/_-]+`)

// code is a word of SES's that may stand in the clear.
func code(s string) string {
	s = noCode.ReplaceAllString(s, "")
	return s[:min(len(s), 80)]
}
