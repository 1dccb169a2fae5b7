package casework

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// The kinds of records; each is the prefix of its ids too.
const (
	KindCase        RecordKind = "case"
	KindPerson      RecordKind = "person"
	KindItem        RecordKind = "item"
	KindTrack       RecordKind = "track"
	KindDocument    RecordKind = "doc"
	KindDispatch    RecordKind = "dispatch"
	KindReply       RecordKind = "reply"
	KindFeedback    RecordKind = "feedback"
	KindClock       RecordKind = "clock"
	KindTask        RecordKind = "task"
	KindTriage      RecordKind = "triage"
	KindEvidence    RecordKind = "evid"
	KindUpload      RecordKind = "upload"
	KindAssessment  RecordKind = "assessment"
	KindConsent     RecordKind = "consent"
	KindKlacht      RecordKind = "klacht"
	KindAlignment   RecordKind = "alignment"
	KindPolice      RecordKind = "police"
	KindDecision    RecordKind = "decision"
	KindAttempt     RecordKind = "attempt"
	KindParticulars RecordKind = "particulars"
	KindEvaluation  RecordKind = "evaluation"
	KindContact     RecordKind = "contact"
	KindSettings    RecordKind = "settings"
	KindReport      RecordKind = "report"
	KindToken       RecordKind = "token"
	KindTime        RecordKind = "time"
	KindDigest      RecordKind = "digest"
	KindRecount     RecordKind = "recount"
	KindProfile     RecordKind = "profile"
	KindHolders     RecordKind = "holders"
	KindPace        RecordKind = "pace"
)

// noun is any stored noun: a pointer to a struct with a Meta.
type noun interface{ Head() *takedown.Meta }

// nounOf ties a struct to its pointer for the generic loaders.
type nounOf[T any] interface {
	*T
	noun
}

func kindOf(n noun) RecordKind {
	switch n.(type) {
	case *takedown.Case:
		return KindCase
	case *takedown.Person:
		return KindPerson
	case *takedown.Item:
		return KindItem
	case *takedown.Track:
		return KindTrack
	case *takedown.Document:
		return KindDocument
	case *takedown.Dispatch:
		return KindDispatch
	case *takedown.Reply:
		return KindReply
	case *takedown.Feedback:
		return KindFeedback
	case *takedown.Clock:
		return KindClock
	case *takedown.Task:
		return KindTask
	case *takedown.Triage:
		return KindTriage
	case *takedown.Evidence:
		return KindEvidence
	case *takedown.Upload:
		return KindUpload
	}
	return kindOfMore(n)
}

func kindOfMore(n noun) RecordKind {
	switch n.(type) {
	case *takedown.Assessment:
		return KindAssessment
	case *takedown.Consent:
		return KindConsent
	case *takedown.Klacht:
		return KindKlacht
	case *takedown.Alignment:
		return KindAlignment
	case *takedown.PoliceReport:
		return KindPolice
	case *takedown.Decision:
		return KindDecision
	case *takedown.Particulars:
		return KindParticulars
	case *takedown.Evaluation:
		return KindEvaluation
	case *takedown.Attempt:
		return KindAttempt
	case *takedown.Contact:
		return KindContact
	case *takedown.Settings:
		return KindSettings
	case *takedown.Report:
		return KindReport
	case *takedown.Token:
		return KindToken
	case *takedown.SimulatedClock:
		return KindTime
	case *takedown.Digest:
		return KindDigest
	case *takedown.Recount:
		return KindRecount
	case *takedown.ContactProfile:
		return KindProfile
	case *takedown.Holders:
		return KindHolders
	case *takedown.Pace:
		return KindPace
	}
	panic(fmt.Sprintf("casework: no kind for %T", n)) // a programming error: the table above is incomplete
}

