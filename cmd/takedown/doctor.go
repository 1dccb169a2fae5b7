package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/boot/cloudcheck"
	"github.com/ontdox/takedown/internal/boot/local"
)

// doctorCmd looks whether an installation is whole; of a deployment on AWS, at
// what CloudFormation cannot put right (docs/operations.md).
type doctorCmd struct {
	installation
	Shape  string `enum:"embedded,aws" default:"embedded" help:"embedded: a data directory here. aws: a deployment, with your own AWS credentials."`
	Stack  string `default:"takedown" help:"aws: the CloudFormation stack."`
	Region string `env:"AWS_REGION" default:"eu-west-1" help:"aws: the stack's region."`
	JSON   bool   `help:"embedded: what was found, as JSON."`
	Token  string `env:"TAKEDOWN_TOKEN" help:"aws: a coordinator's token for the API; better in the environment."`
}

// Run says what it found.
func (c *doctorCmd) Run(ctx context.Context, term terminal) error {
	if c.Shape == "aws" && c.JSON {
		return usagef("--json goes with --shape embedded")
	}
	if c.Shape == "aws" {
		return c.lookAtAWS(ctx, term)
	}
	return c.beside(ctx, func(app *local.App) error {
		now, err := app.Service.Now(ctx)
		if err != nil {
			return err
		}
		if !c.JSON {
			fmt.Fprintf(term.out, "database and key file: ok\ncase time: %s\n", now.Format(time.RFC3339))
		}
		rep, err := app.Verify(ctx, audit.Options{})
		if err != nil {
			return err
		}
		if c.JSON {
			return writeIndented(term.out, doctored{true, now, reportOf(rep)})
		}
		return sayReport(term.out, rep)
	})
}

// doctored is what doctor found of a data directory that it could open.
type doctored struct {
	OK       bool      `json:"ok"`
	CaseTime time.Time `json:"caseTime"`
	History  verified  `json:"history"`
}

// lookAtAWS prints a line for each point, by its number in docs/operations.md.
func (c *doctorCmd) lookAtAWS(ctx context.Context, term terminal) error {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(c.Region), config.WithRetryMaxAttempts(2))
	if err != nil {
		return err
	}
	left := 0
	for _, f := range cloudcheck.Look(ctx, cloudcheck.Config{
		AWS: cfg, Stack: c.Stack, Token: c.Token, HTTP: &http.Client{Timeout: 20 * time.Second}, DNS: net.DefaultResolver, Now: time.Now,
	}) {
		if f.State != cloudcheck.Good {
			left++
		}
		if _, err := fmt.Fprintf(term.out, "%2d. %s: %s: %s\n", f.No, f.Name, f.State, f.Detail); err != nil {
			return err
		}
	}
	if left > 0 {
		return fmt.Errorf("%d points are not in order; docs/operations.md has each by its number", left)
	}
	return nil
}
