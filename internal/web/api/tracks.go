package api

import (
	"context"
	"net/http"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func (a *API) trackRoutes() {
	s := a.service
	get(a, "/v1/cases/{case}/tracks", "The tracks of a case", func(ctx context.Context, c *call) (page[casework.TrackView], error) {
		list, err := s.ListTracks(ctx, c.who, c.path("case"))
		return page[casework.TrackView]{Items: list}, err
	})
	post(a, "/v1/cases/{case}/tracks", "Open a route by hand, if its own gates hold", func(ctx context.Context, c *call, in casework.OpenTrackInput) error {
		_, err := s.OpenTrack(ctx, c.who, c.path("case"), in)
		return err
	}, func(ctx context.Context, c *call, ids []string) (casework.TrackView, error) {
		id, err := firstID(ids)
		if err != nil {
			return casework.TrackView{}, err
		}
		return s.GetTrack(ctx, c.who, id)
	})
	get(a, "/v1/tracks/{track}", "Rungs, clocks, what it waits for, what comes next", func(ctx context.Context, c *call) (casework.TrackView, error) {
		return s.GetTrack(ctx, c.who, c.path("track"))
	})
	for _, act := range []string{"hold", "resume", "skip", "stop"} {
		post(a, "/v1/tracks/{track}/"+act, act+" a track", func(ctx context.Context, c *call, in casework.TrackActInput) error {
			return s.ActOnTrack(ctx, c.who, c.path("track"), act, in)
		}, a.showTrack)
	}
	get(a, "/v1/tracks/{track}/particulars", "What only a person can say for the track's instrument, without words", func(ctx context.Context, c *call) (casework.ParticularsView, error) {
		return s.GetParticulars(ctx, c.who, c.path("track"))
	})
	put(a, "/v1/tracks/{track}/particulars", "Say what the track's instrument needs and the case does not hold", func(ctx context.Context, c *call, in casework.ParticularsInput, version int64) (casework.ParticularsView, error) {
		return s.PutParticulars(ctx, c.who, c.path("track"), in, version)
	})
	post(a, "/v1/tracks/{track}/feedback", "What police, prosecutor or provider said", func(ctx context.Context, c *call, in casework.FeedbackInput) error {
		_, err := s.GiveFeedback(ctx, c.who, c.path("track"), in)
		return err
	}, showID)
}

func (a *API) showTrack(ctx context.Context, c *call, _ []string) (casework.TrackView, error) {
	return a.service.GetTrack(ctx, c.who, c.path("track"))
}

func (a *API) documentRoutes() {
	s := a.service
	get(a, "/v1/cases/{case}/documents", "The documents of a case, without texts", func(ctx context.Context, c *call) (page[casework.DocumentBrief], error) {
		list, err := s.ListDocuments(ctx, c.who, c.path("case"))
		return page[casework.DocumentBrief]{Items: list}, err
	})
	post(a, "/v1/cases/{case}/documents", "Draft a form of our own from the case: consent form (T10) or evaluation (T11)", func(ctx context.Context, c *call, in casework.OwnFormInput) error {
		_, err := s.DraftOwnForm(ctx, c.who, c.path("case"), in)
		return err
	}, func(ctx context.Context, c *call, ids []string) (casework.DocumentView, error) {
		id, err := firstID(ids)
		if err != nil {
			return casework.DocumentView{}, err
		}
		return s.GetDocument(ctx, c.who, id)
	})
	get(a, "/v1/documents/{doc}", "Text, recipients, attachments, hash, findings", a.getDocument)
	a.raw(http.MethodGet, "/v1/documents/{doc}/rendered", "A document as text, HTML or PDF", a.rendered(s.RenderDocument), http.StatusOK, "as")
	a.raw(http.MethodGet, "/v1/documents/{doc}/filing-sheet", "What is copied into the addressee's web form, as text, HTML or PDF: of approved content alone", a.rendered(s.FilingSheet), http.StatusOK, "as")
	a.raw(http.MethodGet, "/v1/documents/{doc}/bundle", "All that goes to the police with a document: an entry is written, then a short-lived URL", a.bundle, http.StatusSeeOther)
	put(a, "/v1/documents/{doc}", "Edit text or recipients; drops any approval", func(ctx context.Context, c *call, in casework.EditInput, version int64) (casework.DocumentView, error) {
		if err := s.EditDocument(ctx, c.who, c.path("doc"), in, version); err != nil {
			return casework.DocumentView{}, err
		}
		return s.GetDocument(ctx, c.who, c.path("doc"))
	})
	post(a, "/v1/documents/{doc}/decision", "Approve or reject exactly one content hash", func(ctx context.Context, c *call, in casework.DecisionInput) error {
		return s.DecideDocument(ctx, c.who, c.path("doc"), in)
	}, a.showDocument)
	post(a, "/v1/documents/{doc}/filing", "A web form was filed by hand", func(ctx context.Context, c *call, in casework.FilingInput) error {
		return s.FileDocument(ctx, c.who, c.path("doc"), in)
	}, a.showDocument)
	post(a, "/v1/documents/{doc}/posting", "A letter was posted", func(ctx context.Context, c *call, in casework.PostingInput) error {
		return s.PostDocument(ctx, c.who, c.path("doc"), in)
	}, a.showDocument)
	post(a, "/v1/documents/{doc}/receipt", "A letter was delivered, served, or came back", func(ctx context.Context, c *call, in casework.LetterReceiptInput) error {
		return s.LetterReceipt(ctx, c.who, c.path("doc"), in)
	}, a.showDocument)
	post(a, "/v1/documents/{doc}/handover", "Given to the police", func(ctx context.Context, c *call, in casework.HandOverInput) error {
		return s.HandOver(ctx, c.who, c.path("doc"), in)
	}, a.showDocument)
	post(a, "/v1/documents/{doc}/misdirection", "A document went to a wrong addressee: the term of a data breach starts", func(ctx context.Context, c *call, in casework.MisdirectionInput) error {
		return s.MarkMisdirected(ctx, c.who, c.path("doc"), in)
	}, a.showClock)
	post(a, "/v1/documents/{doc}/dispatch-resolution", "Settle an uncertain dispatch", func(ctx context.Context, c *call, in casework.ResolutionInput) error {
		return s.ResolveDispatch(ctx, c.who, c.path("doc"), in)
	}, a.showDocument)
}

func (a *API) getDocument(ctx context.Context, c *call) (casework.DocumentView, error) {
	return a.service.GetDocument(ctx, c.who, c.path("doc"))
}

func (a *API) showDocument(ctx context.Context, c *call, _ []string) (casework.DocumentView, error) {
	return a.service.GetDocument(ctx, c.who, c.path("doc"))
}

// rendered answers a document in its own media type.
func (a *API) rendered(render func(ctx context.Context, who takedown.Principal, doc, as string) (casework.Rendered, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r.Context())
		as := r.URL.Query().Get("as")
		if as == "" {
			as = "text"
		}
		out, err := render(r.Context(), c.who, r.PathValue("doc"), as)
		if err != nil {
			writeProblem(w, problem(a.fail(c, err), c.requestID))
			return
		}
		w.Header().Set("Content-Type", out.MediaType)
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		if _, err := w.Write(out.Body); err != nil {
			a.log.Debug("the client went away", "requestId", c.requestID)
		}
	}
}

