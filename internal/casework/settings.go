package casework

import (
	"context"
	"fmt"
	"net/mail"
	"strings"

	"github.com/ontdox/takedown/internal/takedown"
)

// settingsID is the one settings row.
const settingsID = "settings_org"

// settings reads the organisation's settings; empty ones before they are set.
func (t *tx) settings() (*takedown.Settings, error) {
	set, err := find[takedown.Settings](t, settingsID)
	if err == nil && set == nil {
		set = &takedown.Settings{Meta: takedown.Meta{ID: settingsID}}
	}
	return set, err
}

// SettingsInput is the body of PUT /v1/settings.
type SettingsInput struct {
	Organisation    OrganisationInput  `json:"organisation"`
	Mail            MailSettings       `json:"mail,omitzero"`
	PoliceUnit      string             `json:"policeUnit,omitempty" maxLength:"60" doc:"A contact's id."`
	KillSwitch      bool               `json:"killSwitch,omitempty" doc:"While on, nothing is sent."`
	RedirectTo      string             `json:"redirectTo,omitempty" maxLength:"254" doc:"Test redirect: every mail goes here and starts no clock."`
	QuietHours      *QuietHours        `json:"quietHours,omitempty"`
	PhoneApproval   *PhoneSettings     `json:"phoneApproval,omitempty" doc:"Without it nobody approves by phone."`
	ReminderSpacing int                `json:"reminderSpacing,omitempty" minimum:"0" maximum:"90" doc:"Days."`
	DeputyAfter     int                `json:"deputyAfterHours,omitempty" minimum:"0" maximum:"168" doc:"Hours after which an approval, filing, posting or handover that waits is raised to the coordinator, who finds a deputy; one hour at most in an urgent case. 0: never."`
	RegistriesOff   bool               `json:"registriesOff,omitempty" doc:"While on, nobody asks the registries of domains and addresses who holds a host: a person looks."`
	ContactDays     int                `json:"contactDays,omitempty" minimum:"0" maximum:"1825" doc:"Days for which a contact that was verified is used without another look; 180 without. Our own policy."`
	Flagger         *takedown.OwnAward `json:"flagger,omitempty" doc:"The organisation's own award as a trusted flagger (art. 22(2) DSA); a notice speaks of it while it is in force."`
	ReportNorm      string             `json:"reportNorm,omitempty" maxLength:"500" doc:"What the organisation agreed with its people to report (S4-1): set the bar low."`
	Digest          *DigestSettings    `json:"digest,omitempty" doc:"Without it nobody gets a digest."`
	AnswerPage      *AnswerPage        `json:"answerPage,omitempty" doc:"Without it no letter names a page to answer on, and there is none."`
	Calendar        []HolidayInput     `json:"calendar,omitempty" doc:"Public holidays added to the calendars; a change counts every running clock again."`
}

// OrganisationInput is the organisation that this installation serves.
type OrganisationInput struct {
	Name          string `json:"name,omitempty" maxLength:"200"`
	Kind          string `json:"kind,omitempty" enum:"police,care,municipality,school,other"`
	Unit          string `json:"unit,omitempty" maxLength:"200"`
	Mailbox       string `json:"mailbox,omitempty" maxLength:"254"`
	Phone         string `json:"phone,omitempty" maxLength:"40"`
	DutyPhone     string `json:"dutyPhone,omitempty" maxLength:"40" doc:"Answered day and night, for prosecutor and examining judge; the police alone are given it."`
	PostalAddress string `json:"postalAddress,omitempty" maxLength:"300"`
	// SignatoryFunction stands under every letter, where no name does.
	SignatoryFunction string `json:"signatoryFunction,omitempty" maxLength:"100" doc:"Who signs, as a function: it stands under every letter. Never a name."`
	Language          string `json:"language,omitempty" enum:"nl,en" doc:"Of mail to its own people; nl without."`
}

// MailSettings say from whom mail goes and where answers arrive.
type MailSettings struct {
	From        string `json:"from,omitempty" maxLength:"254"`
	ReplyDomain string `json:"replyDomain,omitempty" maxLength:"253"`
	// UnmatchedDays is how long mail that is nobody's is kept; 90 without.
	UnmatchedDays int           `json:"unmatchedDays,omitempty" minimum:"0" maximum:"365" doc:"Days that mail which is nobody's is kept; 90 without."`
	DKIM          *DKIMSettings `json:"dkim,omitempty" doc:"Signs mail over SMTP (RFC 6376); a mail service signs by itself. Needs the key: TAKEDOWN_DKIM_KEY_FILE."`
	ContactRate   *ContactRate  `json:"contactRate,omitempty" doc:"How much mail one contact gets at most, over all cases; what is more waits its turn, urgent cases do not. Without it there is no bound."`
}

