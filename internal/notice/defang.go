package notice

import (
	"regexp"
	"strings"
)

// webAddress is the scheme and the authority of a web address in a text.
var webAddress = regexp.MustCompile(`(?i)\bhttp(s?)://([^\s/?#<>"']+)`)

// defangedAddress is what Defang makes of one.
var defangedAddress = regexp.MustCompile(`(?i)\bhxxp(s?)://([^\s/?#<>"']+)`)

// defangNotes say how the addresses of a text are written.
var defangNotes = map[string]string{
	"nl": "In dit bericht staan webadressen met hxxp en [.] in plaats van http en een punt, omdat een mailfilter het bericht anders kan tegenhouden.",
	"en": "In this message web addresses are written with hxxp and [.] instead of http and a dot, because a mail filter might otherwise hold it back.",
}

// Defang writes the web addresses of a mail so that no filter takes them for
// links (https://host.example/x as hxxps://host[.]example/x), and says so once
// below the text, in the draft's language. Paths stay, so each location is as
// exact as before (art. 16(2)(b) DSA); form fields and sealed annexes stay as
// they are. What was defanged before stays as it is.
func Defang(d Draft) Draft {
	before := d.Text
	d.Subject, d.Text = defang(d.Subject), defang(d.Text)
	annexes := append([]Annex(nil), d.Annexes...)
	changed := d.Text != before || defangedAddress.MatchString(d.Text)
	for i, a := range annexes {
		if a.Sealed {
			continue
		}
		annexes[i].Text = defang(a.Text)
		changed = changed || annexes[i].Text != a.Text
	}
	d.Annexes = annexes
	if note := defangNotes[d.Language]; changed && note != "" && !strings.Contains(d.Text, note) {
		d.Text = strings.TrimRight(d.Text, "\n") + "\n\n" + note + "\n"
	}
	return d
}

func defang(text string) string {
	return webAddress.ReplaceAllStringFunc(text, func(found string) string {
		parts := webAddress.FindStringSubmatch(found)
		return "hxxp" + parts[1] + "://" + strings.ReplaceAll(parts[2], ".", "[.]")
	})
}

// Refang undoes Defang in a text: the guard reads what the addressee will, and
// a reply that quotes us names the same places.
func Refang(text string) string {
	return defangedAddress.ReplaceAllStringFunc(text, func(found string) string {
		parts := defangedAddress.FindStringSubmatch(found)
		return "http" + parts[1] + "://" + strings.ReplaceAll(parts[2], "[.]", ".")
	})
}
