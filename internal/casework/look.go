package casework

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// verify-content meets hostile pages, so it knows nothing: it reads a job, looks
// and writes a result. The job holds the addresses sealed under a key that is
// made for it alone, and the values to look for as hashes under that key
// (design §8). Plan-step writes the job and takes the result over.

const (
	// maxLookPages bounds a job to its row; what is left is looked at next.
	maxLookPages = 20
	// lookHolds is how long a result says how a page is now.
	lookHolds = time.Hour
)

type lookJob struct {
	Nonce string     `json:"nonce"`
	Key   []byte     `json:"key"` // wrapped
	Pages []lookPage `json:"pages"`
}

type lookPage struct {
	Item  string       `json:"item"`
	URL   []byte       `json:"url"` // sealed
	Marks notice.Marks `json:"marks"`
}

type lookResult struct {
	Nonce string `json:"nonce"`
	Looks []look `json:"looks"`
}

// look is one fetched page with the item that it is about.
type look struct {
	Item  string         `json:"item"`
	Check takedown.Check `json:"check"` // without its instant
}

// lookID names a job: of a generation of a track, or of an item (generation 0).
func lookID(in TrackInput) string { return "look/" + in.Track + "/" + strconv.Itoa(in.Generation) }

// looks says that the program can look at pages at all.
func (s *Service) looks() bool { return s.Pages != nil || s.Looker != nil }

// VerifyContent looks at the pages of a job and writes what it saw. Handler of
// verify-content; idempotent: a job that has its result is not looked at again.
func (s *Service) VerifyContent(ctx context.Context, in TrackInput) (TrackStep, error) {
	out := TrackStep{V: InputVersion, Track: in.Track, Generation: in.Generation}
	if err := served(in.V); err != nil { // before pages are fetched for it
		return out, err
	}
	if s.Pages == nil {
		return out, takedown.Errorf(takedown.Internal, takedown.NameInternal, "this process does not fetch pages")
	}
	id := lookID(in)
	body, err := s.Store.Job(ctx, id)
	if takedown.KindOf(err) == takedown.NotFound {
		return out, nil // taken over already: plan-step knows
	}
	if err != nil {
		return out, err
	}
	var job lookJob
	if err := json.Unmarshal(body, &job); err != nil {
		return out, err
	}
	if seen, err := s.result(ctx, id, job.Nonce); err != nil || seen != nil {
		return out, err // a retry
	}
	result, err := s.lookAt(ctx, id, job)
	if err != nil {
		return out, err
	}
	if body, err = json.Marshal(result); err != nil {
		return out, err
	}
	return out, s.Store.PutResult(ctx, id, body)
}

func (s *Service) lookAt(ctx context.Context, id string, job lookJob) (lookResult, error) {
	out := lookResult{Nonce: job.Nonce}
	key, err := s.Keys.CaseKey(ctx, id, job.Key)
	if err != nil {
		return out, err
	}
	for _, p := range job.Pages {
		url, err := key.Open(p.URL, []byte(p.Item))
		if err != nil {
			return out, &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "a job does not open", Err: err}
		}
		out.Looks = append(out.Looks, look{p.Item, s.fetch(ctx, p, string(url), key)})
	}
	return out, nil
}

// fetch gets a page once and says what stood there. That we could not find out
// is a result, not an error.
func (s *Service) fetch(ctx context.Context, p lookPage, url string, key CaseKey) takedown.Check {
	page, err := s.Pages.Fetch(ctx, url)
	if err != nil {
		s.Log.WarnContext(ctx, "a page could not be read", "item", p.Item, "error", takedown.NameOf(err))
		return takedown.Check{Result: checkUnknown}
	}
	return takedown.Check{Status: page.Status, SHA256: page.SHA256, Result: judge(page, p.Marks, key)}
}

// judge says what a fetched page shows. A page that answers but shows none of
// the person's data may be built in the browser: it is unknown, not gone.
func judge(page FetchedPage, marks notice.Marks, key CaseKey) string {
	switch {
	case page.Status == 404 || page.Status == 410 || page.Status == 451:
		return checkGone
	case page.Status == 401 || page.Status == 403:
		return checkWalled
	case page.Status < 200 || page.Status > 299:
		return checkUnknown
	case marks.On(string(page.Body), key.MAC):
		return checkOnline
	}
	return checkUnknown
}

