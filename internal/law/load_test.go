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
	if _, err := read(copyData(t)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, old, new, want string }{
		"a missing file":               {"routes.json", "", "", "routes.json"},
		"no JSON":                      {"clocks.json", "[\n", "{\n", "clocks.json"},
		"an unknown field":             {"gates.json", `"title"`, `"titel"`, "gates.json"},
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
		"a code of nobody's":           {"outcomes.json", `"dsaCode": "DECISION_ACCOUNT_SUSPENDED"`, `"dsaCode": "SUSPENDED"`, "outcomes.json: account_suspended"},
		"a name in one language":       {"events.json", `"en": "mailed"`, `"en": ""`, "events.json: mailed"},
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
			_, err := read(data)
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
	_, err := read(data)
	if err == nil || !strings.Contains(err.Error(), "is reached twice") {
		t.Errorf("got %v", err)
	}
}
