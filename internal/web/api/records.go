package api

import (
	"context"
	"net/http"

	"github.com/ontdox/takedown/internal/casework"
)

func (a *API) itemRoutes() {
	s := a.service
	post(a, "/v1/cases/{case}/items", "Add items; one bad item never fails the others", func(ctx context.Context, c *call, in itemsInput) error {
		_, err := s.AddItems(ctx, c.who, c.path("case"), in.Items)
		return err
	}, a.showOpened)
	get(a, "/v1/cases/{case}/items/{item}", "One item; its location is sealed", a.getItem)
	patch(a, "/v1/cases/{case}/items/{item}", "Correct a location, flag material, name the addressee", func(ctx context.Context, c *call, in casework.ItemPatch, version int64) (casework.ItemView, error) {
		if err := s.PatchItem(ctx, c.who, c.path("case"), c.path("item"), in, version); err != nil {
			return casework.ItemView{}, err
		}
		return a.getItem(ctx, c)
	})
	outcome := func(ctx context.Context, c *call) (casework.OutcomeView, error) {
		return s.GetOutcome(ctx, c.who, c.path("case"), c.path("item"))
	}
	get(a, "/v1/cases/{case}/items/{item}/outcome", "How an item ended; its ETag is the item's", outcome)
	put(a, "/v1/cases/{case}/items/{item}/outcome", "Set an outcome by hand, with a reason", func(ctx context.Context, c *call, in casework.OutcomeInput, version int64) (casework.OutcomeView, error) {
		if err := s.SetOutcome(ctx, c.who, c.path("case"), c.path("item"), in, version); err != nil {
			return casework.OutcomeView{}, err
		}
		return outcome(ctx, c)
	})
	post(a, "/v1/cases/{case}/items/{item}/check", "Look at the page now", func(ctx context.Context, c *call, _ struct{}) error {
		_, err := s.CheckItem(ctx, c.who, c.path("case"), c.path("item"))
		return err
	}, func(ctx context.Context, c *call, _ []string) (casework.ItemView, error) { return a.getItem(ctx, c) })
	post(a, "/v1/cases/{case}/items/{item}/addressees", "Look up who can act on an item", func(ctx context.Context, c *call, in casework.AddresseesInput) error {
		return s.FindAddressees(ctx, c.who, c.path("case"), c.path("item"), in)
	}, func(ctx context.Context, c *call, _ []string) (casework.AddresseesView, error) {
		return s.Addressees(ctx, c.who, c.path("case"), c.path("item"))
	})
	get(a, "/v1/cases/{case}/items/{item}/assessment", "The finding on an item", func(ctx context.Context, c *call) (casework.AssessmentView, error) {
		return s.GetAssessment(ctx, c.who, c.path("case"), c.path("item"))
	})
	put(a, "/v1/cases/{case}/items/{item}/assessment", "Legal grounds, indicators, decision", func(ctx context.Context, c *call, in casework.AssessmentInput, version int64) (casework.AssessmentView, error) {
		return s.PutAssessment(ctx, c.who, c.path("case"), c.path("item"), in, version)
	})
}

func (a *API) getItem(ctx context.Context, c *call) (casework.ItemView, error) {
	return a.service.GetItem(ctx, c.who, c.path("case"), c.path("item"))
}

func (a *API) recordRoutes() {
	s := a.service
	get(a, "/v1/cases/{case}/triage", "The safety triage", func(ctx context.Context, c *call) (casework.TriageView, error) {
		return s.GetTriage(ctx, c.who, c.path("case"))
	})
	put(a, "/v1/cases/{case}/triage", "Threat level, who judged it, what to do at once", func(ctx context.Context, c *call, in casework.TriageInput, version int64) (casework.TriageView, error) {
		return s.PutTriage(ctx, c.who, c.path("case"), in, version)
	})
	get(a, "/v1/cases/{case}/people/{person}/consents/{action}", "A person's authorisation of an action", func(ctx context.Context, c *call) (casework.ConsentView, error) {
		return s.GetConsent(ctx, c.who, c.path("case"), c.path("person"), c.path("action"))
	})
	put(a, "/v1/cases/{case}/people/{person}/consents/{action}", "Record a person's authorisation of an action", func(ctx context.Context, c *call, in casework.ConsentInput, version int64) (casework.ConsentView, error) {
		return s.PutConsent(ctx, c.who, c.path("case"), c.path("person"), c.path("action"), in, version)
	})
	get(a, "/v1/cases/{case}/people/{person}/complaints/{offence}", "A person's klacht for an offence", func(ctx context.Context, c *call) (casework.KlachtView, error) {
		return s.GetKlacht(ctx, c.who, c.path("case"), c.path("person"), c.path("offence"))
	})
	put(a, "/v1/cases/{case}/people/{person}/complaints/{offence}", "Record a person's klacht for an offence", func(ctx context.Context, c *call, in casework.KlachtInput, version int64) (casework.KlachtView, error) {
		return s.PutKlacht(ctx, c.who, c.path("case"), c.path("person"), c.path("offence"), in, version)
	})
	get(a, "/v1/cases/{case}/police-alignment", "What was agreed with the police", func(ctx context.Context, c *call) (casework.AlignmentView, error) {
		return s.GetAlignment(ctx, c.who, c.path("case"))
	})
	put(a, "/v1/cases/{case}/police-alignment", "Record what was agreed with the police", func(ctx context.Context, c *call, in casework.AlignmentInput, version int64) (casework.AlignmentView, error) {
		return s.PutAlignment(ctx, c.who, c.path("case"), in, version)
	})
	get(a, "/v1/cases/{case}/police-reports/{report}", "A melding or aangifte", func(ctx context.Context, c *call) (casework.PoliceReportView, error) {
		return s.GetPoliceReport(ctx, c.who, c.path("case"), c.path("report"))
	})
	put(a, "/v1/cases/{case}/police-reports/{report}", "Record a melding or aangifte", func(ctx context.Context, c *call, in casework.PoliceReportInput, version int64) (casework.PoliceReportView, error) {
		return s.PutPoliceReport(ctx, c.who, c.path("case"), c.path("report"), in, version)
	})
	get(a, "/v1/cases/{case}/evaluation", "What person and team said of the case", func(ctx context.Context, c *call) (casework.EvaluationView, error) {
		return s.GetEvaluation(ctx, c.who, c.path("case"))
	})
	put(a, "/v1/cases/{case}/evaluation", "Record what person and team said when the case was discussed with them", func(ctx context.Context, c *call, in casework.EvaluationInput, version int64) (casework.EvaluationView, error) {
		return s.PutEvaluation(ctx, c.who, c.path("case"), in, version)
	})
	post(a, "/v1/cases/{case}/decisions", "Record a decision with pros and cons", func(ctx context.Context, c *call, in casework.CaseDecisionInput) error {
		_, err := s.Decide(ctx, c.who, c.path("case"), in)
		return err
	}, showID)
	post(a, "/v1/cases/{case}/contact-attempts", "What was tried with site operator or poster", func(ctx context.Context, c *call, in casework.AttemptInput) error {
		_, err := s.RecordAttempt(ctx, c.who, c.path("case"), in)
		return err
	}, showID)
}

