package casework

import (
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/takedown"
)

// reasonCodes is every reason that may stand in an entry as it was typed. The
// list is closed: history is for ever, and what only looks like a code may be a
// name, a number or a street. Another reason is sealed as words. Sorted.
var reasonCodes = []string{
	"aangifte_filed", "accepted", "agreed", "all_removed", "another_body", "art_267_applies", "asked", "asked_by_phone",
	"back_online", "bounced", "by_hand", "calendar_changed", "call", "came_back", "captured_again", "checked", "civil_follows",
	"complex", "complex_case", "concern_only", "confirmed", "court_asked", "done", "done_here", "drafting", "duplicate", "elsewhere",
	"freeze_account", "gone_by_itself", "handed_on", "handled_elsewhere", "hotline_says_none", "liaison_said_so", "look", "look_at_suspects",
	"looked", "looked_at", "mail_log", "mail_server_log", "new_address_found", "no_further_route", "no_longer_needed", "no_result",
	"no_threat_of_libel", "no_use", "not_doxing", "not_needed", "not_needed_here", "nothing_found", "notified_late", "offered",
	"only_they_saw_it", "petition_filed", "police_asked", "receipt_proven", "refused", "refused_twice", "renewed", "renewed_once",
	"reported", "said_so", "seen_again", "seen_by_hand", "seen_gone", "seen_it", "sent", "start_again", "still_right", "still_there", "still_works",
	"summons", "talks_with_the_platform", "the_only_adviser", "told_by_phone", "too_long", "unknown", "unsafe", "urgent_spread",
	"watched", "wrong_address", "wrong_mailbox",
}

// ReasonCodes are the reasons that stand in the history as they are typed;
// every other one is sealed, and the history says in_words.
func ReasonCodes() []string { return slices.Clone(reasonCodes) }

// maxReason bounds a reason given in words.
const maxReason = 1000

func checkReason(pointer, reason string) []takedown.FieldError {
	var b bad
	if n := len([]rune(strings.TrimSpace(reason))); n < 3 || n > maxReason {
		b.add(pointer, "give a reason of 3 to %d characters", maxReason)
	}
	return b.fields
}

// reasonCode wants a code of the list, where there is no key to seal words with
// or nothing to seal them in.
func (b *bad) reasonCode(pointer, reason string) {
	if !isReasonCode(reason) {
		b.add(pointer, "must be one of %s: there is no place here for sealed words", strings.Join(reasonCodes, ", "))
	}
}

func isReasonCode(reason string) bool { return slices.Contains(reasonCodes, reason) }

// inWords stands in an entry for a reason whose words are sealed.
const inWords = "in_words"

// reason gives the code of a reason that stands in an entry. A reason in words
// is sealed in a record of its own: history holds codes, never text.
func (t *tx) reason(act, subject, text string) (string, error) {
	if isReasonCode(text) {
		return text, nil
	}
	d := &takedown.Decision{Meta: takedown.Meta{Case: string(t.base.Stream)}, Kind: notePrefix + act, Choice: subject, By: t.who.ID, At: t.now}
	words, err := t.seal(d, "words", reasonWords{Reason: text})
	if err != nil {
		return "", err
	}
	d.Words = words
	return inWords, t.put(d)
}

// notePrefix marks a record that only keeps the words of a reason.
const notePrefix = "note:"

// reasonWords is what is sealed of a reason.
type reasonWords struct {
	Reason string `json:"reason"`
}
