// Package mailing gives a function the mailer. Only functions that may mail
// have it.
package mailing

import (
	"context"
	"time"

	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/mail/sesmail"
	"github.com/ontdox/takedown/internal/mail/smtpmail"
)

// The part's variables: exactly one is set, on AWS the first.
const (
	// SES names the configuration set, by which the mail service's events come
	// back.
	SES = "TAKEDOWN_SES_CONFIGURATION"
	// SMTP is smtp[s]://user@host:port; the user's password stands in
	// TAKEDOWN_SMTP_PASSWORD.
	SMTP = "TAKEDOWN_SMTP"
)

// Part is the mailer of documents, with what they enclose: a mandate, which is
// sealed evidence, goes along with the letter that rests on it.
func Part() cloud.Part {
	return cloud.Part{Read: func(e *cloud.Environment, c cloud.Config) func(context.Context, *cloud.Build) error {
		e.Needed(cloud.EvidenceBucket)
		return read(e, c)
	}}
}

// Digests is the mailer of what reads worklists and mails the organisation's own
// people: it opens no case, has no blobs and wakes nothing.
func Digests() cloud.Part { return cloud.Part{Narrow: true, Read: read} }

func read(e *cloud.Environment, _ cloud.Config) func(context.Context, *cloud.Build) error {
	ses, smtp := e.Optional(SES), e.Optional(SMTP)
	switch {
	case ses == "" && smtp == "":
		e.Wrong(SES, "is not set")
	case ses != "" && smtp != "":
		e.Wrong(SMTP, "and "+SES+" are both set")
	case smtp != "":
		m, err := smtpmail.New(smtpmail.Options{URL: smtp, Password: e.Optional("TAKEDOWN_SMTP_PASSWORD"), HostNow: time.Now})
		if err != nil {
			e.Wrong(SMTP, "cannot be used: "+err.Error())
		}
		return func(_ context.Context, b *cloud.Build) error {
			b.Deps.Mailer = m
			return nil
		}
	}
	return func(_ context.Context, b *cloud.Build) error {
		var err error
		b.Deps.Mailer, err = sesmail.New(b.AWS, sesmail.Options{Configuration: ses, HostNow: time.Now})
		return err
	}
}
