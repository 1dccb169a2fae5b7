package directory_test

import (
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/directory"
	"github.com/ontdox/takedown/internal/takedown"
)

func TestCanonical(t *testing.T) {
	for _, c := range []struct{ name, in, want, host string }{
		{"plain", "https://forum.example/t/1", "https://forum.example/t/1", "forum.example"},
		{"case of scheme and host", "HTTPS://Forum.EXAMPLE/T/1", "https://forum.example/T/1", "forum.example"},
		{"spaces around", "  https://forum.example/  ", "https://forum.example/", "forum.example"},
		{"no path", "https://forum.example", "https://forum.example/", "forum.example"},
		{"trailing dot", "https://forum.example./a", "https://forum.example/a", "forum.example"},
		{"default port", "https://forum.example:443/a", "https://forum.example/a", "forum.example"},
		{"default port of http", "http://forum.example:080/a", "http://forum.example/a", "forum.example"},
		{"other port", "http://forum.example:8080/a", "http://forum.example:8080/a", "forum.example"},
		{"empty port", "http://forum.example:/a", "http://forum.example/a", "forum.example"},
		{"fragment", "https://forum.example/a#post-3", "https://forum.example/a", "forum.example"},
		{"tracking", "https://forum.example/a?id=3&utm_source=x&UTM_Medium=y&fbclid=z", "https://forum.example/a?id=3", "forum.example"},
		{"only tracking", "https://forum.example/a?utm_source=x", "https://forum.example/a", "forum.example"},
		{"order is kept", "https://forum.example/a?b=1&a=2&b=0", "https://forum.example/a?b=1&a=2&b=0", "forum.example"},
		{"empty query", "https://forum.example/a?", "https://forum.example/a", "forum.example"},
		{"needless escapes", "https://forum.example/%7ejan/%2e%2E/b%c3%a9", "https://forum.example/b%C3%A9", "forum.example"},
		{"dot segments", "https://forum.example/a/./b/../c/", "https://forum.example/a/c/", "forum.example"},
		{"dot segments past the root", "https://forum.example/../../a/..", "https://forum.example/", "forum.example"},
		{"text in the path", "https://forum.example/café", "https://forum.example/caf%C3%A9", "forum.example"},
		{"escaped slash stays", "https://forum.example/a%2fb", "https://forum.example/a%2Fb", "forum.example"},
		{"idn", "https://bücher.example/", "https://xn--bcher-kva.example/", "xn--bcher-kva.example"},
		{"idn in capitals", "https://BÜCHER.example/", "https://xn--bcher-kva.example/", "xn--bcher-kva.example"},
		{"idn already in ascii", "https://XN--bcher-KVA.example/", "https://xn--bcher-kva.example/", "xn--bcher-kva.example"},
		{"mixed scripts show as punycode", "https://pаypal.example/", "https://xn--pypal-4ve.example/", "xn--pypal-4ve.example"},
		{"ideographic dot", "https://forum。example/", "https://forum.example/", "forum.example"},
		{"full-width letters", "https://ｆorum.example/", "https://forum.example/", "forum.example"},
		{"underscore", "https://a_b.forum.example/", "https://a_b.forum.example/", "a_b.forum.example"},
		{"hyphens in place 3 and 4", "https://r3---sn-1.forum.example/", "https://r3---sn-1.forum.example/", "r3---sn-1.forum.example"},
		{"public ipv4", "http://8.8.8.8/a", "http://8.8.8.8/a", "8.8.8.8"},
		{"public ipv6", "http://[2606:4700:0:0::1111]:80/a", "http://[2606:4700::1111]/a", "2606:4700::1111"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := directory.Canonical(c.in)
			if err != nil {
				t.Fatal(err)
			}
			if got.Canonical != c.want || got.Host != c.host {
				t.Errorf("got %q at %q, want %q at %q", got.Canonical, got.Host, c.want, c.host)
			}
		})
	}
}

func TestCanonicalRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"nothing":                "",
		"script":                 "javascript:alert(1)",
		"script with slashes":    "javascript://forum.example/%0aalert(1)",
		"data":                   "data:text/html,secret-marker",
		"file":                   "file:///etc/secret-marker",
		"no scheme":              "forum.example/secret-marker",
		"scheme-relative":        "//forum.example/a",
		"no host":                "https:///secret-marker",
		"opaque":                 "https:forum.example",
		"userinfo":               "https://secret-marker:x@forum.example/",
		"empty userinfo":         "https://@forum.example/",
		"host after at sign":     "https://good.example@evil.example/",
		"backslash":              `https://good.example\@evil.example/`,
		"tab":                    "https://forum.example/a\tb",
		"newline":                "https://forum.example/\nHost: x",
		"space":                  "https://forum.example/a b",
		"zero width":             "https://for\u200bum.example/",
		"direction override":     "https://forum.example/\u202egpj.exe",
		"bidi label":             "https://אa1b.example/",
		"escape in host":         "https://forum%2eexample/",
		"zone":                   "http://[fe80::1%25eth0]/",
		"localhost":              "http://localhost/a",
		"one label":              "http://intranet/",
		"under localhost":        "http://a.localhost/",
		"mdns":                   "http://printer.local/",
		"loopback":               "http://127.0.0.1/",
		"loopback in one number": "http://2130706433/",
		"loopback in hex":        "http://0x7f.0.0.1/",
		"loopback in octal":      "http://0177.0.0.1/",
		"short loopback":         "http://127.1/",
		"full-width loopback":    "http://１２７.0.0.1/",
		"loopback with a dot":    "http://127.0.0.1./",
		"private":                "http://192.168.1.4/",
		"carrier nat":            "http://100.64.0.1/",
		"link local":             "http://169.254.169.254/latest/",
		"this host":              "http://0.0.0.0/",
		"multicast":              "http://224.0.0.1/",
		"documentation":          "http://203.0.113.9/",
		"loopback six":           "http://[::1]/",
		"mapped four":            "http://[::ffff:10.0.0.1]/",
		"nat64":                  "http://[64:ff9b::a00:1]/",
		"unique local":           "http://[fd00::1]/",
		"ipv4 in brackets":       "http://[8.8.8.8]/",
		"port past the end":      "http://forum.example:65536/",
		"port zero":              "http://forum.example:0/",
		"port in letters":        "http://forum.example:http/",
		"empty label":            "https://forum..example/",
		"leading dot":            "https://.forum.example/",
		"leading hyphen":         "https://-a.example/",
		"broken punycode":        "https://xn--\u00fc.example/",
		"label of 64":            "https://" + strings.Repeat("a", 64) + ".example/",
		"name of 260":            "https://" + strings.Repeat("abcdefghi.", 26) + "example/",
		"too long":               "https://forum.example/" + strings.Repeat("a", 2048),
		"two dots at the end":    "https://forum.example../",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := directory.Canonical(in)
			if err == nil {
				t.Fatalf("accepted as %q", got.Canonical)
			}
			if takedown.KindOf(err) != takedown.Invalid {
				t.Errorf("kind %s", takedown.KindOf(err))
			}
			if strings.Contains(err.Error(), "secret-marker") || (in != "" && strings.Contains(err.Error(), in)) {
				t.Errorf("the error gives the value away: %v", err)
			}
		})
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		host, pattern string
		want          bool
	}{
		{"forum.example", "forum.example", true},
		{"img.forum.example", "forum.example", true},
		{"Img.Forum.Example.", "forum.example.", true},
		{"notforum.example", "forum.example", false},
		{"forum.example.evil.test", "forum.example", false},
		{"example", "forum.example", false},
		{"forum.example", "", false},
		{"", "forum.example", false},
		{"8.8.8.8", "8.8.8.8", true},
		{"8.8.8.8", "8.8.8", false},
		{"8.8.8.8", ".8", false},
	} {
		if got := directory.Match(c.host, c.pattern); got != c.want {
			t.Errorf("Match(%q, %q) = %v", c.host, c.pattern, got)
		}
	}
}

// FuzzCanonical holds that the canonical form is its own canonical form, that
// its host is the one it names, and that no refusal gives the value away.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{
		"https://Forum.example./a/../b?utm_x=1&c=%7e#d", "http://[2606:4700::1]:80/", "https://bücher.example/%zz", "http://8.8.8.8:81",
		"https://xn--bcher-kva.example", "https://a.example/%2e%2e/%", "http://0x7f.1/", "https://a.example/?a?b&&=&;", "https://a.example/\u00e9?\u00e9",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		first, err := directory.Canonical(in)
		if err != nil {
			if takedown.KindOf(err) != takedown.Invalid {
				t.Fatalf("kind %s", takedown.KindOf(err))
			}
			return
		}
		again, err := directory.Canonical(first.Canonical)
		if err != nil {
			t.Fatalf("%q became %q, which is refused: %v", in, first.Canonical, err)
		}
		if again != first {
			t.Fatalf("%q became %+v and then %+v", in, first, again)
		}
		if !directory.Match(first.Host, first.Host) {
			t.Fatalf("%q does not match itself", first.Host)
		}
	})
}
