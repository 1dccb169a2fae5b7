package casework

import (
	"context"
	"encoding/json"
	"errors"
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
	Host  []byte     `json:"host,omitempty"` // sealed: asks the registries about it, and looks at no page
}

type lookPage struct {
	Item     string           `json:"item"`
	URL      []byte           `json:"url"` // sealed
	Marks    notice.Marks     `json:"marks"`
	Seen     bool             `json:"seen,omitempty"`     // a look has read the data there
	Showed   takedown.Showing `json:"showed,omitzero"`    // how it looked then
	TitleKey []byte           `json:"titleKey,omitempty"` // sealed: of the hash of its title, the same for each of the item's jobs
	Removed  []string         `json:"removed,omitempty"`  // what the contact's pages say, see Contact
	Login    []string         `json:"login,omitempty"`
}

type lookResult struct {
	Nonce string `json:"nonce"`
	Looks []look `json:"looks"`

	Holders []byte `json:"holders,omitempty"` // sealed
}

// look is one fetched page with the item that it is about.
type look struct {
	Item   string           `json:"item"`
	Check  takedown.Check   `json:"check"`           // without its instant
	Showed takedown.Showing `json:"showed,omitzero"` // where it read the data
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
	if r, err := s.told(ctx, id, job.Nonce); err != nil || r != nil {
		return out, err // a retry
	}
	work := s.lookAt
	if job.Host != nil {
		work = s.lookUpHolders
	}
	result, err := work(ctx, id, job)
	if err != nil {
		return out, err
	}
	if body, err = json.Marshal(result); err != nil {
		return out, err
	}
	return out, s.Store.PutResult(ctx, id, body)
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
	job, err := t.newJob(lookID(in), tr.Look, due)
	if err != nil {
		return nil, err
	}
	return json.Marshal(job.lookJob)
}

func (t *tx) newJob(id, nonce string, items []*takedown.Item) (*openJob, error) {
	job, err := t.s.beginJob(t.ctx, id, nonce)
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		if err := t.addPage(job, it); errors.Is(err, errJobFull) {
			break // looked at next
		} else if err != nil {
			return nil, err
		}
	}
	return job, nil
}

// openJob is a job being written, with its key and how large it is.
type openJob struct {
	lookJob
	key  CaseKey
	size int
}

// jobRoom is what a job's rows hold besides its pages.
const jobRoom = 2 << 10

var errJobFull = errors.New("the job is full")

func (s *Service) beginJob(ctx context.Context, id, nonce string) (*openJob, error) {
	wrapped, key, err := s.newKey(ctx, id)
	if err != nil {
		return nil, err
	}
	return &openJob{lookJob: lookJob{Nonce: nonce, Key: wrapped}, key: key, size: jobRoom}, nil
}

// addPage adds an item's page to a job, or errJobFull: its address sealed under the job's key,
// the values to look for as hashes under it, and what the contact's pages say
// of themselves.
func (t *tx) addPage(job *openJob, it *takedown.Item) error {
	place, err := t.place(it)
	if err != nil {
		return err
	}
	sensitive, err := t.sensitive(it.People)
	if err != nil {
		return err
	}
	sealed, err := job.key.Seal([]byte(place.URL), []byte(it.ID))
	if err != nil {
		return err
	}
	titleKey, err := t.titleKey(job, it)
	if err != nil {
		return err
	}
	page := lookPage{
		Item: it.ID, URL: sealed, Marks: notice.NewMarks(sensitive, job.key.MAC), Seen: it.Seen, Showed: it.Showed, TitleKey: titleKey,
	}
	id, err := t.itemContact(it)
	if err != nil {
		return err
	}
	if id != "" {
		contact, err := t.contact(id)
		if err != nil && takedown.KindOf(err) != takedown.NotFound {
			return err
		}
		if err == nil {
			page.Removed, page.Login = contact.RemovedTexts, contact.LoginTexts
		}
	}
	body, err := json.Marshal(page)
	if err != nil {
		return err
	}
	if job.size += len(body) + 1; job.size > MaxJobBytes && len(job.Pages) > 0 {
		return errJobFull
	}
	job.Pages = append(job.Pages, page)
	return nil
}

// titleKey is the key under which a look hashes the title of an item's page,
// sealed for the job: the same in each of the item's jobs, and good for nothing
// else.
func (t *tx) titleKey(job *openJob, it *takedown.Item) ([]byte, error) {
	key, err := t.caseKey()
	if err != nil {
		return nil, err
	}
	return job.key.Seal(key.MAC([]byte("title:"+it.ID)), titleOf(it.ID))
}

// titleOf binds a sealed title key to its item.
func titleOf(item string) []byte { return []byte("title/" + item) }

// result reads what a look found; nil if it is not the one that was asked for.
func (s *Service) result(ctx context.Context, id, nonce string) ([]look, error) {
	r, err := s.told(ctx, id, nonce)
	if err != nil || r == nil {
		return nil, err
	}
	return r.Looks, nil
}

// told reads the result of a job, also one that found nothing; nil if it is not
// that of the job that was asked for.
func (s *Service) told(ctx context.Context, id, nonce string) (*lookResult, error) {
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
	return &r, nil
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

// CheckItem looks at an item's page now, also after its case was closed. Role:
// specialist.
func (s *Service) CheckItem(ctx context.Context, who takedown.Principal, caseID, item string) (takedown.Check, error) {
	var l look
	in := TrackInput{V: InputVersion, Track: item}
	looked := false
	err := s.inAnyCase(ctx, who, caseID, []takedown.Role{takedown.Specialist}, func(t *tx, _ *takedown.Case) error {
		it, err := t.itemOf(item)
		if err != nil {
			return err
		}
		if err := mayLook(it); err != nil {
			return err
		}
		if !looked { // a lost swap must not look twice
			if l, err = t.lookNow(in, it); err != nil {
				return err
			}
			looked = true
		}
		t.done(200, it.ID)
		if err := t.applyCheck(nil, it, l); err != nil {
			return err
		}
		return t.touch()
	})
	return l.Check, err
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
func (t *tx) lookNow(in TrackInput, it *takedown.Item) (look, error) {
	out := look{Item: it.ID, Check: takedown.Check{At: t.now, Result: checkUnknown, Why: whyNoLook}}
	if !t.s.looks() {
		return out, nil
	}
	nonce, err := t.s.newID("look")
	if err != nil {
		return out, err
	}
	job, err := t.newJob(lookID(in), nonce, []*takedown.Item{it})
	if err != nil {
		return out, err
	}
	looks, err := t.s.lookedAt(t.ctx, in, job)
	if err != nil {
		return out, err
	}
	for _, l := range looks {
		out.Check, out.Showed = sayWhy(l.Check), l.Showed
	}
	out.Check.At = t.now
	return out, t.s.Store.DropJob(t.ctx, lookID(in))
}

func (s *Service) runLook(ctx context.Context, in TrackInput) error {
	if s.Pages == nil {
		return s.Looker.Look(ctx, in)
	}
	_, err := s.VerifyContent(ctx, in)
	return err
}
