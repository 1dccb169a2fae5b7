package casework

import (
	"regexp"
	"strings"

	"github.com/ontdox/takedown/internal/directory"
	"github.com/ontdox/takedown/internal/takedown"
)

// DKIMSettings name the published key that mail is signed with: the record
// SELECTOR._domainkey.DOMAIN.
type DKIMSettings struct {
	Domain   string `json:"domain" maxLength:"253" doc:"That of mail.from, or one above it: only so does the signature speak for the sender."`
	Selector string `json:"selector" maxLength:"63"`
}

// ContactRate bounds the mail to one contact.
type ContactRate struct {
	Mails   int `json:"mails" minimum:"1" maximum:"30"`
	Minutes int `json:"minutes" minimum:"1" maximum:"1440"`
}

func viewMailSettings(set *takedown.Settings) MailSettings {
	v := MailSettings{From: set.MailFrom, ReplyDomain: set.ReplyDomain, UnmatchedDays: set.UnmatchedDays}
	if set.DKIM != nil {
		v.DKIM = &DKIMSettings{set.DKIM.Domain, set.DKIM.Selector}
	}
	if set.ContactRate != nil {
		v.ContactRate = &ContactRate{set.ContactRate.Mails, set.ContactRate.Minutes}
	}
	return v
}

func (m MailSettings) applyTo(set *takedown.Settings) {
	set.UnmatchedDays, set.DKIM, set.ContactRate = m.UnmatchedDays, nil, nil
	if m.DKIM != nil {
		set.DKIM = &takedown.DKIM{Domain: strings.ToLower(m.DKIM.Domain), Selector: strings.ToLower(m.DKIM.Selector)}
	}
	if m.ContactRate != nil {
		set.ContactRate = &takedown.Rate{Mails: m.ContactRate.Mails, Minutes: m.ContactRate.Minutes}
	}
}

func (b *bad) mailSettings(in MailSettings, mailer Mailer) {
	if in.ReplyDomain != "" {
		if _, err := directory.Host(in.ReplyDomain); err != nil {
			b.add("/mail/replyDomain", "%s", publicDetail(err))
		}
	}
	if in.UnmatchedDays < 0 || in.UnmatchedDays > 365 {
		b.add("/mail/unmatchedDays", "0 to 365 days")
	}
	if r := in.ContactRate; r != nil {
		if r.Mails < 1 || r.Mails > maxRateMails {
			b.add("/mail/contactRate/mails", "1 to %d", maxRateMails)
		}
		if r.Minutes < 1 || r.Minutes > 1440 {
			b.add("/mail/contactRate/minutes", "1 to 1440")
		}
	}
	if in.DKIM != nil {
		b.dkim(*in.DKIM, in.From, mailer)
	}
}

var selectorForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

func (b *bad) dkim(in DKIMSettings, from string, mailer Mailer) {
	if !selectorForm.MatchString(in.Selector) {
		b.add("/mail/dkim/selector", "is no single label of a domain name")
	}
	_, sender, _ := strings.Cut(strings.ToLower(from), "@")
	domain := strings.ToLower(in.Domain)
	if _, err := directory.Host(domain); err != nil {
		b.add("/mail/dkim/domain", "%s", publicDetail(err))
	} else if sender != domain && !strings.HasSuffix(sender, "."+domain) {
		b.add("/mail/dkim/domain", "is neither the domain of mail.from nor one above it")
	}
	if m, ok := mailer.(interface{ Signs() bool }); ok && !m.Signs() {
		b.add("/mail/dkim", "this installation has no key to sign with: give one in TAKEDOWN_DKIM_KEY_FILE and start again")
	}
}

// signAs names the key that a mail is signed with, where the settings do.
func (m *Message) signAs(set *takedown.Settings) {
	if set.DKIM != nil {
		m.SignDomain, m.SignSelector = set.DKIM.Domain, set.DKIM.Selector
	}
}