// uploadAnswer says where the bytes go.
type uploadAnswer struct {
	ID  string `json:"id"`
	URL string `json:"uploadUrl" doc:"PUT the bytes here within five minutes."`
	// Headers are there for a URL of somebody else's.
	Headers map[string]string `json:"uploadHeaders,omitempty" doc:"Headers that must go with the bytes, where the URL is a whole one."`
}

// showUpload gives an address of the transit for a large file, and one of ours
// for the rest.
func (a *API) showUpload(ctx context.Context, _ *call, ids []string) (uploadAnswer, error) {
	id, err := firstID(ids)
	if err != nil {
		return uploadAnswer{}, err
	}
	to, err := a.service.UploadAddress(ctx, id, urlLife)
	if err == nil && to.URL == "" {
		to.URL, err = a.signedURL(grant{Method: http.MethodPut, Upload: id})
	}
	return uploadAnswer{id, to.URL, to.Headers}, err
}

func (a *API) evidenceRoutes() {
	s := a.service
	post(a, "/v1/cases/{case}/evidence/uploads", "Announce a file; the answer says where its bytes go", func(ctx context.Context, c *call, in casework.UploadInput) error {
		_, err := s.BeginUpload(ctx, c.who, c.path("case"), in)
		return err
	}, a.showUpload)
	post(a, "/v1/cases/{case}/evidence", "Commit an upload as evidence", func(ctx context.Context, c *call, in casework.EvidenceInput) error {
		_, err := s.CommitEvidence(ctx, c.who, c.path("case"), in)
		return err
	}, func(ctx context.Context, c *call, ids []string) (casework.EvidenceView, error) {
		id, err := firstID(ids)
		if err != nil {
			return casework.EvidenceView{}, err
		}
		return s.GetEvidence(ctx, c.who, c.path("case"), id)
	})
	get(a, "/v1/cases/{case}/evidence", "What is known of a case's evidence", func(ctx context.Context, c *call) (page[casework.EvidenceView], error) {
		list, err := s.ListEvidence(ctx, c.who, c.path("case"))
		return page[casework.EvidenceView]{Items: list}, err
	})
	a.raw(http.MethodGet, "/v1/cases/{case}/evidence/{evidence}/content", "An entry is written, then a short-lived URL", a.evidenceContent, http.StatusSeeOther)
	a.raw(http.MethodPut, "/v1/blobs/{grant}", "The bytes of an announced upload", a.putBlob, http.StatusNoContent)
	a.raw(http.MethodGet, "/v1/blobs/{grant}", "The bytes of evidence", a.getBlob, http.StatusOK)
}

// evidenceContent writes that evidence is read, then sends the reader to a
// short-lived URL.
func (a *API) evidenceContent(w http.ResponseWriter, r *http.Request) {
	c := callOf(r.Context())
	evidence := r.PathValue("evidence")
	err := a.service.ReadEvidence(r.Context(), c.who, r.PathValue("case"), evidence)
	var url string
	if err == nil {
		url, err = a.service.OfferEvidence(r.Context(), r.PathValue("case"), evidence, urlLife)
	}
	if err == nil && url == "" {
		url, err = a.signedURL(grant{Method: http.MethodGet, Case: r.PathValue("case"), Evidence: evidence})
	}
	if err != nil {
		writeProblem(w, problem(a.fail(c, err), c.requestID))
		return
	}
	w.Header().Set("Location", url)
	w.WriteHeader(http.StatusSeeOther)
}
