package notice

// Draft is one instrument's text, ready to be read by the person who approves.
type Draft struct {
	Template string // "T1@1": name and version
	Language string // nl
	Subject  string
	Text     string
	Form     []FormText
	Annexes  []Annex
	Required []Passage // what an edit may not take out
	// Claims and Names are what a notice (T1, T2) claims (art16, illegal, terms) and
	// the grounds that it names, for the letters that go on from it.
	Claims string
	Names  []string
}

// FormText is the text prepared for one field of the addressee's web form.
type FormText struct {
	Name  string `json:"name"`
	Kind  string `json:"kind,omitempty"` // what it takes; choice: the option to pick
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
	Code     string // missing, unverified, too_long, unknown_code, not_open, stale, lint, form_field, form_lacks, form_groups, item_without_ground, function_left_out, function_untranslated, left_out, ground_not_law, unproven, not_weighed, order_language, language_fallback, no_signer, no_signatory, edited_out, not_article_16, unreviewed
	Field    string
	Message  string
	Blocking bool
	// Why says what it matters for, with its source; Where, where it is entered.
	Why, Where string
	Dutch      Dutch
}

// The instruments that this package can draft (domain.md §8).
const (
	T1  = "T1"  // NTD notice to a hoster, also a notice under art. 16 DSA
	T2  = "T2"  // notice under art. 16 DSA
	T3  = "T3"  // reminder
	T4  = "T4"  // internal complaint, art. 20 DSA
	T4b = "T4b" // submission to an out-of-court body, art. 21 DSA
	T5  = "T5"  // complaint to the Digital Services Coordinator, art. 53 DSA
	T6  = "T6"  // request to erase, art. 17 GDPR, on a mandate
	T7  = "T7"  // dossier: request, through the police, for an order under art. 125p Sv
	T8a = "T8a" // request to a platform to freeze an account and keep data
	T8b = "T8b" // request to the police to have data kept
	T9  = "T9"  // a lawyer's summons to the poster
	T10 = "T10" // consent and mandate form
	T11 = "T11" // evaluation record
	T12 = "T12" // aangifte
	T13 = "T13" // complaint to the data protection authority
	T14 = "T14" // relay to a trusted flagger or help organisation
)

// Instruments lists what Compose can draft.
func Instruments() []string {
	return []string{T1, T2, T3, T4, T4b, T5, T6, T7, T8a, T8b, T9, T10, T11, T12, T13, T14}
}
