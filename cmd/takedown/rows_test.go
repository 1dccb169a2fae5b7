package main

import (
	"database/sql"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// TestNoRowOverFourKilobytes looks at every row that the demo's story left:
// records, history, outbox, look-ups. What is longer is a sealed blob.
func TestNoRowOverFourKilobytes(t *testing.T) {
	p := playOnce(t)
	for table, size := range map[string]string{
		"records": "length(kind) + length(id) + length(stream) + length(body)",
		"lines":   "length(bytes)",
		"outbox":  "length(id) + length(payload)",
		"lookups": "length(space) + length(value) + length(kind) + length(id)",
		"places":  "length(idx) + length(part) + length(sort) + length(kind) + length(id)",
	} {
		var rows, longest int
		p.sql(func(db *sql.DB) error {
			return db.QueryRow("SELECT count(*), max("+size+") FROM "+table).Scan(&rows, &longest)
		})
		if rows == 0 || longest > casework.MaxRowBytes {
			t.Errorf("%s: %d rows, the longest has %d bytes of %d", table, rows, longest, casework.MaxRowBytes)
		}
	}
}
