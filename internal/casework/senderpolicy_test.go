package casework_test

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/correspondence"
)

func (b *inbox) receiveFrom(raw []byte, ip, mailFrom string) string {
	b.t.Helper()
	peer := correspondence.Peer{IP: netip.MustParseAddr(ip), Hello: "mx.host.example", From: mailFrom}
	id, err := b.s.ReceiveMail(context.Background(), casework.InboundMail{Raw: raw, By: "smtp", Peer: peer})
	b.ok(err)
	b.ok(b.s.ReadMail(context.Background(), id))
	b.settle()
	return id
}

func TestADecisionFromTheAddresseesOwnServerIsAuthenticated(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	b.s.Resolver.(txtZone)["host.example"] = []string{"v=spf1 ip4:192.0.2.0/24 -all"}
	raw := b.mailTo(b.last(), "", "De inhoud is verwijderd.")
	forged := b.receiveFrom(raw, "203.0.113.9", "abuse@host.example") // not a server of theirs
	b.act("reply.unclear decision:removed:sender_not_authenticated")
	b.at("AwaitReply", "reply")
	b.pages.shows(410, "")
	own := b.receiveFrom([]byte(strings.Replace(string(raw), "Message-ID: <", "Message-ID: <2.", 1)), "192.0.2.9", "abuse@host.example")
	b.act("reply.classified decision:removed")
	if n := b.running(); n != 0 {
		t.Errorf("%d clocks run", n)
	}
	var shown []string
	for _, id := range []string{forged, own} {
		r, err := b.s.ReadReply(context.Background(), specialist, "reply_m"+strings.TrimPrefix(id, "reply_"))
		b.ok(err)
		shown = append(shown, r.Mail.Sender+" "+r.Mail.SenderBy+" "+r.Mail.SPF)
	}
	if got := strings.Join(shown, ", "); got != "failed spf fail, authenticated spf pass" {
		t.Errorf("shown: %s", got)
	}
}
