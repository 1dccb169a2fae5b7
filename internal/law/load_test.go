package law

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ontdox/takedown/internal/takedown"
)

// copyData is the embedded data, to be spoilt.
func copyData(t *testing.T) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	names, err := fs.Glob(files, "data/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimPrefix(name, "data/")] = &fstest.MapFile{Data: raw}
	}
	return out
}

// Contradictory data are refused at load, with file and id.
func TestSpoiltDataAreRefused(t *testing.T) {
	if _, err := Read(copyData(t)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, old, new, want string }{
		"a missing file":               {"routes.json", "", "", "routes.json"},
		"no JSON":                      {"clocks.json", "[\n", "{\n", "clocks.json"},
		"an unknown field":             {"gates.json", `"title"`, `"titel"`, "gates.json: evidence: json: unknown field \"titel\""},
		"a field of another type":      {"offences.json", `"suggest": true`, `"suggest": "yes"`, "offences.json: 285d: json: cannot unmarshal"},
		"a field twice":                {"offences.json", `"id": "285d", "validFrom": "2024-01-01"`, `"id": "285d", "validFrom": "2023-01-01", "validFrom": "2024-01-01"`, `offences.json: 285d: key "validFrom" stands twice`},
		"a field twice, in capitals":   {"offences.json", `"id": "285d", "validFrom": "2024-01-01"`, `"id": "285d", "VALIDFROM": "2023-01-01", "validFrom": "2024-01-01"`, `offences.json: 285d: key "validFrom" stands twice`},
		"a field twice within another": {"offences.json", `"remand": {"listed": true,`, `"remand": {"listed": false, "listed": true,`, `offences.json: 285d: key "listed" stands twice`},
		"a source's field twice":       {"sources.json", `"code": "S0",`, `"code": "S0", "title": "x",`, `sources.json: S0: key "title" stands twice`},
		"a record without a name":      {"gates.json", "[\n", "[\n  {\"idd\": 1},\n", "gates.json: record 1: json: unknown field"},
		"nothing for a record":         {"gates.json", "[\n", "[\n  null,\n", "gates.json: record 1: is no record"},
		"a second list":                {"gates.json", "\n]\n", "\n]\n[]", "gates.json"},
		"a rule without source":        {"clocks.json", `"source": "DSA art. 16(4); domain.md §3.5"`, `"source": ""`, "clocks.json: C1"},
		"a flag of another form":       {"clocks.json", `"flag": "[V: SV26]"`, `"flag": "verified"`, "clocks.json: C13"},
		"a flag with an unknown code":  {"clocks.json", `"flag": "[V: SV26]"`, `"flag": "[V: SV99]"`, `clocks.json: C13: flag "[V: SV99]"`},
		"second hand, from nowhere":    {"clocks.json", `"flag": "[V: SV26]"`, `"flag": "[V-sec]"`, "clocks.json: C13"},
		"two versions on one day":      {"clocks.json", `"validUntil": "2026-08-31"`, `"validUntil": "2026-09-01"`, "clocks.json: C11"},
		"a gap between versions":       {"clocks.json", `"validUntil": "2026-08-31"`, `"validUntil": "2026-08-30"`, "clocks.json: C11"},
		"two open versions":            {"clocks.json", `, "validUntil": "2026-08-31"`, ``, "clocks.json: C11"},
		"no day":                       {"offences.json", `"id": "285d", "validFrom": "2024-01-01"`, `"id": "285d", "validFrom": "1-1-2024"`, "offences.json: 285d"},
		"ends before it begins":        {"offences.json", `"id": "285d", "validFrom": "2024-01-01"`, `"id": "285d", "validFrom": "2024-01-01", "validUntil": "2023-01-01"`, "offences.json: 285d"},
		"an article that is not there": {"offences.json", `"article": "sr285d"`, `"article": "sr999"`, "offences.json: 285d"},
		"a group that is not there":    {"offences.json", `"capacityGroup": "285d-2"`, `"capacityGroup": "x"`, "offences.json: 285d"},
		"an unknown klacht":            {"offences.json", `"klacht": {"needed": "yes"`, `"klacht": {"needed": "maybe"`, "offences.json: 285b"},
		"a ground without listing":     {"offences.json", `"remand": {"listed": true`, `"remand": {"listed": false`, "offences.json: 285d"},
		"elements out of order":        {"offences.json", `"id": "E2"`, `"id": "E3"`, "offences.json: 285d"},
		"everybody on the list":        {"capacities.json", `"code": "boa"`, `"code": "none_of_lid2"`, "capacities.json: 285d-2"},
		"a unit against the counting":  {"clocks.json", `"unit": "working_days", "length": 10`, `"unit": "weeks", "length": 2`, "clocks.json: C5"},
		"no length":                    {"clocks.json", `"unit": "working_days", "length": 10`, `"unit": "working_days", "length": 0`, "clocks.json: C5"},
		"our choice called law":        {"clocks.json", `"nature": "policy", "against": "addressee", "startEvent": "filed", "proof": "assumed"`, `"nature": "legal", "against": "addressee", "startEvent": "filed", "proof": "assumed"`, "clocks.json: C7"},
		"a fatal clock extended":       {"clocks.json", `"fatal": true`, `"extendable": "free", "fatal": true`, "clocks.json: C12"},
		"no reason for the early side": {"clocks.json", `"counting": "early"`, `"counting": "plain"`, "clocks.json: C6"},
		"an extension in another unit": {"clocks.json", `"extension": {"unit": "months"`, `"extension": {"unit": "weeks"`, "clocks.json: C10"},
		"an event that is not there":   {"clocks.json", `"startEvent": "learned"`, `"startEvent": "dreamt"`, "clocks.json: C12"},
		"a follow-up not there":        {"ladders.json", `"follow": "P6"`, `"follow": "P99"`, "ladders.json: ods.submission"},
		"a clock that is not there":    {"ladders.json", `"clock": "P4"`, `"clock": "P99"`, "ladders.json: civil.summons"},
		"a gate that is not there":     {"ladders.json", `"poster_contact"`, `"luck"`, "ladders.json: civil.summons"},
		"an action nobody authorises":  {"ladders.json", `"consent:sommatie"`, `"consent:everything"`, "ladders.json: civil.summons"},
		"a removal not aligned":        {"ladders.json", `"alignment", "order_pending", "consent:complaint_art20"`, `"order_pending", "consent:complaint_art20"`, "ladders.json: platform.complaint: drafts T4 and does not need gate \"alignment\""},
		"a route without ladder":       {"ladders.json", `"opensRoute": "legal_order"`, `"opensRoute": "letter"`, "ladders.json: platform.alternatives"},
		"a fact nobody knows":          {"ladders.json", `"when": ["contact_police"]`, `"when": ["moon"]`, "ladders.json: freeze.police"},
		"a dead edge":                  {"ladders.json", `"hoster.reminder:silence", `, ``, `ladders.json: hoster.reminder: after "silence" nothing follows`},
		"an ending twice":              {"ladders.json", `"endsAfter": ["done", "unknown"]`, `"endsAfter": ["done", "unknown", "refused"]`, "ladders.json: legal_order.request"},
		"an ending that cannot be":     {"ladders.json", `"hoster.order:cancelled"`, `"hoster.order:silence"`, "ladders.json: hoster.consider"},
		"a rung nobody reaches":        {"ladders.json", `"after": ["platform.notice:bounced"]`, `"after": []`, "ladders.json: platform.contact"},
		"no first rung":                {"ladders.json", `"after": ["start"]`, `"after": []`, "ladders.json: platform"},
		"a document without a clock":   {"ladders.json", `"clock": "P4", `, ``, "ladders.json: civil.summons"},
		"a task with a letter":         {"ladders.json", `"action": "task", "taskKind": "find_channel"`, `"action": "task", "instrument": "T1", "taskKind": "find_channel"`, "ladders.json: platform.contact"},
		"an unknown outcome kind":      {"outcomes.json", `"kind": "open"`, `"kind": "ajar"`, "outcomes.json: still_online"},
		"a code of nobody's":           {"outcomes.json", `"dsaCode": "DECISION_ACCOUNT_SUSPENDED"`, `"dsaCode": "SUSPENDED"`, `outcomes.json: account_suspended: names code "SUSPENDED"`},
		"neither code nor reason":      {"outcomes.json", `"noCode": {"nl": "wij vroegen niets", "en": "we asked nothing"}, `, ``, "outcomes.json: monitored"},
		"a decision without outcome":   {"decisions.json", `, "outcome": "removed"`, ``, "decisions.json: DECISION_VISIBILITY_CONTENT_REMOVED"},
		"an outcome that is not there": {"decisions.json", `"outcome": "removed"`, `"outcome": "gone"`, `decisions.json: DECISION_VISIBILITY_CONTENT_REMOVED: names outcome "gone"`},
		"a field of nobody's":          {"decisions.json", `"field": "decision_account"`, `"field": "account"`, "decisions.json: DECISION_ACCOUNT_SUSPENDED"},
		"an article not yet there":     {"articles.json", `{"id": "sr285d", "validFrom": "2024-01-01"`, `{"id": "sr285d", "validFrom": "2024-03-01"`, `offences.json: 285d: names article "sr285d", which is not there on 2024-01-01`},
		"behind the last paragraph":    {"articles.json", `"id": "dsa16-6"`, `"id": "dsa16-9"`, "articles.json: dsa16-9: is behind the last paragraph of dsa16, which was read to the 6th"},
		"an article no longer there":   {"articles.json", `{"id": "sr285d", "validFrom": "2024-01-01"`, `{"id": "sr285d", "validFrom": "2024-01-01", "validUntil": "2026-12-31"`, `offences.json: 285d: names article "sr285d", which is not there on 2027-01-01`},
		"a clock on no law yet":        {"clocks.json", `"appliesFrom": "2024-02-17", "article": "dsa16-4"`, `"article": "dsa16-4"`, `clocks.json: C1: names article "dsa16-4", which is not there on 2024-01-01`},
		"read in a later text":         {"offences.json", `"id": "285b", "validFrom": "2026-01-01",`, `"id": "285b", "validFrom": "2025-12-31",`, "offences.json: 285b: is flagged [V: SR26] from 2025-12-31 on, but the first copy read is of 2026-01-01"},
		"a gap between offences":       {"offences.json", `"id": "285-1", "validFrom": "2018-01-01", "validUntil": "2023-12-31"`, `"id": "285-1", "validFrom": "2018-01-01", "validUntil": "2023-12-30"`, "offences.json: 285-1: the version from 2024-01-01 overlaps the one before, or leaves a gap"},
		"a clock not yet there":        {"clocks.json", `"id": "P4", "validFrom": "2024-01-01"`, `"id": "P4", "validFrom": "2025-01-01"`, `ladders.json: civil.summons: names clock "P4", which is not there on 2024-01-01`},
		"a choice that may not fit":    {"clocks.json", `"id": "C4", "validFrom": "2024-01-01",`, `"id": "C4", "validFrom": "2024-01-01", "for": {"lifeOrSafety": true},`, "ladders.json: platform.notice: of its clocks [C2 C3 C4] the last"},
		"a rung taken for ever":        {"ladders.json", `"instrument": "T9", "once": true`, `"instrument": "T9", "once": false`, "ladders.json: civil.summons"},
		"an age before its time":       {"ladders.json", `"upperAgeDays": 30`, `"upperAgeDays": -30`, "ladders.json: platform.reminder"},
		"a kind that asks nobody":      {"employers.json", `"freezeThrough": "own_desk"`, `"freezeThrough": "anybody"`, "employers.json: police"},
		"a small service's loss":       {"services.json", `"smallLose": ["20"`, `"smallLose": ["19"`, "services.json: online_platform"},
		"a large service's twice":      {"services.json", `"large": ["33-43"]`, `"large": ["9"]`, "services.json: online_platform"},
		"a route to nobody":            {"routes.json", `"addressee": {"nl": "Helpwanted, Offlimits"`, `"addressee": {"nl": ""`, "routes.json: R8/addressee"},
		"a document nobody knows":      {"ladders.json", `"instrument": "T9", "once"`, `"instrument": "T99", "once"`, `ladders.json: civil.summons: names instrument "T99"`},
		"a task nobody knows":          {"ladders.json", `"taskKind": "find_channel"`, `"taskKind": "find_luck"`, `ladders.json: platform.contact: taskKind "find_luck"`},
		"a channel nobody knows":       {"ladders.json", `"channel": ["letter", "mail"]`, `"channel": ["mail", "pigeon"]`, `ladders.json: civil.summons: channel "pigeon"`},
		"a channel twice":              {"ladders.json", `"channel": ["letter", "mail"]`, `"channel": ["mail", "mail"]`, `ladders.json: civil.summons: channel "mail" stands twice`},
		"a word nobody says":           {"ladders.json", `"feedback": {"forwarded"`, `"feedback": {"whispered"`, `ladders.json: legal_order.request: feedback "whispered"`},
		"again, an order unasked":      {"ladders.json", `"alignment", "order_pending"], "upperAgeDays"`, `"alignment"], "upperAgeDays"`, `ladders.json: platform.notice_again: drafts T2 again and does not need gate "order_pending"`},
		"a removal, nobody weighed it": {"ladders.json", `"evidence", "assessment", "amplification", "alignment", "order_pending", "mandate", "consent:erasure"`, `"evidence", "alignment", "order_pending", "mandate", "consent:erasure"`, `ladders.json: erasure.request: drafts T6 and does not need gate "amplification"`},
		"an erasure, an order unasked": {"ladders.json", `"alignment", "order_pending", "mandate"`, `"alignment", "mandate"`, `ladders.json: erasure.request: drafts T6 and does not need gate "order_pending"`},
		"a gate of no document":        {"gates.json", `["T3", "T4", "T6", "T8a"]`, `["T3", "T4", "T6", "T8c"]`, `gates.json: order_pending: names instrument "T8c"`},
		"a gate's action twice":        {"gates.json", `"actions": ["notice", `, `"actions": ["notice", "notice", `, `gates.json: consent: action "notice" stands twice`},
		"a text that never keeps":      {"instruments.json", `"keepsDays": 5`, `"keepsDays": 0`, "instruments.json: T4: its text keeps"},
		"an instrument gone":           {"instruments.json", `"id": "T14", "validFrom": "2024-01-01"`, `"id": "T14", "validFrom": "2025-01-01"`, `ladders.json: flagger.relay: names instrument "T14", which is not there on 2024-01-01`},
		"an element of another form":   {"offences.json", `"only": "lid2"`, `"only": "lid3"`, `offences.json: 285d: only "lid3"`},
		"a form without its list":      {"offences.json", `"capacityGroup": "285d-2", `, ``, "offences.json: 285d: element E5 is for the aggravated form only"},
		"read in nothing":              {"offences.json", `"textVersion": "SR26b"`, `"textVersion": "SR99"`, `offences.json: 285d: was read in "SR99"`},
		"verified and unread":          {"offences.json", `"flag": "[own]"`, `"flag": "[V: SR26]"`, "offences.json: 285-1: is flagged [V: SR26], and was not read"},
		"a term below nothing":         {"offences.json", `"maxPrisonMonths": 24`, `"maxPrisonMonths": -24`, "offences.json: 285d: a maximum term"},
		"a klacht by nothing":          {"offences.json", `"klacht": {"needed": "yes", "article": "285b(2)"`, `"klacht": {"needed": "yes", "article": "sr999"`, `offences.json: 285b: klacht names "sr999"`},
		"a capacity twice":             {"capacities.json", `"code": "boa"`, `"code": "minister"`, `capacities.json: 285d-2: member "minister" stands twice`},
		"proven by an assumption":      {"clocks.json", `"startEvent": "received", "proof": "proven"`, `"startEvent": "mailed", "proof": "proven"`, "clocks.json: C8: starts with mailed, which is only assumed"},
		"urgent and longer":            {"clocks.json", `"urgent": 0`, `"urgent": 24`, "clocks.json: C19: its urgent length"},
		"a window past its end":        {"clocks.json", `"notBefore": 24`, `"notBefore": 48`, "clocks.json: C16: notBefore"},
		"a warning after the end":      {"clocks.json", `"warnDays": [60, 75, 85]`, `"warnDays": [60, 75, 93]`, "clocks.json: C12: warns on days [60 75 93]"},
		"warnings out of order":        {"clocks.json", `"warnDays": [60, 80]`, `"warnDays": [80, 60]`, "clocks.json: C13: warns on days [80 60]"},
		"a category nobody knows":      {"clocks.json", `"dataCategories": ["home_address"`, `"dataCategories": ["shoe_size"`, `clocks.json: C3: data category "shoe_size"`},
		"a clock for nothing":          {"clocks.json", `"for": {"lifeOrSafety": true}`, `"for": {}`, "clocks.json: C2: is for nothing"},
		"a clock against us extended":  {"clocks.json", `"article": "avg33",`, `"article": "avg33", "extendable": "total", "extension": {"unit": "hours", "length": 72},`, "clocks.json: C15: a legal clock against us"},
		"fatal for somebody else":      {"clocks.json", `"nature": "legal", "against": "us", "startEvent": "learned"`, `"nature": "legal", "against": "addressee", "startEvent": "learned"`, "clocks.json: C12: a fatal clock"},
		"a term of our own published":  {"clocks.json", `"against": "us", "startEvent": "flare_up"`, `"against": "us", "ownTerm": true, "startEvent": "flare_up"`, "clocks.json: C17: only an addressee"},
		"a minor of a great age":       {"minors.json", `"under": 14`, `"under": 41`, "minors.json: suspected_minor: under is an age"},
		"a minor without its article":  {"minors.json", `"article": "sv51g-4"`, `"article": "sv51h"`, "minors.json: suspected_minor: names article"},
		"an article of no form":        {"services.json", `"articles": ["9", "10"`, `"articles": ["nine", "10"`, `services.json: mere_conduit: "nine" is no article`},
		"a route walked twice":         {"routes.json", `"tracks": ["platform"]`, `"tracks": ["platform", "platform"]`, `routes.json: R1: track "platform" stands twice`},
		"gone, and only here":          {"outcomes.json", `"kind": "gone", "territories": ["worldwide"], "below"`, `"kind": "gone", "territories": ["nl"], "below"`, "outcomes.json: removed: is gone, and cannot hold nl"},
		"a place nobody knows":         {"outcomes.json", `"territories": ["eu", "nl", "elsewhere"]`, `"territories": ["eu", "nl", "moon"]`, `outcomes.json: geo_blocked: names territory "moon"`},
		"a place of nobody's decision": {"outcomes.json", `"kind": "open"`, `"kind": "open", "territories": ["nl"]`, "outcomes.json: still_online: has territories"},
		"less, and yet gone":           {"outcomes.json", `"below": "geo_blocked"`, `"below": "edited"`, "outcomes.json: removed: is edited in a part of the world"},
		"a detail of no field":         {"details.json", `"field": "category"`, `"field": "colour"`, `details.json: privacy: field "colour"`},
		"a detail without code":        {"details.json", `, "codes": ["NL"]`, ``, "details.json: nl: has codes"},
		"a code twice":                 {"details.json", `"codes": ["NL"]`, `"codes": ["NL", "NL"]`, "details.json: nl: names each code once"},
		"a category of some countries": {"details.json", `"codes": ["STATEMENT_CATEGORY_CYBER_VIOLENCE"]`, `"codes": ["STATEMENT_CATEGORY_CYBER_VIOLENCE"], "below": true`, "details.json: cyber_violence: only a territory"},
		"a name in one language":       {"events.json", `"en": "mailed"`, `"en": ""`, "events.json: mailed"},
		"a bracket too many":           {"details.json", "\n]", "\n]]", "details.json: more than one list"},
		"a brace too many":             {"minors.json", "\n]", "\n]}", "minors.json: more than one list"},
		"a source twice":               {"sources.json", `"code": "S1"`, `"code": "S0"`, "sources.json: S0"},
	} {
		t.Run(name, func(t *testing.T) {
			data := copyData(t)
			if c.old == "" {
				delete(data, c.file)
			} else {
				was := string(data[c.file].Data)
				is := strings.Replace(was, c.old, c.new, 1)
				if is == was {
					t.Fatalf("%s does not hold %s", c.file, c.old)
				}
				data[c.file].Data = []byte(is)
			}
			_, err := Read(data)
			if takedown.KindOf(err) != takedown.Internal || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

// A rung that leads back is found before it runs for ever.
func TestALoopIsRefused(t *testing.T) {
	data := copyData(t)
	was := string(data["ladders.json"].Data)
	is := strings.Replace(was, `"hoster.notice:silence", `, `"hoster.notice:silence", "hoster.order:cancelled", `, 1)
	is = strings.Replace(is, `"after": ["hoster.order:cancelled", `, `"after": [`, 1)
	data["ladders.json"].Data = []byte(is)
	_, err := Read(data)
	if err == nil || !strings.Contains(err.Error(), "is reached twice") {
		t.Errorf("got %v", err)
	}
}

// Two reminders are the most (domain.md §8 T3): a ladder that sends a third on
// some way is refused.
func TestAThirdReminderIsRefused(t *testing.T) {
	data := copyData(t)
	is := strings.ReplaceAll(string(data["ladders.json"].Data), `"instrument": "T2"`, `"instrument": "T3"`)
	data["ladders.json"].Data = []byte(is)
	_, err := Read(data)
	if err == nil || !strings.Contains(err.Error(), "ladders.json: platform.reminder: is a third reminder on one way") {
		t.Errorf("got %v", err)
	}
}
