package dynamostore_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/store/dynamostore"
)

// TestWhatIsPackedIsUnpacked: rows of an export go into the table's form and
// come back as they were, each once, in every partition of the log too.
func TestWhatIsPackedIsUnpacked(t *testing.T) {
	s := dynamostore.New(aws.Config{}, dynamostore.Options{Table: "none", LogPart: 4})
	at := time.Date(2027, 3, 22, 8, 0, 0, 0, time.UTC)
	record := casework.Record{Key: casework.Key{Kind: "case", ID: "case_1"}, Stream: "case_1", Version: 3, Body: []byte(`{}`), Index: []casework.IndexPlace{
		{Index: "due", Partition: "wait", Sort: "1"}, {Index: "cases", Partition: "open", Sort: "2"},
	}}
	out := casework.OutboxRow{ID: "wake_1", Kind: "start", Stream: "case_1", Payload: []byte("p"), At: at}
	for name, m := range map[string]casework.Moved{
		"head":      {Head: &casework.Revision{Stream: "case_1", N: 2, Entries: 3, Last: "ab"}},
		"record":    {Record: &casework.MovedRecord{Record: record}},
		"lookup":    {Lookup: &casework.Lookup{Space: "url", Value: "a#b", Ref: record.Key}},
		"answer":    {Answer: &casework.Finished{Key: "k", RequestMAC: "m", Status: 201, IDs: []string{"case_1"}, ExpiresAt: at}},
		"waiting":   {Outbox: &casework.MovedOutbox{OutboxRow: out}},
		"delivered": {Outbox: &casework.MovedOutbox{OutboxRow: out, Delivered: true}},
		"job":       {Job: &casework.MovedJob{ID: "look_1", Body: []byte("j")}},
		"result":    {Job: &casework.MovedJob{ID: "look_1", Result: true, Body: []byte("r")}},
		"hash":      {Hash: &audit.StoredHash{Index: 9, Hash: [32]byte{7}}},
		"log head":  {LogHead: &audit.LogHead{Version: 2, Size: 5, Note: []byte("n")}},
	} {
		rows, err := s.Pack(m)
		ok(t, err)
		var got []casework.Moved
		for _, r := range rows {
			list, err := s.Unpack(t.Context(), r)
			ok(t, err)
			got = append(got, list...)
		}
		if diff := cmp.Diff([]casework.Moved{m}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
