package cloud

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// Namespace is that of the metrics which functions write themselves; their one
// dimension is the table's name, so that two deployments in an account stay
// apart.
const Namespace = "takedown"

// Names of metrics, each counted once a sweep. infra/template.yaml has an
// alarm on each.
const (
	MetricSweeps      = "Sweeps" // 1 for a sweep that ended well, else 0
	MetricOverdue     = "OverdueWaits"
	MetricUndelivered = "UndeliveredMessages"
	MetricUnsequenced = "UnsequencedEntries"
)

// Metrics lists the names.
func Metrics() []string {
	return []string{MetricSweeps, MetricOverdue, MetricUndelivered, MetricUnsequenced}
}

// embedded is a log line in CloudWatch's embedded metric format: the log
// service reads metrics out of it, and no function needs a permission for it.
type embedded struct {
	AWS struct {
		Timestamp         int64       `json:"Timestamp"` // milliseconds since 1970
		CloudWatchMetrics []directive `json:"CloudWatchMetrics"`
	} `json:"_aws"`
	Table        string `json:"Table"`
	Sweeps       int    `json:"Sweeps"`
	OverdueWaits int    `json:"OverdueWaits"`
	Undelivered  int    `json:"UndeliveredMessages"`
	Unsequenced  int    `json:"UnsequencedEntries"`
}

type directive struct {
	Namespace  string       `json:"Namespace"`
	Dimensions [][]string   `json:"Dimensions"`
	Metrics    []metricUnit `json:"Metrics"`
}

type metricUnit struct {
	Name string `json:"Name"`
	Unit string `json:"Unit"`
}

// swept gives casework.Deps.Swept for a deployment: one line to a log for
// every sweep. A line that cannot be written is missed by the watchdog's
// alarm, which takes silence for failure.
func swept(log io.Writer, table string, now func() time.Time) func(context.Context, casework.SweepResult, error) {
	return func(_ context.Context, found casework.SweepResult, err error) {
		line := embedded{Table: table, OverdueWaits: found.OverdueWaits, Undelivered: found.Undelivered, Unsequenced: found.Unsequenced}
		if err == nil {
			line.Sweeps = 1
		}
		d := directive{Namespace: Namespace, Dimensions: [][]string{{"Table"}}}
		for _, name := range Metrics() {
			d.Metrics = append(d.Metrics, metricUnit{name, "Count"})
		}
		line.AWS.Timestamp, line.AWS.CloudWatchMetrics = now().UnixMilli(), []directive{d}
		_ = json.NewEncoder(log).Encode(line) // see above
	}
}
