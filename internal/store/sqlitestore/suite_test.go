package sqlitestore_test

import (
	"path/filepath"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/store/sqlitestore"
	"github.com/ontdox/takedown/internal/store/storetest"
)

// open opens a store on a file and closes it with the test.
func open(t testing.TB, path string, opt sqlitestore.Options) *sqlitestore.Store {
	t.Helper()
	s, err := sqlitestore.Open(path, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestSuite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) casework.Store {
		return open(t, filepath.Join(t.TempDir(), "takedown.db"), sqlitestore.Options{})
	})
}
