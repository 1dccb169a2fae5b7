package casework_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// A receipt beside words in which a decision can be told is read by a person,
// whoever vouches for it: a removal told in other words would else be passed over.
func TestAReceiptThatMayTellADecisionWaitsForAPerson(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	clocks := b.running()
	id := b.receive(b.signedMail(b.mailTo(b.last(), "", "Wij hebben uw melding ontvangen. De gemelde video is vandaag door ons team weggehaald.")))
	b.act("reply.unclear acknowledgement:unclear")
	b.at("AwaitReply", "reply")
	if n := b.running(); n != clocks {
		t.Errorf("%d clocks run, %d before", n, clocks)
	}
	b.task(b.c, "classify_reply")
	reply := "reply_m" + strings.TrimPrefix(id, "reply_")
	b.ok(b.s.ClassifyReply(ctx, specialist, reply, casework.ClassificationInput{Kind: "acknowledgement"}))
	b.settle()
	if n := b.running(); n >= clocks || n == 0 { // the receipt's clock alone is met
		t.Errorf("%d clocks run, %d before", n, clocks)
	}
}
