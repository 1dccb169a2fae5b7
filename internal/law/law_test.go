package law_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

var update = flag.Bool("update", false, "write the golden files and docs/law.md anew")

func load(t testing.TB) *law.Data {
	t.Helper()
	d, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// on is a day in Amsterdam at eleven.
func on(t testing.TB, day string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15", day+" 11", calendar.Amsterdam)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// golden compares with a file, or writes it with -update.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path) // #nosec G304 -- a file of this test
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; if that is right, run: go test ./internal/law -update\n%s", path, diff)
	}
}

// Requirement: S4-23, S1-10
// That a suspect may be a minor is law data: by date, with its source.
//
// Requirement: S2-2
func TestASuspectedMinorIsLawData(t *testing.T) {
	d := load(t)
	at := func(day string) law.Minor {
		m, err := d.SuspectedMinor(on(t, day))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if m := at("2027-03-22"); !m.Verified() || m.Under != 14 || m.Title.NL != "mogelijk minderjarig" || d.ArticleName(m.Article, on(t, "2027-03-22")).EN == "" {
		t.Errorf("%+v", m)
	}
	if m := at("2025-06-30"); m.Verified() {
		t.Errorf("the text before 1 July 2025 counts as read: %+v", m)
	}
}

func TestOffences(t *testing.T) {
	d, day := load(t), on(t, "2027-03-22")
	for _, c := range []struct{ id, klacht, ground string }{
		{"285d", "no", "b"},
		{"285-1", "no", "b"},
		{"285-2", "no", "a"},
		{"285b", "yes", "b"},
		{"284", "conditional", "b"},
		{"179", "no", "a"},
		{"317", "no", "a"},
		{"318", "yes", "a"},
		{"131", "no", "a"},
		{"132", "no", "b"},
		{"261", "conditional", ""},
		{"262", "conditional", ""},
		{"266", "yes", ""},
		{"267", "no", ""},
		{"137c", "no", ""},
		{"137c-3", "no", "b"},
		{"137d-1", "no", "b"},
		{"137d-2", "no", "a"},
		{"254ba", "no", "b"},
		{"252", "no", "a"},
		{"231b", "no", "a"},
		{"138ab", "no", "not looked up"},
		{"188", "conditional", ""}, // the table's cell is empty: nobody looked
		{"268", "conditional", ""},
		{"184a", "conditional", "b"},
	} {
		o, err := d.Offence(c.id, day)
		if err != nil {
			t.Error(err)
			continue
		}
		if o.Remand.Listed && o.Remand.Ground == "" {
			o.Remand.Ground = "not looked up"
		}
		if o.Klacht.Needed != c.klacht || o.Remand.Ground != c.ground {
			t.Errorf("%s: klacht %s, ground %q; want %s, %q", c.id, o.Klacht.Needed, o.Remand.Ground, c.klacht, c.ground)
		}
		if ok, err := d.Eligible(c.id, day); err != nil || ok != (c.ground != "" && o.Remand.Verified()) {
			t.Errorf("%s opens the order route: %v, %v", c.id, ok, err)
		}
		if d.ArticleName(o.Article, day).NL == "" {
			t.Errorf("%s: its article has no name", c.id)
		}
	}
	if n := len(d.Offences(day)); n != 25 {
		t.Errorf("%d offences on %s", n, day)
	}
}

// Requirement: S2-22
func TestOffencesFollowTheDateOfTheAct(t *testing.T) {
	d := load(t)
	lastDay := on(t, "2023-12-31")
	if _, err := d.Offence("285d", lastDay); takedown.KindOf(err) != takedown.NotFound {
		t.Errorf("285d on the last day of 2023: %v", err)
	}
	if o, err := d.Offence("285d", on(t, "2024-01-01")); err != nil || !o.Verified() {
		t.Errorf("285d on its first day: %+v, %v", o, err)
	}
	// 23:30 UTC on 31 December is the first of January in Amsterdam.
	if _, err := d.Offence("285d", time.Date(2023, 12, 31, 23, 30, 0, 0, time.UTC)); err != nil {
		t.Error(err)
	}
	o, err := d.Offence("285-1", lastDay)
	if err != nil || o.Verified() {
		t.Errorf("a threat of before 2024 is known, but not verified: %+v, %v", o, err)
	}
}

// Requirement: S1-17, S3-11
func TestLidTwoIsTheClosedListOnly(t *testing.T) {
	d, day := load(t), on(t, "2027-03-22")
	g, err := d.CapacityGroup("285d-2", day)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, m := range g.Members {
		codes = append(codes, m.Code)
		if ok, err := d.Aggravated("285d", m.Code, day); err != nil || !ok {
			t.Errorf("%s: %v, %v", m.Code, ok, err)
		}
	}
	want := []string{
		"minister", "staatssecretaris", "commissaris_koning", "gedeputeerde", "burgemeester", "wethouder", "volksvertegenwoordiger",
		"rechterlijk_ambtenaar", "advocaat", "journalist", "ambtenaar_politie", "boa",
	}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Error(diff)
	}
	for _, code := range []string{law.NoneOfLid2, "hulpverlener", "huisarts", ""} {
		if ok, err := d.Aggravated("285d", code, day); err != nil || ok {
			t.Errorf("%q: %v, %v", code, ok, err)
		}
	}
	if ok, err := d.Aggravated("285b", "minister", day); err != nil || ok {
		t.Errorf("285b has no list: %v, %v", ok, err)
	}
}

