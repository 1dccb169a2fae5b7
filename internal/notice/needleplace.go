package notice

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// placeKinds are the words by which a school's or a workplace's name says what
// it is: the rest of it tells as much.
var placeKinds = strings.Fields(`school basisschool openbare bijzondere christelijke katholieke protestantse rk pc obs cbs kbs rkbs pcbs sbo so vso po vo vmbo mavo havo vwo
 college lyceum gymnasium atheneum scholengemeenschap kindcentrum kinderopvang kinderdagverblijf dagverblijf opvang kdv bso buitenschoolse peuterspeelzaal peuterspeelschool
 praktijk huisartsenpraktijk huisartsenpost tandartspraktijk tandartsenpraktijk fysiotherapiepraktijk verloskundigenpraktijk groepspraktijk kliniek apotheek gezondheidscentrum
 ziekenhuis verpleeghuis verzorgingshuis zorgcentrum zorggroep zorginstelling hospice ggz bureau politiebureau brandweerkazerne kazerne ambulancepost post kantoor hoofdkantoor
 locatie vestiging afdeling team dienst steunpunt wijkteam buurtteam stichting vereniging instituut instelling centrum bv nv
 primary secondary elementary high nursery school clinic practice hospital surgery office department foundation station`)

// townKinds stand before a place's own name: a town alone tells nobody's
// workplace.
var townKinds = []string{"gemeente", "provincie", "politie", "rechtbank", "waterschap", "regio", "stadsdeel", "eenheid"}

var placeArticles = []string{"de", "het", "t", "een", "the", "la", "le", "el"}

// placeTails stand behind a name in one word with it: "Regenboogschool".
var placeTails = []string{"school", "basisschool", "college", "lyceum", "praktijk", "kliniek", "opvang", "huis", "locatie"}

// placeNeedles looks for a school or workplace whole, and for its name without
// the words that say what it is, with and without article: "De Regenboog",
// "Regenboogschool". What follows a comma is read as its address.
func placeNeedles(value string, add func(string, rule)) {
	add(wordsRule(canonical(value)))
	name, place, more := strings.Cut(value, ",")
	name, _, _ = strings.Cut(name, "(")
	if _, ok := parseAddress(place); more && ok {
		addressNeedles(place, add)
	}
	core, article := placeCore(canonical(name).tokens)
	joined := strings.Join(core, "")
	if utf8.RuneCountInString(joined) < minPlace || isDigits(joined) {
		return
	}
	if len(core) == 1 {
		partNeedle(joined, add)
	} else {
		phraseNeedle(joined, add)
	}
	if article != "" && !ownWords()[joined] {
		phraseNeedle(article+joined, add)
	}
	for _, tail := range placeTails {
		phraseNeedle(joined+tail, add)
	}
	shortNeedles(core, add)
}

// minPlace is how long a place's own name must be to be looked for alone.
const minPlace = 3

// placeCore is a place's own name, without the words before and behind it that
// say what it is, and the article that stood before it.
func placeCore(tokens []token) (core []string, article string) {
	for _, t := range tokens {
		kind := slices.Contains(placeKinds, t.text)
		switch {
		case len(core) > 0 && kind:
			return core, article
		case len(core) == 0 && slices.Contains(townKinds, t.text):
			return nil, ""
		case len(core) == 0 && slices.Contains(placeArticles, t.text):
			article = t.text
		case len(core) > 0 || !kind:
			core = append(core, t.text)
		}
	}
	return core, article
}

// phraseNeedle looks for words from the start of one to the end of another,
// unless our own texts say them.
func phraseNeedle(w string, add func(string, rule)) {
	if !saysOwn(w) {
		add(w, styled)
	}
}
