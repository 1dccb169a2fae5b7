package casework_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/directory"
)

// seeded are the addressees that the program knows of.
func seeded(t *testing.T) map[string]casework.ContactInput {
	t.Helper()
	seed, err := directory.Seed()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]casework.ContactInput{}
	for _, raw := range seed.Contacts {
		var c struct {
			ID string `json:"id"`
			casework.ContactInput
		}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&c); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if _, twice := out[c.ID]; twice {
			t.Fatalf("%s stands there twice", c.ID)
		}
		out[c.ID] = c.ContactInput
	}
	return out
}

// Every addressee of the seed is taken by the register, together, and none of
// them counts as verified: each fact says where it was read and how far it was
// checked.
func TestTheSeedFitsTheRegister(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	all := seeded(t)
	for id, in := range all {
		v, err := f.s.PutContact(ctx, specialist, id, in, 0)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if !v.Stale || !in.LastVerified.IsZero() {
			t.Errorf("%s counts as verified", id)
		}
		if in.Profile == nil || len(in.Profile.Facts) == 0 {
			t.Errorf("%s says of nothing where it was read", id)
		}
		if in.Form != nil && !strings.HasPrefix(in.Form.URL, "https://") {
			t.Errorf("%s: form %s", id, in.Form.URL)
		}
		for _, body := range in.Profile.DisputeBodies {
			if all[body].Kind != "dispute_body" {
				t.Errorf("%s names %s as a dispute body", id, body)
			}
		}
	}
	kinds := map[string]int{}
	for _, in := range all {
		kinds[in.Kind]++
	}
	if kinds["platform"]+kinds["search_engine"] < 12 || kinds["hoster"] < 5 || kinds["police_unit"] == 0 || kinds["authority"] < 2 {
		t.Errorf("kinds %v", kinds)
	}
}

// A limit that nobody read is not invented: only Cloudflare's published ones
// stand in the seed (channels.md §7).
func TestTheSeedInventsNoLimit(t *testing.T) {
	t.Parallel()
	for id, in := range seeded(t) {
		if in.Form == nil || id == "contact_cloudflare" {
			continue
		}
		if in.Form.MaxItems != 0 {
			t.Errorf("%s says how many items its form takes", id)
		}
		for _, field := range in.Form.Fields {
			if field.Limit != 0 {
				t.Errorf("%s: %s has a limit", id, field.Name)
			}
		}
	}
}