// Indexes and their partitions; sort keys begin with what the list is ordered by.
const (
	indexCases    = "cases"    // partition: status; by opening
	indexPerson   = "person"   // partition: principal; cases assigned to them
	indexDue      = "due"      // partition: "wait", or with the role that it asks "wait:ROLE", waits by the instant they end; "warn", clocks by their next warning; "watch", pages that are gone by their next look; "task", tasks by when they are raised; "flare-up", cases by what their dates ask for next
	indexClocks   = "clocks"   // partition: "running", by due instant; "recounted", by when
	indexWorklist = "worklist" // partition: role; urgent and oldest first
	indexContacts = "contacts" // partition: "all"; by id
	indexReplies  = "replies"  // partition: "received", by receipt or next try; "unmatched", "duplicate", "own", by receipt
	indexReports  = "reports"  // partition: "received"; by receipt
	indexTokens   = "tokens"   // partition: "all"; by name
)

func sortTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// places says in which lists a noun stands.
func places(n noun) []IndexPlace {
	switch v := n.(type) {
	case *takedown.Case:
		return casePlaces(v)
	case *takedown.Track:
		if v.Wait != nil {
			return []IndexPlace{waitPlace(v.Wait)}
		}
	case *takedown.Clock:
		return clockPlaces(v)
	case *takedown.Item:
		if v.Watched() {
			return []IndexPlace{{indexDue, "watch", sortTime(v.WatchAt)}}
		}
	case *takedown.Task:
		return taskPlaces(v)
	case *takedown.Contact:
		return []IndexPlace{{indexContacts, "all", v.ID}}
	case *takedown.Reply:
		return replyPlaces(v)
	case *takedown.Report:
		return []IndexPlace{{indexReports, v.Status, sortTime(v.At)}, {indexReports, "by:" + v.By, sortTime(v.At)}}
	case *takedown.Token:
		return []IndexPlace{{indexTokens, "all", v.Name}}
	}
	return nil
}

// replyPlaces: what waits to be read stands where its next try is due, what is in
// no case where it was taken in.
func replyPlaces(r *takedown.Reply) []IndexPlace {
	at := r.KeptFrom()
	switch {
	case r.Case != "":
		return nil
	case r.Status == takedown.ReplyReceived && !r.NextTry.IsZero():
		at = r.NextTry
	case r.Status != takedown.ReplyReceived && !slices.Contains(inNoCase, r.Status):
		return nil
	}
	return []IndexPlace{{indexReplies, string(r.Status), sortTime(at)}}
}

func clockPlaces(c *takedown.Clock) []IndexPlace {
	var out []IndexPlace
	if c.Status == takedown.ClockRunning {
		out = append(out, IndexPlace{indexClocks, "running", sortTime(c.Due)})
	}
	if c.Status == takedown.ClockRunning && !c.WarnAt.IsZero() {
		out = append(out, IndexPlace{indexDue, "warn", sortTime(c.WarnAt)})
	}
	if !c.RecountedAt.IsZero() {
		out = append(out, IndexPlace{indexClocks, "recounted", sortTime(c.RecountedAt)})
	}
	return out
}

func casePlaces(c *takedown.Case) []IndexPlace {
	at := sortTime(c.OpenedAt)
	out := []IndexPlace{{indexCases, string(c.Status), at}, {indexCases, "all", at}}
	seen := map[string]bool{"": true}
	for _, p := range append([]string{c.Coordinator, c.Deputy}, c.Assignees...) {
		if !seen[p] {
			seen[p] = true
			out = append(out, IndexPlace{indexPerson, p, at})
		}
	}
	if c.Wait != nil {
		out = append(out, waitPlace(c.Wait))
	}
	if at := c.WatchTurn(); !at.IsZero() {
		out = append(out, IndexPlace{indexDue, "flare-up", sortTime(at)})
	}
	return out
}

// decode reads a record into its noun.
func decode[T any, P nounOf[T]](r Record) (P, error) {
	n := P(new(T))
	if err := json.Unmarshal(r.Body, n); err != nil {
		return nil, &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "a stored record cannot be read", Err: fmt.Errorf("%s: %w", r.ID, err)}
	}
	n.Head().Version = r.Version
	return n, nil
}
