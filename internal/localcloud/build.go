package localcloud

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Build compiles functions/* of a checkout for this machine, as they are
// compiled for Lambda, and gives the directory of the executables: one of the
// cache's own for this checkout. What is up to date is not linked again.
func Build(ctx context.Context, root, cache string) (string, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(root))
	dir := filepath.Join(cache, "functions-"+hex.EncodeToString(sum[:6]))
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", dir+string(filepath.Separator), "./functions/...") //nolint:gosec // a directory of the cache
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build functions/*: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return dir, nil
}
