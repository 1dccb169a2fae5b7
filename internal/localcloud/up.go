package localcloud

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/ontdox/takedown/internal/witness"
)

// Platform is the services that a deployment runs on, started for it alone.
type Platform struct {
	On Services

	cache   witness.Cache
	running witness.Running
}

// StartPlatform installs and starts DynamoDB Local, LocalStack and moto. Stop
// ends them.
func StartPlatform(ctx context.Context, cache witness.Cache) (*Platform, error) {
	running, err := cache.StartAll(ctx, witness.DynamoDBLocal, witness.LocalStack, witness.Moto)
	if err != nil {
		return nil, err
	}
	p := &Platform{cache: cache, running: running}
	p.On = Services{p.service(witness.DynamoDBLocal).Endpoint, p.service(witness.LocalStack).Endpoint, p.service(witness.Moto).Endpoint}
	return p, nil
}

func (p *Platform) service(name string) *witness.Service {
	return p.running[slices.IndexFunc(p.running, func(s *witness.Service) bool { return s.Name == name })]
}

// Stop ends the services.
func (p *Platform) Stop() { p.running.Stop() }

// Keep starts LocalStack again whenever it ends, at the same address, and calls
// lost then: its machines and executions are gone. It returns when ctx ends, or
// with an error when it cannot be brought back, or when one of the others ends:
// what those held is lost for good.
func (p *Platform) Keep(ctx context.Context, lost func(context.Context) error) error {
	for {
		stack := p.service(witness.LocalStack)
		select {
		case <-ctx.Done():
			return nil
		case <-p.service(witness.DynamoDBLocal).Exited():
			return errors.New("DynamoDB Local ended, and the table with it")
		case <-p.service(witness.Moto).Exited():
			return errors.New("moto ended, and the blobs with it")
		case <-stack.Exited():
		}
		if ctx.Err() != nil {
			return nil
		}
		if err := p.replace(ctx, stack); err != nil {
			return fmt.Errorf("bring LocalStack back: %w", err)
		}
		if err := lost(ctx); err != nil {
			return fmt.Errorf("go on after LocalStack was lost: %w", err)
		}
	}
}

func (p *Platform) replace(ctx context.Context, old *witness.Service) error {
	port, err := old.Port()
	if err != nil {
		return err
	}
	old.Stop()
	fresh, err := p.cache.StartAt(ctx, witness.LocalStack, port)
	if err != nil {
		return err
	}
	p.running[slices.Index(p.running, old)] = fresh
	return nil
}

// Prepare translates a checkout's template and compiles its functions.
func Prepare(ctx context.Context, cache witness.Cache, root string) (t *Template, bin string, err error) {
	file := filepath.Join(root, "infra", "template.yaml")
	if _, err := os.Stat(file); err != nil { // before minutes of installing
		return nil, "", fmt.Errorf("%w: run it in a checkout, or name one with --root", err)
	}
	if err := cache.Install(ctx, witness.SAM); err != nil {
		return nil, "", err
	}
	say := cache.Progress
	if say == nil {
		say = func(string) {}
	}
	say("reading infra/template.yaml with the SAM translator")
	if t, err = Translate(ctx, cache.Path(witness.SAM, "bin", "python"), file); err != nil {
		return nil, "", err
	}
	say("compiling the functions")
	bin, err = Build(ctx, root, cache.Dir)
	return t, bin, err
}