func TestNoFineStandsInTheData(t *testing.T) {
	names, err := filepath.Glob("data/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name) // #nosec G304 -- our own data
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"EUR", "€", "euro", "geldboete", "22.500", "22,500", "vierde categorie", "vijfde categorie"} {
			if strings.Contains(string(raw), word) {
				t.Errorf("%s holds %q", name, word)
			}
		}
	}
}

func TestServices(t *testing.T) {
	d, day := load(t), on(t, "2027-03-22")
	for _, c := range []struct {
		kind        string
		small, vlop bool
		has, hasNot []string
		facts       []string
	}{
		{"mere_conduit", false, false, []string{"9", "15"}, []string{"16", "20"}, nil},
		{"hosting", false, false, []string{"16", "17", "18"}, []string{"20", "33-43"}, nil},
		{"online_platform", false, false, []string{"16", "20", "23"}, []string{"33-43", "24(3)"}, []string{law.FactOnlinePlatform}},
		{"online_platform", true, false, []string{"16", "18", "24(3)"}, []string{"20", "21", "22", "23", "24"}, nil},
		{"online_platform", false, true, []string{"20", "33-43"}, nil, []string{law.FactOnlinePlatform}},
		{"messaging", false, false, []string{"12"}, []string{"16", "20"}, nil},
		{"registrar", false, false, []string{"12"}, []string{"16", "20"}, nil},
		{"search_engine", false, true, []string{"12", "33-43"}, []string{"20"}, nil},
		{"unknown", false, false, nil, []string{"9"}, nil},
	} {
		got := d.DSAArticles(c.kind, c.small, c.vlop, day)
		for _, a := range c.has {
			if !slices.Contains(got, a) {
				t.Errorf("%s %v %v lacks art. %s: %v", c.kind, c.small, c.vlop, a, got)
			}
		}
		for _, a := range c.hasNot {
			if slices.Contains(got, a) {
				t.Errorf("%s %v %v has art. %s: %v", c.kind, c.small, c.vlop, a, got)
			}
		}
		if diff := cmp.Diff(c.facts, d.Facts(c.kind, c.small, c.vlop, day)); diff != "" {
			t.Errorf("%s %v %v: %s", c.kind, c.small, c.vlop, diff)
		}
	}
}

// Each outcome has a code of the transparency database or says why not, each
// code there has an outcome or says why not, and the codes are all that the
// database has (features.md §1.7; app/Models/Statement.php).
func TestOutcomesAreApartAndMapped(t *testing.T) {
	d, day := load(t), on(t, "2027-03-22")
	want := map[string]string{
		"removed": "DECISION_VISIBILITY_CONTENT_REMOVED", "geo_blocked": "DECISION_VISIBILITY_CONTENT_DISABLED", "login_walled": "DECISION_VISIBILITY_OTHER",
		"edited": "DECISION_VISIBILITY_OTHER", "account_suspended": "DECISION_ACCOUNT_SUSPENDED", "account_terminated": "DECISION_ACCOUNT_TERMINATED",
		"demoted": "DECISION_VISIBILITY_CONTENT_DEMOTED", "delisted": "DECISION_VISIBILITY_CONTENT_DEMOTED", "age_restricted": "DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED",
		"interaction_restricted": "DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED", "labelled": "DECISION_VISIBILITY_CONTENT_LABELLED",
		"author_removed": "", "still_online": "", "monitored": "", "no_action": "", "registered_only": "", "referred": "", "unknown_confidential": "",
	}
	for _, o := range d.Outcomes(day) {
		code, known := want[o.ID]
		if !known || o.DSACode != code || (code == "") == (o.NoCode == law.Text{}) {
			t.Errorf("%s: %q, %+v", o.ID, o.DSACode, o.NoCode)
		}
		delete(want, o.ID)
	}
	if len(want) > 0 {
		t.Errorf("no outcome %v", want)
	}
	back := map[string]string{
		"VISIBILITY_CONTENT_REMOVED": "removed", "VISIBILITY_CONTENT_DISABLED": "geo_blocked", "VISIBILITY_CONTENT_DEMOTED": "demoted",
		"VISIBILITY_CONTENT_AGE_RESTRICTED": "age_restricted", "VISIBILITY_CONTENT_INTERACTION_RESTRICTED": "interaction_restricted",
		"VISIBILITY_CONTENT_LABELLED": "labelled", "VISIBILITY_OTHER": "", "MONETARY_SUSPENSION": "", "MONETARY_TERMINATION": "", "MONETARY_OTHER": "",
		"PROVISION_PARTIAL_SUSPENSION": "", "PROVISION_TOTAL_SUSPENSION": "account_suspended", "PROVISION_PARTIAL_TERMINATION": "",
		"PROVISION_TOTAL_TERMINATION": "account_terminated", "ACCOUNT_SUSPENDED": "account_suspended", "ACCOUNT_TERMINATED": "account_terminated",
	}
	for _, v := range d.Decisions(day) {
		outcome, known := back[strings.TrimPrefix(v.ID, "DECISION_")]
		if !known || v.Outcome != outcome || (outcome == "") == (v.None == law.Text{}) {
			t.Errorf("%s: %q, %+v", v.ID, v.Outcome, v.None)
		}
		delete(back, strings.TrimPrefix(v.ID, "DECISION_"))
	}
	if len(back) > 0 {
		t.Errorf("no decision %v", back)
	}
	if _, err := d.Outcome("gone", day); takedown.KindOf(err) != takedown.NotFound {
		t.Error(err)
	}
}