// askLook writes down on the track that it waits for a look, and gives the job.
// Asked again before the result, it is the same look.
func (t *tx) askLook(in TrackInput, tr *takedown.Track, items []*takedown.Item) ([]byte, error) {
	if tr.Look == "" || t.now.Sub(tr.LookAt) > lookHolds {
		nonce, err := t.s.newID("look")
		if err != nil {
			return nil, err
		}
		tr.Look, tr.LookAt = nonce, t.now
		if err := t.put(tr); err != nil {
			return nil, err
		}
	}
	var due []*takedown.Item
	for _, it := range items {
		if t.dueForLook(it) && len(due) < maxLookPages {
			due = append(due, it)
		}
	}
	return t.newJob(lookID(in), tr.Look, due)
}

func (t *tx) newJob(id, nonce string, items []*takedown.Item) ([]byte, error) {
	wrapped, key, err := t.s.newKey(t.ctx, id)
	if err != nil {
		return nil, err
	}
	job := lookJob{Nonce: nonce, Key: wrapped}
	for _, it := range items {
		place, err := t.place(it)
		if err != nil {
			return nil, err
		}
		sensitive, err := t.sensitive(it.People)
		if err != nil {
			return nil, err
		}
		sealed, err := key.Seal([]byte(place.URL), []byte(it.ID))
		if err != nil {
			return nil, err
		}
		job.Pages = append(job.Pages, lookPage{it.ID, sealed, notice.NewMarks(sensitive, key.MAC)})
	}
	return json.Marshal(job)
}

// result reads what a look found; nil if it is not the one that was asked for.
func (s *Service) result(ctx context.Context, id, nonce string) ([]look, error) {
	body, err := s.Store.Result(ctx, id)
	if takedown.KindOf(err) == takedown.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var r lookResult
	if err := json.Unmarshal(body, &r); err != nil || r.Nonce != nonce {
		return nil, err
	}
	return r.Looks, nil
}

// takeLooks records what a look found on a track that waits for one, and says
// whether there was one.
func (t *tx) takeLooks(in TrackInput, tr *takedown.Track) (bool, error) {
	if tr.Look == "" || t.now.Sub(tr.LookAt) > lookHolds {
		return false, nil
	}
	looks, err := t.s.result(t.ctx, lookID(in), tr.Look)
	if err != nil || looks == nil {
		return false, err
	}
	tr.Look = ""
	for _, l := range looks {
		l.Check.At = t.now
		if err := t.checked(tr, l); err != nil {
			return false, err
		}
	}
	return true, t.put(tr)
}

// CheckItem looks at an item's page now. Role: specialist.
func (s *Service) CheckItem(ctx context.Context, who takedown.Principal, caseID, item string) (takedown.Check, error) {
	var check takedown.Check
	in := TrackInput{V: InputVersion, Track: item}
	looked := false
	err := s.inCase(ctx, who, caseID, []takedown.Role{takedown.Specialist}, func(t *tx, _ *takedown.Case) error {
		it, err := t.itemOf(item)
		if err != nil {
			return err
		}
		if err := mayLook(it); err != nil {
			return err
		}
		if !looked { // a lost swap must not look twice
			if check, err = t.lookNow(in, it); err != nil {
				return err
			}
			looked = true
		}
		t.done(200, it.ID)
		if err := t.applyCheck(nil, it, check); err != nil {
			return err
		}
		return t.touch()
	})
	return check, err
}

func mayLook(it *takedown.Item) error {
	if it.SuspectedCSAM {
		return state("the item is flagged: it is never fetched")
	}
	if it.LocationType != "url" {
		return state("only a page with a URL can be looked at")
	}
	return nil
}

// lookNow has one page looked at and waits for it.
func (t *tx) lookNow(in TrackInput, it *takedown.Item) (takedown.Check, error) {
	check := takedown.Check{At: t.now, Result: checkUnknown}
	if !t.s.looks() {
		return check, nil
	}
	nonce, err := t.s.newID("look")
	if err != nil {
		return check, err
	}
	id := lookID(in)
	job, err := t.newJob(id, nonce, []*takedown.Item{it})
	if err != nil {
		return check, err
	}
	if err := t.s.Store.PutJob(t.ctx, id, job); err != nil {
		return check, err
	}
	if err := t.s.runLook(t.ctx, in); err != nil {
		return check, err
	}
	looks, err := t.s.result(t.ctx, id, nonce)
	if err != nil {
		return check, err
	}
	for _, l := range looks {
		check = l.Check
	}
	check.At = t.now
	return check, t.s.Store.DropJob(t.ctx, id)
}

func (s *Service) runLook(ctx context.Context, in TrackInput) error {
	if s.Pages == nil {
		return s.Looker.Look(ctx, in)
	}
	_, err := s.VerifyContent(ctx, in)
	return err
}
