// Package witness installs and runs the services that are not ours and against
// which the shapes for AWS are proven: DynamoDB Local, dynoxide, LocalStack's
// Step Functions, moto, GreenMail; and it installs the programs that read
// infra/template.yaml. Versions are pinned here.
//
// Everything is kept in a cache outside the checkout and used again when it is
// there. Every service listens on a free port of 127.0.0.1 and is ended by
// whoever started it. None needs an account.
package witness

import (
	"fmt"
	"os"
	"path/filepath"
)

// Names of what can be installed. The first five are services.
const (
	DynamoDBLocal = "dynamodb-local"
	Dynoxide      = "dynoxide"
	LocalStack    = "localstack"
	Moto          = "moto"
	GreenMail     = "greenmail"
	SAM           = "sam" // the SAM command line and the translator
	CfnLint       = "cfn-lint"
	Checkov       = "checkov"
)

// Cache is a directory of installed tools, each in NAME-VERSION below it.
type Cache struct {
	Dir string
	// Progress, if set, is told what is being installed or started.
	Progress func(string)
}

// DefaultCache is ${XDG_CACHE_HOME:-~/.cache}/takedown.
func DefaultCache() (Cache, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return Cache{}, fmt.Errorf("no cache directory: %w", err)
	}
	return Cache{Dir: filepath.Join(dir, "takedown")}, nil
}
