package dynamostore

import (
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ontdox/takedown/internal/casework"
)

// row is a row's attributes by name.
type row = map[string]types.AttributeValue

// key is a row's place in the table.
type key struct {
	PK string `dynamodbav:"pk"`
	SK string `dynamodbav:"sk"`
}

// spot is a row's place in the index of lists; nowhere if it is empty.
type spot struct {
	GPK string `dynamodbav:"gpk,omitempty"`
	GSK string `dynamodbav:"gsk,omitempty"`
}

type headRow struct {
	key
	spot           // in the list of streams
	N       int64  `dynamodbav:"n"`
	Entries int64  `dynamodbav:"e"`
	Last    string `dynamodbav:"l"`
}

type recordRow struct {
	key
	spot
	Version int64    `dynamodbav:"v"`
	Body    []byte   `dynamodbav:"b,omitempty"`
	Places  []string `dynamodbav:"p,omitempty"` // every place, index, partition and sort key joined
}

// placeRow is a further place of a record in a list.
type placeRow struct {
	key
	spot
}

// streamRow says in which stream a record stands: for ever.
type streamRow struct {
	key
	Stream string `dynamodbav:"s"`
}

// linesRow holds the lines of one commit.
type linesRow struct {
	key
	Lines []byte `dynamodbav:"l"` // one after the other, each but the last ended by a line feed
}

// entryRow says where an entry's line stands. That of a commit's first entry
// has, besides, what became of the commit's lines: while one is no leaf yet it
// stands in the list of pending ones.
type entryRow struct {
	key
	spot
	Stream string  `dynamodbav:"s"`
	Last   int64   `dynamodbav:"q"`           // number of the commit's last line
	Offset int     `dynamodbav:"o,omitempty"` // among the commit's lines
	First  string  `dynamodbav:"f,omitempty"` // id of the commit's first entry, if it is another
	Count  int     `dynamodbav:"n,omitempty"` // how many lines the commit has
	Leaves []int64 `dynamodbav:"x,omitempty"` // places in the log, of the first lines
}

type lookupRow struct {
	key
	Kind string `dynamodbav:"k"`
	ID   string `dynamodbav:"i"`
}

type outboxRow struct {
	key
	At      string `dynamodbav:"at,omitempty"` // sort key of the undelivered: instant and id
	Kind    string `dynamodbav:"k"`
	Stream  string `dynamodbav:"s"`
	Payload []byte `dynamodbav:"b,omitempty"`
	Written int64  `dynamodbav:"w"`             // host time in microseconds
	Keep    int64  `dynamodbav:"keep"`          // becomes ttl with the delivery
	TTL     int64  `dynamodbav:"ttl,omitempty"` // seconds; the service deletes the row some time after
}

type requestRow struct {
	key
	Stamp   string   `dynamodbav:"x"` // of the write, to know one's own
	MAC     string   `dynamodbav:"m"`
	Status  int      `dynamodbav:"st"` // 0 is a request in flight
	IDs     []string `dynamodbav:"i,omitempty"`
	Expires int64    `dynamodbav:"ex"` // host time in milliseconds
	Lease   int64    `dynamodbav:"le"`
	Era     int64    `dynamodbav:"er"`
	TTL     int64    `dynamodbav:"ttl"`
}

// eraRow counts how often all leases were dropped: those of an era that has
// passed have ended.
type eraRow struct {
	key
	Era int64 `dynamodbav:"er"`
}

type tokenRow struct {
	key
	Token string `dynamodbav:"t"`
}

type logHeadRow struct {
	key
	Version int64  `dynamodbav:"v"`
	Size    int64  `dynamodbav:"n"`
	Note    []byte `dynamodbav:"b,omitempty"`
}

// leavesRow holds the entry ids of one append, by the last one's place.
type leavesRow struct {
	key
	First int64    `dynamodbav:"f"`
	IDs   []string `dynamodbav:"i"`
}

// hashesRow holds the tree hashes of one append, by the last one's index:
// 8 bytes of index and 32 of hash each.
type hashesRow struct {
	key
	Hashes []byte `dynamodbav:"h"`
}

// sep joins parts of an index key. It sorts below every character that stands
// in a part, so that joined keys sort as their parts do.
const sep = "\x01"

func streamPK(s casework.StreamID) string    { return "s#" + string(s) }
func headKey(s casework.StreamID) key        { return key{streamPK(s), "head"} }
func recordSK(k casework.Key) string         { return "r#" + string(k.Kind) + "#" + k.ID }
func streamKey(k casework.Key) key           { return key{"k#" + string(k.Kind) + "#" + k.ID, "k"} }
func entryKey(id string) key                 { return key{"e#" + id, "e"} }
func linesKey(stream string, last int64) key { return key{"s#" + stream, numbered("e#", last)} }
func lookupKey(space, value string) key      { return key{"l#" + space + "#" + value, "l"} }
func requestKey(k string) key                { return key{"f#" + k, "f"} }
func tokenKey(wait string) key               { return key{"t#" + wait, "t"} }

func recordKey(s casework.StreamID, k casework.Key) key { return key{streamPK(s), recordSK(k)} }

// outboxKey spreads rows over a few partitions: everybody writes them.
func outboxKey(id string) key { return key{outboxPK(shard(id, outboxShards)), id} }

func outboxPK(n int) string { return fmt.Sprintf("o#%d", n) }

// numbered is a sort key that sorts as its number does.
func numbered(prefix string, n int64) string { return fmt.Sprintf("%s%016d", prefix, n) }

const (
	outboxShards  = 4
	pendingShards = 4
	streamShards  = 4
)

// shards says over how many partitions a list is spread, 1 if it is not here:
// a key takes 1,000 writes a second. By a hash of the record and not by time:
// what falls due today would stand in one partition again.
var shards = map[string]int{"due": 8, "clocks": 8, "worklist": 4, "cases": 4, "reports": 4}

func shardsOf(index string) int { return max(1, shards[index]) }

func shard(of string, n int) int {
	h := fnv.New64a()
	_, _ = h.Write([]byte(of)) // a hash never fails
	return int(h.Sum64()>>33) % n
}

// listPK is a partition of the index of lists.
func listPK(list, partition string, n int) string {
	return strings.Join([]string{list, partition, fmt.Sprint(n)}, sep)
}

// spotOf is where a place of a record stands in the index.
func spotOf(p casework.IndexPlace, k casework.Key) spot {
	return spot{listPK(p.Index, p.Partition, shard(k.ID, shardsOf(p.Index))), strings.Join([]string{p.Sort, string(k.Kind), k.ID}, sep)}
}

// Lists that are no casework's.
const (
	pendingList = "log.pending"
	streamsList = "streams"
)

func pendingSpot(stream string, last int64) spot {
	return spot{listPK(pendingList, "", shard(stream, pendingShards)), stream + sep + numbered("", last)}
}

func streamSpot(stream string) spot {
	return spot{listPK(streamsList, "", shard(stream, streamShards)), stream}
}

// encoded writes a row; ours can all be written.
func encoded(v any) (row, error) {
	m, err := attributevalue.MarshalMap(v)
	return m, mapped(err)
}

// decoded reads a row.
func decoded[T any](m row) (T, error) {
	var v T
	err := attributevalue.UnmarshalMap(m, &v)
	return v, mapped(err)
}

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func num(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: fmt.Sprint(n)}
}

func (k key) row() row { return row{"pk": str(k.PK), "sk": str(k.SK)} }
