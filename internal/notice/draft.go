package notice

import "time"

// Draft is one instrument's text, ready to be read by the person who approves.
type Draft struct {
	Template string // "T1@1": name and version
	Language string // nl
	Subject  string
	Text     string
	Form     []FormText
	Annexes  []Annex
}

// FormText is the text prepared for one field of the addressee's web form.
type FormText struct {
	Name  string `json:"name"`
	Text  string `json:"text"`
	Limit int    `json:"limit,omitempty"` // characters; 0 for none
}

// Annex is one annex in plain text. Part is "1" for the locations, "A" for
// identity and domicile, "B" for the suspect. A sealed one is never mailed.
type Annex struct {
	Part      string `json:"part"`
	Name      string `json:"name"` // file name
	MediaType string `json:"mediaType"`
	Text      string `json:"text"`
	Sealed    bool   `json:"sealed,omitempty"`
}

// Finding is something wrong with a draft. Field is the path in Facts of what
// is missing ("organisation/mailbox", "items/0/url"), or "text". A blocking one
// stops the approval.
type Finding struct {
	Code     string // missing, unverified, too_long, unknown_code, not_open, stale, lint, form_field, function_left_out, no_duty_phone, no_signer
	Field    string
	Message  string
	Blocking bool
}

// The instruments that this package can draft (domain.md §8).
const (
	T1  = "T1"  // NTD notice to a hoster, also a notice under art. 16 DSA
	T2  = "T2"  // notice under art. 16 DSA
	T3  = "T3"  // reminder
	T4  = "T4"  // internal complaint, art. 20 DSA
	T7  = "T7"  // dossier: request, through the police, for an order under art. 125p Sv
	T12 = "T12" // aangifte
)

// Instruments lists what Compose can draft.
func Instruments() []string { return []string{T1, T2, T3, T4, T7, T12} }

// keepsFor is how many days a text stays true enough to be sent: it names days
// on which we looked and a day we ask an answer for. Our choice.
var keepsFor = map[string]int{T1: 3, T2: 3, T3: 3, T4: 5, T7: 7, T12: 7}

// SendBy is the last moment at which a text drafted then may leave: the end of
// the day in Amsterdam, three days later for notices and reminders, five for
// complaints, seven for what goes to the police. Past it, it is drafted again
// (design §6). UTC.
func SendBy(instrument string, draftedAt time.Time) time.Time {
	days, ok := keepsFor[instrument]
	if !ok {
		days = 3
	}
	d := draftedAt.In(amsterdam())
	return time.Date(d.Year(), d.Month(), d.Day()+days, 23, 59, 59, 0, d.Location()).UTC()
}
