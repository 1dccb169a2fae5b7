package notice

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var foldTable = strings.NewReplacer("ß", "ss", "ø", "o", "æ", "ae", "œ", "oe", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i")

// lookalikes are letters that are read as Latin ones, by what they look like:
// Cyrillic, Greek, Armenian, small capitals (Unicode's UTS 39 lists them). The
// skeletons that libraries make of that list also take m for rn and O for
// nought, which would spoil numbers; here only letters become letters.
var lookalikes = pairs([][2]string{
	{"АаВЕеЅѕІіЈјКкМмНОоРрСсТтУуХхԁһԛԝѴѵӏӀҮүгп", "aabeessiijjkkmmhooppccttyyxxdhqwvvllyyrn"},
	{"ΑαΒΕεΖΗΙιΚκΜΝνΟοΡρΤτΥυΧχ", "aabeezhiikkmnvooppttyuxx"},
	{"օոսհց", "onuhg"},
	{"ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡɩ", "abcdefghijklmnoprstuvwyzagi"},
})

func pairs(lists [][2]string) map[rune]rune {
	out := map[rune]rune{}
	for _, list := range lists {
		latin := []rune(list[1])
		for n, r := range []rune(list[0]) {
			out[r] = latin[n]
		}
	}
	return out
}

// fold is a text's canonical spelling, separators kept.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if latin, ok := lookalikes[r]; ok {
			r = latin
		}
		switch {
		case unicode.Is(unicode.Mn, r), invisible(r), r == '\u034f', r == '\u115f', r == '\u3164':
			// combining marks, soft hyphen, zero-width and other invisible characters
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return foldTable.Replace(b.String())
}
