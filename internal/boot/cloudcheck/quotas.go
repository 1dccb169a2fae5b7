package cloudcheck

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
)

// What an account must let us do at the least. A new account has less.
const (
	// fewestConcurrent is how many functions must be able to run at once: those
	// of one minute's schedule, some API calls and the machines'.
	fewestConcurrent = 50
	// fewestOpen is how many executions must be able to be open: each open
	// track waits in one. The default is ten times that.
	fewestOpen = 100_000
	// fewestMails a day and slowestMail a second are five times and twice what
	// SES's sandbox sends.
	fewestMails = 1000
	slowestMail = 2
	// usedUp is the share of a day's mails from which more should be asked for.
	usedUp = 0.8
)

func lookSending(ctx context.Context, d *deployment) (State, string, error) {
	a, err := sesv2.NewFromConfig(d.AWS).GetAccount(ctx, &sesv2.GetAccountInput{})
	if err != nil {
		return "", "", err
	}
	q := a.SendQuota
	switch {
	case !a.ProductionAccessEnabled:
		return bad("the account is in SES's sandbox: ask for production access, or only verified addresses get mail")
	case !a.SendingEnabled:
		return bad("SES has sending switched off: its reputation page says why (%s)", aws.ToString(a.EnforcementStatus))
	case q == nil:
		return "", "", errors.New("production access, but the answer names no quota")
	case q.Max24HourSend < 0: // unlimited
		if q.MaxSendRate >= slowestMail {
			return good("production access, any number of mails a day, %.0f a second", q.MaxSendRate)
		}
	case q.SentLast24Hours > usedUp*q.Max24HourSend:
		return bad("%.0f of %.0f mails a day are used: ask for more in Service Quotas", q.SentLast24Hours, q.Max24HourSend)
	}
	if q.MaxSendRate < slowestMail || q.Max24HourSend >= 0 && q.Max24HourSend < fewestMails {
		return bad("%.0f mails a day and %.0f a second: ask for %d a day and %d a second or more in Service Quotas", q.Max24HourSend, q.MaxSendRate, fewestMails, slowestMail)
	}
	return good("production access, %.0f mails a day, %.0f a second", q.Max24HourSend, q.MaxSendRate)
}

func lookQuotas(ctx context.Context, d *deployment) (State, string, error) {
	a, err := lambda.NewFromConfig(d.AWS).GetAccountSettings(ctx, &lambda.GetAccountSettingsInput{})
	if err != nil {
		return "", "", err
	}
	if a.AccountLimit == nil {
		return "", "", errors.New("the answer names no limit")
	}
	n := a.AccountLimit.ConcurrentExecutions
	if n < fewestConcurrent {
		return bad("at most %d functions may run at once: ask for %d or more in Service Quotas", n, fewestConcurrent)
	}
	open, named, err := d.openExecutions(ctx)
	switch {
	case err != nil:
		return "", "", err
	case !named:
		return good("%d functions may run at once; Service Quotas names no limit of open executions, so the default, 1,000,000, holds", n)
	case open < fewestOpen:
		return bad("at most %.0f executions may be open, and each open track waits in one: ask for %d or more in Service Quotas (Step Functions)", open, fewestOpen)
	}
	return good("%d functions may run at once, %.0f executions be open", n, open)
}

// maxQuotaPages bounds a list that is read page by page.
const maxQuotaPages = 20

// openExecutions is Service Quotas' applied limit of open executions, if it
// names one. It is found by its words. Source: Service Quotas API reference,
// ListServiceQuotas.
func (d *deployment) openExecutions(ctx context.Context) (limit float64, named bool, err error) {
	ask := map[string]any{"ServiceCode": "states", "MaxResults": 100}
	for range maxQuotaPages {
		var a struct {
			NextToken string
			Quotas    []struct {
				QuotaName string
				Value     float64
			}
		}
		if err := d.rpc(ctx, quotas, "ListServiceQuotas", ask, &a); err != nil {
			return 0, false, err
		}
		for _, q := range a.Quotas {
			if strings.Contains(strings.ToLower(q.QuotaName), "open executions") {
				return q.Value, true, nil
			}
		}
		if a.NextToken == "" {
			return 0, false, nil
		}
		ask["NextToken"] = a.NextToken
	}
	return 0, false, errors.New("the list of quotas has no end")
}

// rpc calls an action of a service that speaks AWS's JSON protocol 1.1.
func (d *deployment) rpc(ctx context.Context, to service, action string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.endpoint(to), strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("X-Amz-Target", to.version+"."+action)
	if err := d.sign(ctx, req, string(body), to.signs); err != nil {
		return err
	}
	answer, err := d.answer(req)
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return json.Unmarshal(answer, out)
}
