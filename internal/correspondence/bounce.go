package correspondence

import (
	"net/textproto"
	"regexp"
	"strings"
	"sync"
)

// Delivery is what a report says of one recipient.
type Delivery struct {
	Recipient  string // "" where the report names none
	Original   string // the address we wrote to, where it differs
	Permanence Permanence
	Status     string // enhanced code (RFC 3463), where the mail has one
	ReplyCode  string // SMTP code (RFC 5321), where the mail has one
	Reported   bool   // by a delivery-status part (RFC 3464), not in words
}

var (
	enhanced = regexp.MustCompile(`(?:^|[^0-9.])([245]\.[0-7]\.[0-9]{1,3})(?:[^0-9.]|\.?(?:\s|$))`)
	smtpCode = regexp.MustCompile(`(?:^|[\s(\[;:>"'#-])([45][0-57][0-9])(?:[\s:,;.)\]-]|$)`)
)

// codes gives the first enhanced code and the first reply code of a text.
func codes(text string) (status, reply string) {
	for _, got := range enhanced.FindAllStringSubmatch(text, 20) {
		if got[1][0] != '2' {
			status = got[1]
			break
		}
	}
	if got := smtpCode.FindStringSubmatch(text); got != nil {
		reply = got[1]
	}
	return status, reply
}

// reported reads the groups of a delivery report; what a group leaves open the
// words above it may say.
func reported(r *reading, statuses []DeliveryStatus) []Delivery {
	var all []Delivery
	words := sync.OnceValue(func() string { // once: a report may have many groups
		status, reply := codes(r.text)
		return firstText(status, reply)
	})
	for _, s := range statuses {
		d := Delivery{Recipient: s.Recipient, Original: s.Original, Status: s.Status, Permanence: s.Permanence(), Reported: true}
		diagnosed, reply := codes(s.Diagnostic)
		d.ReplyCode = reply
		if diagnosed != "" && (d.Permanence == Unknown || generic(s.Status)) && s.Action != "delayed" && d.Permanence != Delivered {
			d.Status, d.Permanence = diagnosed, ofClass(diagnosed)
		}
		if d.Permanence == Unknown && s.Action != "delayed" {
			d.Permanence = ofClass(reply)
		}
		if d.Permanence == Unknown {
			d.Permanence = ofClass(words())
		}
		if d.Permanence == Unknown && s.Action == "failed" {
			d.Permanence = Permanent
		}
		all = append(all, d)
	}
	return all
}

// embedded finds the fields of a delivery report that stand in the text: mail
// systems without report parts write them there, and people send them on.
func embedded(lines []string) []DeliveryStatus {
	var all []DeliveryStatus
	group := textproto.MIMEHeader{}
	last := ""
	end := func() {
		if s, ok := statusOf(group); ok && s.Recipient != "" && len(all) < maxSegments {
			all = append(all, s)
		}
		group, last = textproto.MIMEHeader{}, ""
	}
	for _, line := range lines {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		switch key := textproto.CanonicalMIMEHeaderKey(name); {
		case strings.TrimSpace(line) == "":
			end()
		case ok && reportFields[key]:
			group.Set(key, strings.TrimSpace(value))
			last = key
		case last != "" && strings.HasPrefix(line, " "):
			group.Set(last, group.Get(last)+" "+strings.TrimSpace(line))
		default:
			last = ""
		}
	}
	end()
	return all
}

var reportFields = map[string]bool{
	"Final-Recipient": true, "Original-Recipient": true, "Action": true, "Status": true, "Diagnostic-Code": true,
}

// generic codes say that delivery failed, not why (RFC 3463 §3.1, x.0.0).
func generic(status string) bool { return strings.HasSuffix(status, ".0.0") }

func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func ofClass(code string) Permanence {
	switch {
	case strings.HasPrefix(code, "5"):
		return Permanent
	case strings.HasPrefix(code, "4"):
		return Temporary
	case strings.HasPrefix(code, "2"):
		return Delivered
	}
	return Unknown
}

