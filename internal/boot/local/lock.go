package local

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/ontdox/takedown/internal/takedown"
)

// lock takes the data directory for this process alone. The system gives it
// back when the process ends, however it ends: holding it proves that the
// former process is gone.
func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: "the data directory cannot be written", Err: err}
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(takedown.Errorf(takedown.Conflict, "Locked", "another takedown serves %s: stop it first, or use another --data", dir), f.Close())
	}
	return f, nil
}
