package dynamostore

import (
	"sync"

	"github.com/ontdox/takedown/internal/casework"
)

// known remembers what cannot change: in which stream a record stands, and
// which places it has at a version. Who writes a record has just read it, so a
// commit asks for neither.
type known struct {
	mu      sync.Mutex
	records map[casework.Key]fact
}

type fact struct {
	stream  casework.StreamID
	version int64
	places  []string
}

// maxKnown bounds the memory; past it all is forgotten.
const maxKnown = 20000

func (n *known) put(k casework.Key, f fact) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.records == nil || len(n.records) >= maxKnown {
		n.records = map[casework.Key]fact{}
	}
	if n.records[k].version <= f.version {
		n.records[k] = f
	}
}

func (n *known) add(r recordRow) {
	stream, k := r.of()
	n.put(k, fact{stream, r.Version, r.Places})
}

func (n *known) stream(k casework.Key) (casework.StreamID, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f, ok := n.records[k]
	return f.stream, ok
}

// places gives the places of a record at a version.
func (n *known) places(k casework.Key, version int64) ([]string, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f, ok := n.records[k]
	return f.places, ok && f.version == version
}