// QuietHours are hours in Amsterdam, "21:00", in which nothing leaves that is
// not urgent; they may run over midnight.
type QuietHours struct {
	From  string `json:"from" maxLength:"5"`
	Until string `json:"until" maxLength:"5"`
}

// SettingsView are the settings as read; Version 0 before they are set.
type SettingsView struct {
	SettingsInput
	Version int64 `json:"version"`
}

// GetSettings reads the settings. Roles: all but reporter.
func (s *Service) GetSettings(ctx context.Context, who takedown.Principal) (SettingsView, error) {
	if err := need(who, anyRole...); err != nil {
		return SettingsView{}, err
	}
	set, err := s.settingsNow(ctx)
	if err != nil {
		return SettingsView{}, err
	}
	v := viewSettings(set)
	v.Calendar, err = s.holidays(ctx, set.Calendar)
	return v, err
}

func viewSettings(set *takedown.Settings) SettingsView {
	v := SettingsView{Version: set.Version, SettingsInput: SettingsInput{
		Organisation: OrganisationInput(set.Organisation), Mail: viewMailSettings(set),
		PoliceUnit: set.PoliceUnit, KillSwitch: set.KillSwitch, RedirectTo: set.RedirectTo, ReminderSpacing: set.ReminderSpacing, DeputyAfter: set.DeputyAfter, ContactDays: set.ContactDays, RegistriesOff: set.RegistriesOff, ReportNorm: set.ReportNorm, Flagger: set.Flagger,
	}}
	if set.QuietFrom != "" {
		v.QuietHours = &QuietHours{set.QuietFrom, set.QuietUntil}
	}
	if set.Phone != nil {
		v.PhoneApproval = &PhoneSettings{set.Phone.Approvers, set.Phone.Minutes}
	}
	v.Digest = viewDigests(set.Digest)
	if set.AnswerPage != nil {
		v.AnswerPage = &AnswerPage{set.AnswerPage.Address, set.AnswerPage.Days}
	}
	return v
}

// PutSettings replaces the settings. version is the one the caller saw, 0 for
// the first. Every open wait looks at its plan again. Role: coordinator.
func (s *Service) PutSettings(ctx context.Context, who takedown.Principal, in SettingsInput, version int64) (SettingsView, error) {
	var out SettingsView
	if err := need(who, coordinatorOnly...); err != nil {
		return out, err
	}
	stream, err := s.streamOf(ctx, Key{KindSettings, settingsID})
	if err != nil {
		return out, err
	}
	err = s.write(ctx, who, who.As(coordinatorOnly...), stream, func(t *tx) error {
		set, err := t.settings()
		if err != nil {
			return err
		}
		if err := sameVersion(set.Version, version); err != nil {
			return err
		}
		if err := t.checkSettings(in); err != nil {
			return err
		}
		applySettings(set, in)
		if err := t.applyHolidays(set, in.Calendar); err != nil {
			return err
		}
		if err := t.put(set); err != nil {
			return err
		}
		// The plans of open tracks rest on settings, but live in other streams.
		if err := t.outbox(fmt.Sprintf("touch-all:settings:%d", set.Version+1), outboxTouchAll, struct{}{}); err != nil {
			return err
		}
		out = viewSettings(set)
		out.Version, out.Calendar = set.Version+1, in.Calendar
		return t.log("settings.changed", switches(set), []string{set.ID})
	})
	return out, err
}

// switches names what is loud while it is on.
func switches(set *takedown.Settings) string {
	var on []string
	if set.KillSwitch {
		on = append(on, "kill_switch")
	}
	if set.RedirectTo != "" {
		on = append(on, "redirect")
	}
	return strings.Join(on, ",")
}