// A text is verified from the first copy in which it was read, not before.
func TestWhatWasNotReadIsNotVerified(t *testing.T) {
	d := load(t)
	for _, c := range []struct {
		id, day  string
		verified bool
	}{
		{"285d", "2024-01-01", true},
		{"285b", "2025-12-31", false},
		{"285b", "2026-01-01", true},
		{"137c", "2025-12-31", false},
		{"137c", "2026-01-01", true},
		{"137c-3", "2025-12-31", false},
		{"137c-3", "2026-01-01", true},
		{"261", "2024-01-01", true},
	} {
		o, err := d.Offence(c.id, on(t, c.day))
		if err != nil || o.Verified() != c.verified || o.Klacht.Verified() != c.verified {
			t.Errorf("%s on %s: %v, %v", c.id, c.day, o.Verified(), err)
		}
	}
}

// Requirement: S2-10, S2-26
func TestWhatDependsOnTheEmployer(t *testing.T) {
	d, day := load(t), on(t, "2027-03-22")
	for kind, want := range map[string]law.Employer{
		"police":       {Role: "employer", PublicBody: true, PublicTask: true, FreezeThrough: law.OwnDesk},
		"care":         {PublicTask: true, FreezeThrough: "handling_officer"},
		"municipality": {Role: "employer", PublicBody: true, PublicTask: true, FreezeThrough: "handling_officer"},
		"school":       {Role: "employer", PublicBody: true, PublicTask: true, FreezeThrough: "handling_officer"},
		"other":        {PublicBody: true, FreezeThrough: "handling_officer"}, // a ministry
	} {
		e, err := d.Employer(kind, day)
		want.Record, want.Title = e.Record, e.Title
		if err != nil || e != want {
			t.Errorf("%s: %+v, %v", kind, e, err)
		}
	}
	if n := len(d.Employers(day)); n != 5 {
		t.Errorf("%d kinds", n)
	}
}

func TestShowFindsEveryRecord(t *testing.T) {
	d, day := load(t), on(t, "2027-03-22")
	for _, id := range []string{"C5", "P1", "285d", "hoster", "removed", "R7", "285d-2", "online_platform", "evidence", "sv125p", "mailed", "municipality", "DECISION_ACCOUNT_SUSPENDED"} {
		v, err := d.Show(id, day)
		if err != nil {
			t.Error(err)
			continue
		}
		raw, err := json.Marshal(v)
		if err != nil || !strings.Contains(string(raw), `"id":"`+id+`"`) || !strings.Contains(string(raw), `"source":"`) {
			t.Errorf("%s: %s, %v", id, raw, err)
		}
	}
	if _, err := d.Show("nothing", day); takedown.KindOf(err) != takedown.NotFound {
		t.Error(err)
	}
	if n := len(d.Routes(day)); n != 15 {
		t.Errorf("%d routes", n)
	}
	if d.ArticleName("nothing", day) != (law.Text{}) {
		t.Error("an unknown article has a name")
	}
}

func TestOnlyWhatWasReadIsVerified(t *testing.T) {
	for flag, want := range map[string]bool{
		"[V]": true, "[V: SR26/SV25]": true, "[V: SR26/SV25] adjacent": true, "[V-sec: a blog]": false, "[own]": false, "[infer]": false,
		"[V: DSA] [own]": false, "": false,
	} {
		if got := (law.Record{Flag: flag}).Verified(); got != want {
			t.Errorf("%q: %v", flag, got)
		}
	}
}

// A text may leave for as many days as the data say of its instrument.
func TestSendBy(t *testing.T) {
	d := load(t)
	for instrument, want := range map[string]string{"T1": "2027-03-29", "T4": "2027-03-31", "T7": "2027-04-02", "T10": "2027-04-23"} {
		got, err := d.SendBy(instrument, time.Date(2027, 3, 25, 23, 30, 0, 0, time.UTC)) // the 26th in Amsterdam
		if err != nil {
			t.Fatal(err)
		}
		if last := got.In(calendar.Amsterdam).Format(time.DateTime); last != want+" 23:59:59" {
			t.Errorf("%s leaves by %s, want %s", instrument, last, want)
		}
	}
	if _, err := d.SendBy("T99", time.Date(2027, 3, 25, 0, 0, 0, 0, time.UTC)); takedown.KindOf(err) != takedown.NotFound {
		t.Errorf("an unknown instrument: %v", err)
	}
}