// bundle writes that a document's bundle is exported, then sends the reader to a
// short-lived URL.
func (a *API) bundle(w http.ResponseWriter, r *http.Request) {
	c, doc, url := callOf(r.Context()), r.PathValue("doc"), ""
	err := a.service.ExportBundle(r.Context(), c.who, doc)
	if err == nil {
		url, err = a.service.OfferBundle(r.Context(), doc, urlLife)
	}
	if err == nil && url == "" {
		url, err = a.signedURL(grant{Method: http.MethodGet, Document: doc})
	}
	if err != nil {
		writeProblem(w, problem(a.fail(c, err), c.requestID))
		return
	}
	w.Header().Set("Location", url)
	w.WriteHeader(http.StatusSeeOther)
}

func (a *API) replyRoutes() {
	s := a.service
	post(a, "/v1/replies", "Register what came by form, phone or letter", func(ctx context.Context, c *call, in casework.ReplyInput) error {
		_, err := s.RegisterReply(ctx, c.who, in)
		return err
	}, showID)
	get(a, "/v1/replies", "The replies of a case, or, without one, those that nobody could match yet", func(ctx context.Context, c *call) (page[casework.ReplyView], error) {
		limit, err := c.limit()
		if err != nil {
			return page[casework.ReplyView]{}, err
		}
		if id := c.query("case"); id != "" {
			list, next, err := s.CaseReplies(ctx, c.who, id, c.query("status"), c.query("cursor"), limit)
			return page[casework.ReplyView]{Items: list, Next: next}, err
		}
		if status := c.query("status"); status != "" && status != "unmatched" {
			return page[casework.ReplyView]{}, badQuery("status", "must be unmatched, unless a case is named (case)")
		}
		list, next, err := s.UnmatchedReplies(ctx, c.who, c.query("cursor"), limit)
		return page[casework.ReplyView]{Items: list, Next: next}, err
	}, "case", "status", "limit", "cursor")
	get(a, "/v1/replies/{reply}", "A reply, its text, and what the program made of it", func(ctx context.Context, c *call) (casework.ReplyTextView, error) {
		return s.ReadReply(ctx, c.who, c.path("reply"))
	})
	a.raw(http.MethodGet, "/v1/replies/{reply}/raw", "The mail as it came, to be looked at elsewhere: an entry is written; a large one is at a short-lived URL", a.rawReply, http.StatusOK)
	post(a, "/v1/replies/{reply}/classification", "Match and classify a reply", func(ctx context.Context, c *call, in casework.ClassificationInput) error {
		return s.ClassifyReply(ctx, c.who, c.path("reply"), in)
	}, showID)
}

// rawReply answers a mail as a file: a browser must not show what a stranger
// wrote.
func (a *API) rawReply(w http.ResponseWriter, r *http.Request) {
	c := callOf(r.Context())
	body, url, err := a.service.RawReply(r.Context(), c.who, r.PathValue("reply"), urlLife)
	if err != nil {
		writeProblem(w, problem(a.fail(c, err), c.requestID))
		return
	}
	if url != "" {
		w.Header().Set("Location", url)
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	w.Header().Set("Content-Type", "message/rfc822")
	w.Header().Set("Content-Disposition", `attachment; filename="mail.eml"`)
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if _, err := w.Write(body); err != nil {
		a.log.Debug("the client went away", "requestId", c.requestID)
	}
}
