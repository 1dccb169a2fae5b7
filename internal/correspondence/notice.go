package correspondence

import (
	"encoding/json"
	"strings"
)

// sesNotice is what Amazon SES tells through SNS, mailed as JSON.
type sesNotice struct {
	NotificationType, EventType string
	Bounce                      struct {
		BounceType        string
		BouncedRecipients []sesRecipient
	}
	Delivery struct{ Recipients []string }
	Delay    struct{ DelayedRecipients []sesRecipient } `json:"deliveryDelay"`
}

type sesRecipient struct{ EmailAddress, Action, Status, DiagnosticCode string }

// unbroken puts lines together that a mail system broke at 998 bytes.
var unbroken = strings.NewReplacer("!\n ", "", "!\r\n ", "", "\r\n ", "", "\n ", "")

// serviceNotice reads a mail whose text is the JSON of a mail service.
func serviceNotice(text string) (Verdict, bool) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") || !strings.Contains(text, "Type") {
		return Verdict{}, false
	}
	var n sesNotice
	if json.NewDecoder(strings.NewReader(unbroken.Replace(text))).Decode(&n) != nil {
		return Verdict{}, false
	}
	what := firstText(n.NotificationType, n.EventType)
	v := Verdict{Confidence: Clear, Rule: "service.ses", Phrase: what, Where: inText}
	switch what {
	case "Bounce":
		v.Kind, v.Deliveries = KindBounce, n.bounced()
	case "DeliveryDelay":
		v.Kind = KindBounce
		for _, to := range n.Delay.DelayedRecipients {
			v.Deliveries = append(v.Deliveries, Delivery{Recipient: to.EmailAddress, Permanence: Delayed, Status: to.Status})
		}
	case "Complaint":
		v.Kind = KindFeedbackReport
	case "Delivery":
		v.Kind, v.Report = KindOther, true
		for _, to := range n.Delivery.Recipients {
			v.Deliveries = append(v.Deliveries, Delivery{Recipient: to, Permanence: Delivered})
		}
	default:
		return Verdict{}, false
	}
	return v, true
}

func (n *sesNotice) bounced() []Delivery {
	var all []Delivery
	for _, to := range n.Bounce.BouncedRecipients {
		d := Delivery{Recipient: to.EmailAddress, Status: to.Status, Permanence: DeliveryStatus{Action: to.Action, Status: to.Status}.Permanence()}
		if d.Permanence == Unknown {
			d.Permanence = map[string]Permanence{"Permanent": Permanent, "Transient": Temporary}[n.Bounce.BounceType]
		}
		if d.Permanence == "" {
			d.Permanence = Unknown
		}
		_, d.ReplyCode = codes(to.DiagnosticCode)
		all = append(all, d)
	}
	return all
}
