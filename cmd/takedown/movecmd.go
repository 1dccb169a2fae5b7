package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/ontdox/takedown/internal/boot/cloudmove"
	"github.com/ontdox/takedown/internal/boot/local"
	"github.com/ontdox/takedown/internal/moving"
	"github.com/ontdox/takedown/internal/takedown"
)

// deployed says which deployment an export or an import is about.
type deployed struct {
	installation
	Shape       string `enum:"embedded,aws" default:"embedded" help:"embedded: a data directory here. aws: a deployment, with your own AWS credentials."`
	Stack       string `default:"takedown" help:"aws: the CloudFormation stack."`
	Region      string `env:"AWS_REGION" default:"eu-west-1" help:"aws: the stack's region."`
	Environment string `placeholder:"FILE" help:"aws: the environment of the stack's functions as JSON, in place of --stack; local-cloud up writes operator.json."`
	Seal        string `required:"" placeholder:"KEYFILE" help:"The archive's own key. Keep it apart from the archive: the two together open everything."`
}

// get reads a variable of the deployment on AWS.
func (s deployed) get(ctx context.Context) (func(string) string, error) {
	if s.Environment != "" {
		b, err := os.ReadFile(s.Environment)
		if err != nil {
			return nil, err
		}
		env := map[string]string{}
		if err := json.Unmarshal(b, &env); err != nil {
			return nil, fmt.Errorf("%s holds no environment: %w", s.Environment, err)
		}
		return func(name string) string {
			if v, ok := env[name]; ok {
				return v
			}
			return os.Getenv(name)
		}, nil
	}
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(s.Region))
	if err != nil {
		return nil, err
	}
	return cloudmove.Environment(ctx, cfg, s.Stack)
}

// exportCmd writes a whole deployment into a sealed archive.
type exportCmd struct {
	deployed
	File string `arg:"" help:"The archive to write; it must not exist."`
}

// Run writes the archive whole or not at all. Where the key file is missing it
// is made.
func (c *exportCmd) Run(ctx context.Context, term terminal) error {
	if _, err := os.Stat(c.File); err == nil {
		return fmt.Errorf("%s exists already", c.File)
	}
	key, err := moving.ReadKey(c.Seal)
	made := err != nil && takedown.KindOf(err) == takedown.NotFound
	if made {
		key, err = moving.MakeKey(c.Seal)
	}
	if err != nil {
		return err
	}
	var n moving.Counts
	err = writeWhole(c.File, func(w io.Writer) error {
		if c.Shape == "aws" {
			get, err := c.get(ctx)
			if err != nil {
				return err
			}
			n, err = cloudmove.Export(ctx, get, w, key)
			return err
		}
		if _, err := os.Stat(c.Data); err != nil {
			return fmt.Errorf("%s holds no installation: name its directory with --data", c.Data)
		}
		app, err := local.Open(ctx, c.config(slog.New(slog.DiscardHandler)))
		if err != nil {
			return err
		}
		n, err = app.Export(ctx, w, key)
		return errors.Join(err, app.Close())
	})
	if err != nil {
		if made { // seals nothing
			err = errors.Join(err, os.Remove(c.Seal))
		}
		return err
	}
	_, err = fmt.Fprintf(term.out, "exported: %d rows, %d signed heads and %d blobs in %s, sealed under %s\n", n.Rows, n.Heads, n.Blobs, c.File, c.Seal)
	return err
}

// importCmd reads an archive into an empty deployment.
type importCmd struct {
	deployed
	File string `arg:"" help:"The archive."`
}

// Run reads the archive; what was stopped may be run again.
func (c *importCmd) Run(ctx context.Context, term terminal) error {
	key, err := moving.ReadKey(c.Seal)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	var in moving.Imported
	if c.Shape == "aws" {
		get, err := c.get(ctx)
		if err != nil {
			return err
		}
		in, err = cloudmove.Import(ctx, get, f, key)
		if err != nil {
			return err
		}
	} else if in, err = local.Import(ctx, c.config(slog.New(slog.DiscardHandler)), f, key); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(term.out, "imported: %d rows, %d signed heads and %d blobs; %d executions go on in their next generation\n",
		in.Counts.Rows, in.Counts.Heads, in.Counts.Blobs, in.Revived); err != nil {
		return err
	}
	return sayReport(term.out, in.Report)
}