func applySettings(set *takedown.Settings, in SettingsInput) {
	set.Organisation = takedown.Organisation(in.Organisation)
	set.MailFrom, set.ReplyDomain, set.PoliceUnit = in.Mail.From, in.Mail.ReplyDomain, in.PoliceUnit
	in.Mail.applyTo(set)
	set.KillSwitch, set.RedirectTo, set.ReminderSpacing = in.KillSwitch, in.RedirectTo, in.ReminderSpacing
	set.ContactDays, set.RegistriesOff = in.ContactDays, in.RegistriesOff
	set.Digest, set.ReportNorm = in.Digest.stored(), in.ReportNorm
	set.Flagger = ownAwardOf(in.Flagger)
	set.AnswerPage, set.DeputyAfter = in.AnswerPage.stored(), in.DeputyAfter
	set.QuietFrom, set.QuietUntil, set.Phone = "", "", nil
	if in.PhoneApproval != nil {
		set.Phone = &takedown.PhoneYes{Approvers: in.PhoneApproval.Approvers, Minutes: in.PhoneApproval.Minutes}
	}
	if in.QuietHours != nil {
		set.QuietFrom, set.QuietUntil = in.QuietHours.From, in.QuietHours.Until
	}
}

// sameVersion compares the version a caller saw with the one that stands.
func sameVersion(have, saw int64) error {
	if have == saw {
		return nil
	}
	return takedown.Errorf(takedown.Stale, "Stale", "it has changed since: read it again")
}

var organisationKinds = []string{"police", "care", "municipality", "school", "other"}

func (t *tx) checkSettings(in SettingsInput) error {
	var b bad
	o := in.Organisation
	if o.Kind != "" || o.Name != "" {
		b.oneOf("/organisation/kind", o.Kind, organisationKinds)
	}
	b.oneOf("/organisation/language", o.Language, []string{"", "nl", "en"})
	b.line("/organisation/name", o.Name, 200)
	b.line("/organisation/unit", o.Unit, 200)
	b.line("/organisation/phone", o.Phone, 40)
	b.line("/organisation/dutyPhone", o.DutyPhone, 40)
	b.line("/organisation/signatoryFunction", o.SignatoryFunction, 100)
	b.atMost("/organisation/postalAddress", o.PostalAddress, 300)
	b.mailbox("/organisation/mailbox", o.Mailbox)
	b.mailbox("/mail/from", in.Mail.From)
	b.mailbox("/redirectTo", in.RedirectTo)
	b.mailSettings(in.Mail, t.s.Mailer)
	if q := in.QuietHours; q != nil {
		b.hour("/quietHours/from", q.From)
		b.hour("/quietHours/until", q.Until)
	}
	b.phone(in.PhoneApproval)
	b.atMost("/reportNorm", in.ReportNorm, 500)
	b.ownAward(in.Flagger, t.now)
	b.digests(in)
	b.answerPage(in.AnswerPage)
	if in.DeputyAfter < 0 || in.DeputyAfter > maxDeputyHours {
		b.add("/deputyAfterHours", "0 to %d hours", maxDeputyHours)
	}
	if in.ReminderSpacing < 0 || in.ReminderSpacing > 90 {
		b.add("/reminderSpacing", "0 to 90 days")
	}
	if in.ContactDays < 0 || in.ContactDays > maxContactDays {
		b.add("/contactDays", "0 to %d days", maxContactDays)
	}
	b.holidays("/calendar", in.Calendar)
	if err := t.newApprovers(&b, in.PhoneApproval); err != nil {
		return err
	}
	if in.PoliceUnit != "" {
		unit, err := find[takedown.Contact](t, in.PoliceUnit)
		if err != nil {
			return err
		}
		if unit == nil || unit.Kind != "police_unit" {
			b.add("/policeUnit", "is no police unit of the register")
		}
	}
	return refuseAll(b.fields)
}

// line is a bounded text without line breaks or other control characters: it
// may end up in a mail's header.
func (b *bad) line(pointer, value string, limit int) {
	b.atMost(pointer, value, limit)
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		b.add(pointer, "must be one line without control characters")
	}
}

// mailbox is a bare mail address, or nothing.
func (b *bad) mailbox(pointer, value string) {
	if value == "" {
		return
	}
	a, err := mail.ParseAddress(value)
	if err != nil || a.Name != "" || a.Address != value || len(value) > 254 {
		b.add(pointer, "is no plain mail address")
	}
}

func (b *bad) hour(pointer, value string) {
	if _, ok := minutes(value); !ok || len(value) != 5 {
		b.add(pointer, "is no time of day like 21:00")
	}
}