// told reads a report that has no delivery-status part: who it speaks of, and
// what its words say of each.
func (b *book) told(r *reading) []Delivery {
	if all := embedded(r.lines); len(all) > 0 {
		return reported(r, all)
	}
	delay := b.first(r, signDelay) != nil && b.first(r, signGivenUp) == nil
	segments := b.segments(r)
	if len(segments) == 0 {
		segments = []segment{{text: strings.Join(r.lines, "\n"), address: r.returnedTo()}}
	}
	status, reply := codes(strings.Join(r.lines, "\n"))
	var all []Delivery
	for _, s := range segments {
		d := Delivery{Recipient: s.address}
		if d.Status, d.ReplyCode = codes(s.text); d.Status == "" && d.ReplyCode == "" {
			d.Status, d.ReplyCode = status, reply
		}
		switch {
		case delay:
			d.Permanence = Delayed
		case d.Status != "":
			d.Permanence = ofClass(d.Status)
		case d.ReplyCode != "":
			d.Permanence = ofClass(d.ReplyCode)
		case b.first(r, signFormat, signFailure, signHint, signDecisive) == nil:
			d.Permanence = Unknown
		default:
			d.Permanence = b.uncoded(r, s.text)
		}
		all = append(all, d)
	}
	return all
}

// uncoded judges a failure that names no code. The sender gave up and sent the
// mail back, so it is over, unless the cause is one that passes.
func (b *book) uncoded(r *reading, text string) Permanence {
	r.result = fold(text)
	defer func() { r.result = "" }()
	if ofSign(b.all(r, nil, signTemporary, signFinal), signTemporary) != nil {
		return Temporary
	}
	return Permanent
}

// segment is the part of a report that speaks of one recipient.
type segment struct{ address, text string }

// maxSegments bounds the recipients one report is read for.
const maxSegments = 100

func (b *book) segments(r *reading) []segment {
	all := r.failedHeader()
	known := map[string]bool{}
	for _, s := range all {
		known[s.address] = true
	}
	for _, re := range b.recipients {
		if len(all) > 0 {
			break
		}
		all = r.cut(re)
	}
	if len(known) > 0 {
		if cut := b.cutKnown(r, known); len(cut) > 0 {
			return cut
		}
	}
	return all
}

func (b *book) cutKnown(r *reading, known map[string]bool) []segment {
	for _, re := range b.recipients {
		var cut []segment
		for _, s := range r.cut(re) {
			if known[strings.ToLower(s.address)] {
				cut = append(cut, s)
			}
		}
		if len(cut) == len(known) {
			return cut
		}
	}
	return nil
}

// failedHeader reads X-Failed-Recipients, which Exim and Gmail set.
func (r *reading) failedHeader() []segment {
	var all []segment
	for f := r.m.Header.FieldsByKey("X-Failed-Recipients"); f.Next() && len(all) < maxSegments; {
		for a := range strings.SplitSeq(f.Value(), ",") {
			if a = strings.ToLower(strings.Trim(a, " <>\t")); a != "" {
				all = append(all, segment{address: a, text: strings.Join(r.lines, "\n")})
			}
		}
	}
	return all
}

// cut divides the report at the lines that name a recipient in one form. An
// address named twice is one recipient; our own is none.
func (r *reading) cut(re *regexp.Regexp) []segment {
	var all []segment
	seen := map[string]int{}
	own := fold(words(r.m.Header, "To"))
	at := -1
	for _, line := range r.lines {
		if got := re.FindStringSubmatch(strings.TrimSpace(line)); got != nil && len(all) < maxSegments {
			a := strings.TrimRight(got[re.SubexpIndex("a")], ".,;")
			key := strings.ToLower(a)
			if i, ok := seen[key]; ok {
				at = i
			} else if !strings.Contains(own, key) && !strings.Contains(key, "postmaster@") && strings.Contains(key, "@") {
				at = len(all)
				seen[key] = at
				all = append(all, segment{address: a})
			}
		}
		if at >= 0 {
			all[at].text += line + "\n"
		}
	}
	return all
}

// returnedTo is the addressee of the mail the report carries.
func (r *reading) returnedTo() string {
	if r.m.Returned.Len() == 0 {
		return ""
	}
	return bare(r.m.Returned.Get("To"))
}
