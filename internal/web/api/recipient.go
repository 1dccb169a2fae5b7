package api

import (
	"crypto/hmac"
	"encoding/hex"
	"net/http"
	"strconv"
	"sync"

	"golang.org/x/time/rate"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

const (
	// maxAnswerBody is the largest form that the recipient's page takes.
	maxAnswerBody = 16 << 10
	// proofLife is how long the form of the page may be sent back, in seconds of
	// host time: between one and two of it.
	proofLife = 12 * 3600
	// Of one page, a second and at once; and of all addresses that are no page.
	pageRate, pageBurst   = 1, 60
	otherRate, otherBurst = 5, 50
	// maxLimiters bounds what is remembered of pages.
	maxLimiters = 10_000
)

// recipientPages serve the page on which a letter's recipient answers. It is
// for people and stands in no contract of the API: HTML, no script, no cookie.
type recipientPages struct {
	a      *API
	cross  *http.CrossOriginProtection
	others *rate.Limiter

	mu    sync.Mutex
	pages map[string]*rate.Limiter
}

func (a *API) recipientRoutes() {
	p := &recipientPages{a: a, cross: http.NewCrossOriginProtection(), others: rate.NewLimiter(otherRate, otherBurst), pages: map[string]*rate.Limiter{}}
	a.mux.HandleFunc("GET /r/{token}", p.show)
	a.mux.HandleFunc("POST /r/{token}", p.take)
}

// admits says whether an address may be asked for now. One that we did not sign
// never reaches the store, and shares its rate with all such.
func (p *recipientPages) admits(token string) bool {
	now := p.a.cfg.HostNow()
	if !p.a.service.SignedAnswerToken(token) {
		return p.others.AllowN(now, 1)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.pages[token]
	if l == nil {
		if len(p.pages) >= maxLimiters {
			clear(p.pages)
		}
		l = rate.NewLimiter(pageRate, pageBurst)
		p.pages[token] = l
	}
	return l.AllowN(now, 1)
}

// open gives the page of an address; without one it answers, and says so.
func (p *recipientPages) open(w http.ResponseWriter, r *http.Request) (casework.AnswerPageView, bool) {
	token := r.PathValue("token")
	if !p.admits(token) {
		p.write(w, r, http.StatusTooManyRequests, casework.AnswerBusy, casework.AnswerPageView{})
		return casework.AnswerPageView{}, false
	}
	page, err := p.a.service.AnswerPageOf(r.Context(), token)
	if err != nil {
		p.refuse(w, r, err, page)
	}
	return page, err == nil
}

func (p *recipientPages) show(w http.ResponseWriter, r *http.Request) {
	if page, ok := p.open(w, r); ok {
		p.write(w, r, http.StatusOK, casework.AnswerForm, page)
	}
}

func (p *recipientPages) take(w http.ResponseWriter, r *http.Request) {
	token := r.PathValue("token")
	page, ok := p.open(w, r)
	if !ok {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxAnswerBody)
	if err := r.ParseForm(); err != nil || p.cross.Check(r) != nil || !p.proven(token, r.PostForm.Get("proof")) {
		p.write(w, r, http.StatusForbidden, casework.AnswerAgain, page)
		return
	}
	in := casework.PageAnswer{Answer: r.PostForm.Get("answer"), Words: r.PostForm.Get("words")}
	if err := p.a.service.AnswerOnPage(r.Context(), token, in); err != nil {
		p.refuse(w, r, err, page)
		return
	}
	p.a.settle(r.Context())
	p.write(w, r, http.StatusOK, casework.AnswerThanks, page)
}

// refuse answers what a page or an answer failed with: the same page for every
// address that is none.
func (p *recipientPages) refuse(w http.ResponseWriter, r *http.Request, err error, page casework.AnswerPageView) {
	switch takedown.KindOf(err) {
	case takedown.NotFound:
		p.write(w, r, http.StatusNotFound, casework.AnswerGone, casework.AnswerPageView{})
	case takedown.Invalid:
		p.write(w, r, http.StatusUnprocessableEntity, casework.AnswerAgain, page)
	case takedown.RateLimited:
		p.write(w, r, http.StatusTooManyRequests, casework.AnswerBusy, casework.AnswerPageView{})
	default:
		_ = p.a.fail(callOf(r.Context()), err) // logged there
		p.write(w, r, http.StatusServiceUnavailable, casework.AnswerBusy, casework.AnswerPageView{})
	}
}

// proof shows that a form came from a page of ours, of late: another site that
// learned the address cannot send it in a visitor's name.
func (p *recipientPages) proof(token string, period int64) string {
	return hex.EncodeToString(p.a.service.Keys.MAC("answer-form", []byte(token+"\x00"+strconv.FormatInt(period, 10))))
}

func (p *recipientPages) proven(token, proof string) bool {
	period := p.a.cfg.HostNow().Unix() / proofLife
	return hmac.Equal([]byte(proof), []byte(p.proof(token, period))) || hmac.Equal([]byte(proof), []byte(p.proof(token, period-1)))
}

func (p *recipientPages) write(w http.ResponseWriter, r *http.Request, status int, state string, page casework.AnswerPageView) {
	proof := p.proof(r.PathValue("token"), p.a.cfg.HostNow().Unix()/proofLife)
	body, err := casework.RenderAnswerPage(state, r.URL.Query().Get("lang"), proof, page)
	if err != nil {
		c := callOf(r.Context())
		writeProblem(w, problem(p.a.fail(c, err), c.requestID))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "same-origin") // the address is the page's key; with no-referrer a form's origin would be null
	h.Set("X-Robots-Tag", "noindex, nofollow")
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "60")
	}
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil { //nolint:gosec // html/template wrote it
		p.a.log.Debug("the client went away")
	}
}
