package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// points are where a story is killed: the store's commits, those of the
// engine's journal, sends, tokens and starts of executions. most is how often
// the story passes a point at least.
var points = []struct {
	name string
	most int
}{
	{"commit:before", 150},
	{"commit:after", 150},
	{"journal:before", 100},
	{"journal:after", 100},
	{"send:before", 2},
	{"send:after", 2},
	{"token:before", 40},
	{"token:after", 40},
	{"start:before", 4},
	{"start:after", 4},
}

// fewKills are run by go test; CI sets TAKEDOWN_KILLS=200 and tries a fresh
// seed more.
const fewKills = 22 // two may end before their point: twenty kills at the least

// killSeeds reads the committed list, one seed a line.
func killSeeds(t *testing.T) []uint64 {
	t.Helper()
	b, err := os.ReadFile("testdata/killseeds.txt")
	if err != nil {
		t.Fatal(err)
	}
	var seeds []uint64
	for _, f := range strings.Fields(string(b)) {
		n, err := strconv.ParseUint(f, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seeds = append(seeds, n)
	}
	kills := fewKills
	if s := os.Getenv("TAKEDOWN_KILLS"); s != "" {
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	if kills < fewKills || kills > len(seeds) {
		t.Fatalf("%d kills are asked for; at least %d are run, %d seeds are committed", kills, fewKills, len(seeds))
	}
	seeds = seeds[:kills]
	if kills > fewKills {
		fresh := uint64(time.Now().UnixNano())
		t.Logf("fresh seed: %d", fresh)
		seeds = append(seeds, fresh)
	}
	return seeds
}

// fault is the point and the passing at which a seed kills.
func fault(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 42))
	p := points[seed%uint64(len(points))]
	return fmt.Sprintf("%s:%d", p.name, 1+r.IntN(p.most))
}

// TestKills kills the server, with SIGKILL, before or after the n-th commit,
// send or token call of the demo's story. The story goes on to the end that it
// has without a kill: the same outcomes, rungs, documents and dates; no notice
// is sent twice, none recorded as sent is missing, verification passes.
func TestKills(t *testing.T) {
	seeds := killSeeds(t)
	want := unkilled(t)
	runs := &killRuns{}
	t.Run("seeds", func(t *testing.T) {
		for _, seed := range seeds {
			t.Run(fmt.Sprintf("seed=%d,%s", seed, fault(seed)), func(t *testing.T) {
				t.Parallel()
				runs.one(t, fault(seed), want)
			})
		}
	})
	runs.report(t, len(seeds))
}

// unkilled plays the story without a fault: the end to compare with.
func unkilled(t *testing.T) ending {
	t.Helper()
	h := newHost(t)
	h.start()
	s := h.story()
	if err := s.play(); err != nil {
		t.Fatalf("%v\n%s", err, h.logs())
	}
	return h.checkEnd(s)
}

// killRuns counts over all seeds.
type killRuns struct {
	mu     sync.Mutex
	missed []string // faults that the story never came to
	took   []time.Duration
}

func (k *killRuns) one(t *testing.T, fault string, want ending) {
	h := newHost(t)
	h.fault = fault
	began := time.Now()
	h.start()
	s := h.story()
	if err := s.play(); err != nil {
		t.Fatalf("%v\n%s", err, h.logs())
	}
	took := time.Since(began)
	got := h.checkEnd(s)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("it ends otherwise than without a kill (-want +got):\n%s", d)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.took = append(k.took, took)
	if !h.hit {
		k.missed = append(k.missed, fault)
	}
}

// report fails where so many faults were never reached that the runs prove
// little: more than one in ten.
func (k *killRuns) report(t *testing.T, runs int) {
	t.Helper()
	if len(k.took) == 0 {
		return // the runs have failed or were not chosen
	}
	slices.Sort(k.took)
	t.Logf("%d stories, %d killed; half took %v or less, the longest %v (several at once)", runs, runs-len(k.missed),
		k.took[len(k.took)/2].Round(time.Millisecond), k.took[len(k.took)-1].Round(time.Millisecond))
	if len(k.missed)*10 > runs {
		t.Errorf("%d of %d kills were never reached: %v", len(k.missed), runs, k.missed)
	}
}

// ending is the state in which a story ends, without ids and instants that
// differ from run to run.
type ending struct {
	Tracks    []string // route, contact, rungs, outcome
	Clocks    []string // rule, nature, start, due date
	Documents []string // instrument, status, dispatch
	Mails     int
	Case      string // its status
}

func (s *story) ending(mails int) ending {
	sum, end := s.summary(), ending{Mails: mails, Case: s.get("coordinator", s.casePath("")).str("status")}
	for _, tr := range sum.Tracks {
		end.Tracks = append(end.Tracks, fmt.Sprintf("%s %s %v %s", tr.Route, tr.Contact, tr.Rungs, tr.Outcome))
	}
	for _, c := range sum.Clocks {
		end.Clocks = append(end.Clocks, strings.Join([]string{c.Rule, c.Nature, c.Start, c.DueDate}, " "))
	}
	for _, d := range s.get("specialist", s.casePath("/documents")).list("items") {
		doc := s.get("specialist", "/v1/documents/"+d.str("id"))
		end.Documents = append(end.Documents, strings.Join([]string{doc.str("instrument"), doc.str("status"), doc.str("dispatch", "status")}, " "))
	}
	slices.Sort(end.Clocks) // two of one instant stand in no order
	slices.Sort(end.Documents)
	return end
}
