package cloud

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/boot/cloud/sampletest"
	"github.com/ontdox/takedown/internal/casework"
)

// TestASweepIsMeasured: every metric that a line declares stands in it, under
// the table's name, and a sweep that failed is no sign of life.
func TestASweepIsMeasured(t *testing.T) {
	for _, c := range []struct {
		err  error
		want map[string]float64
	}{
		{nil, map[string]float64{MetricSweeps: 1, MetricOverdue: 2, MetricUndelivered: 3, MetricUnsequenced: 4}},
		{errors.New("the engine is gone"), map[string]float64{MetricSweeps: 0, MetricOverdue: 2, MetricUndelivered: 3, MetricUnsequenced: 4}},
	} {
		var log bytes.Buffer
		swept(&log, "a-table", func() time.Time { return sampletest.Monday })(t.Context(), casework.SweepResult{OverdueWaits: 2, Undelivered: 3, Unsequenced: 4}, c.err)
		var line map[string]any
		if err := json.Unmarshal(log.Bytes(), &line); err != nil || bytes.Count(log.Bytes(), []byte("\n")) != 1 {
			t.Fatalf("not one line of JSON: %q, %v", &log, err)
		}
		var head struct {
			AWS struct {
				Timestamp         int64
				CloudWatchMetrics []struct {
					Namespace  string
					Dimensions [][]string
					Metrics    []struct{ Name, Unit string }
				}
			} `json:"_aws"`
		}
		if err := json.Unmarshal(log.Bytes(), &head); err != nil {
			t.Fatal(err)
		}
		if head.AWS.Timestamp != sampletest.Monday.UnixMilli() || len(head.AWS.CloudWatchMetrics) != 1 || line["Table"] != "a-table" {
			t.Fatalf("got %s", &log)
		}
		d := head.AWS.CloudWatchMetrics[0]
		if d.Namespace != Namespace || len(d.Dimensions) != 1 || len(d.Dimensions[0]) != 1 || d.Dimensions[0][0] != "Table" || len(d.Metrics) != len(c.want) {
			t.Errorf("declared %+v", d)
		}
		for _, m := range d.Metrics {
			if got, ok := line[m.Name].(float64); !ok || got != c.want[m.Name] || m.Unit != "Count" {
				t.Errorf("%s is %v, want %v", m.Name, line[m.Name], c.want[m.Name])
			}
		}
	}
}
