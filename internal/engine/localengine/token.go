package localengine

import (
	"encoding/base64"
	"encoding/binary"
	"io"

	"github.com/ontdox/takedown/internal/takedown"
)

// A token is the execution's row, the task's number and 16 random bytes, so
// that completing needs no table of tokens.

const tokenSize = 32

func (e *Engine) newToken(row, task int64) string {
	var b [tokenSize]byte
	binary.BigEndian.PutUint64(b[:], uint64(row))   //nolint:gosec // a row is positive
	binary.BigEndian.PutUint64(b[8:], uint64(task)) //nolint:gosec // so is a task's number
	if _, err := io.ReadFull(e.o.Rand, b[16:]); err != nil {
		// Without randomness nothing may go out that could be guessed.
		panic("localengine: no randomness: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func readToken(s string) (row, task int64, err error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != tokenSize {
		return 0, 0, takedown.Errorf(takedown.Invalid, "InvalidToken", "This is not a task token.")
	}
	row, task = int64(binary.BigEndian.Uint64(b)), int64(binary.BigEndian.Uint64(b[8:])) //nolint:gosec // checked next
	if row <= 0 || task <= 0 {
		return 0, 0, takedown.Errorf(takedown.Invalid, "InvalidToken", "This is not a task token.")
	}
	return row, task, nil
}

func errTimedOut() error {
	return takedown.Errorf(takedown.Conflict, "TaskTimedOut", "The task of this token is closed.")
}

func errNoTask() error {
	return takedown.Errorf(takedown.NotFound, "TaskDoesNotExist", "There is no task of this token.")
}
