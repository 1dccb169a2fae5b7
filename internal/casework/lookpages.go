package casework

import (
	"context"
	"hash/fnv"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// Bounds of one job's looks. Our own choice: a function's time limit and memory.
const (
	lookWorkers = 20 // hosts that are asked at a time, each for one page after another
	lookJudges  = 2  // pages that are read at a time: reading takes memory
	// lookBudget is the host time after which no further page of a job is begun:
	// what is left is asked for again.
	lookBudget = 30 * time.Second
)

// lookLanguages are those in which a page is asked for, in turn: what a service
// says of removed content depends on them.
var lookLanguages = []string{"nl", "en"}

// lookAt looks at the pages of a job, many hosts at a time, each host's one
// after another. Pages for which there was no time are left out.
func (s *Service) lookAt(ctx context.Context, id string, job lookJob) (lookResult, error) {
	out := lookResult{Nonce: job.Nonce}
	key, err := s.Keys.CaseKey(ctx, id, job.Key)
	if err != nil {
		return out, err
	}
	hosts, err := byHost(job, key)
	if err != nil {
		return out, err
	}
	l := &looker{s: s, key: key, until: s.HostNow().Add(lookBudget), judges: make(chan struct{}, lookJudges)}
	work := make(chan []openPage)
	var wg sync.WaitGroup
	for range min(lookWorkers, len(hosts)) {
		wg.Go(func() {
			for pages := range work {
				l.host(ctx, pages)
			}
		})
	}
	for _, pages := range hosts {
		work <- pages
	}
	close(work)
	wg.Wait()
	out.Looks = l.inOrder(job)
	return out, ctx.Err()
}

// openPage is a page of a job with its address in the clear, in memory alone.
type openPage struct {
	lookPage
	location, host string
	titleKey       []byte
}

// byHost opens the addresses of a job and puts those of one host together.
func byHost(job lookJob, key CaseKey) ([][]openPage, error) {
	at := map[string]int{}
	var out [][]openPage
	for _, p := range job.Pages {
		location, err := key.Open(p.URL, []byte(p.Item))
		if err != nil {
			return nil, &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "a job does not open", Err: err}
		}
		var titleKey []byte
		if len(p.TitleKey) > 0 { // a job of an earlier program has none
			if titleKey, err = key.Open(p.TitleKey, titleOf(p.Item)); err != nil {
				return nil, &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "a job does not open", Err: err}
			}
		}
		host := ""
		if u, err := url.Parse(string(location)); err == nil {
			host = strings.ToLower(u.Host)
		}
		n, known := at[host]
		if !known {
			n = len(out)
			at[host] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], openPage{p, string(location), host, titleKey})
	}
	return out, nil
}

// looker collects what the pages of one job show.
type looker struct {
	s      *Service
	key    CaseKey
	until  time.Time // host time
	judges chan struct{}

	mu    sync.Mutex
	found []look
}

// host looks at one host's pages, at the first of them in any case, while no
// other job looks at that host's.
func (l *looker) host(ctx context.Context, pages []openPage) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(pages[0].host)) // a hash never fails
	turn := &l.s.hosts[h.Sum32()%uint32(len(l.s.hosts))]
	turn.Lock()
	defer turn.Unlock()
	for n, p := range pages {
		if ctx.Err() != nil || (n > 0 && l.s.HostNow().After(l.until)) {
			return
		}
		found := l.look(ctx, p)
		l.mu.Lock()
		l.found = append(l.found, found)
		l.mu.Unlock()
	}
}

// inOrder gives the looks in the job's order.
func (l *looker) inOrder(job lookJob) []look {
	of := map[string]look{}
	for _, f := range l.found {
		of[f.Item] = f
	}
	out := make([]look, 0, len(of))
	for _, p := range job.Pages {
		if f, ok := of[p.Item]; ok {
			out = append(out, f)
		}
	}
	return out
}

// look says what stands at a page's address: from here, and if it is not the
// data, from elsewhere too.
func (l *looker) look(ctx context.Context, p openPage) look {
	out := l.from(ctx, l.s.Pages, p)
	if out.Check.Result == checkOnline || len(l.s.Abroad) == 0 {
		return out
	}
	var abroad []takedown.Check
	for _, way := range l.s.Abroad {
		there := l.from(ctx, way, p)
		if abroad = append(abroad, there.Check); out.Showed == (takedown.Showing{}) {
			out.Showed = there.Showed
		}
	}
	if out.Check = fromAbroad(out.Check, abroad); out.Check.Result != checkOnline {
		out.Showed = takedown.Showing{}
	}
	return out
}

// from asks for a page in each language. That we could not find out is a
// result, not an error; the first that shows the data is enough.
func (l *looker) from(ctx context.Context, way PageFetcher, p openPage) look {
	var check takedown.Check
	var showed takedown.Showing
	var seen []string
	for _, language := range lookLanguages {
		page, err := way.Fetch(ctx, p.location, language)
		if err != nil {
			check := notFetched(err)
			l.unreadable(ctx, p, check)
			return look{Item: p.Item, Check: check}
		}
		l.judges <- struct{}{}
		result := judge(page, p, language, l.key)
		if result == checkOnline {
			showed = p.showing(page.Body, language)
		}
		<-l.judges
		check = takedown.Check{Status: page.Status, SHA256: page.SHA256, Why: whyUnknown(page)}
		if seen = append(seen, result); result == checkOnline {
			break
		}
	}
	if check.Result = verdict(seen); slices.ContainsFunc(seen, func(r string) bool { return r != seen[0] }) {
		check.Why = whyLanguages
	}
	return look{Item: p.Item, Check: sayWhy(check), Showed: showed}
}
