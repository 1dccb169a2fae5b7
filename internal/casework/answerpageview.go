package casework

import (
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// ClaimView is an answer that was given on a recipient's page.
type ClaimView struct {
	Reply  string    `json:"replyId"`
	Answer string    `json:"answer" enum:"received,removed,refused"`
	At     time.Time `json:"at"`
}

// claimViews are the answers given on a document's page, none where it names
// none: that costs no reading.
func (t *tx) claimViews(d *takedown.Document) ([]ClaimView, error) {
	if !d.AnswerPage {
		return nil, nil
	}
	replies, err := t.answersTo(d)
	var out []ClaimView
	for _, r := range replies {
		if r.Kind == kindClaim {
			out = append(out, ClaimView{r.ID, r.Decision, r.ReceivedAt})
		}
	}
	return out, err
}

// AnswerPageView is what a recipient's page shows: nothing of the case.
type AnswerPageView = notice.AnswerPage

// The states of a recipient's page, see notice.
const (
	AnswerForm   = notice.AnswerForm
	AnswerAgain  = notice.AnswerAgain
	AnswerThanks = notice.AnswerThanks
	AnswerGone   = notice.AnswerGone
	AnswerBusy   = notice.AnswerBusy
)

// RenderAnswerPage gives the page as HTML in a state and a language, "" for the
// letter's. proof comes back with its form.
func RenderAnswerPage(state, language, proof string, p AnswerPageView) ([]byte, error) {
	return notice.WriteAnswerPage(state, language, proof, p)
}
