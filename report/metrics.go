package report

import (
	"io"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
)

// gauge is one metric of a run; by is the label that its values differ in.
type gauge struct {
	name, help, by string
	values         map[string]float64
}

// Metrics writes the run as gauges for the Prometheus node exporter's textfile
// collector. The label manifest keeps the files of several manifests apart. What
// is not known is left out: where the run ended before it had begun or is under way,
// and what Webex accepts where no refusal has told it.
func Metrics(w io.Writer, r *Run) error {
	registry := prometheus.NewRegistry()
	labelled := prometheus.WrapRegistererWith(
		prometheus.Labels{"manifest": strings.ToValidUTF8(r.Manifest, "\uFFFD")}, registry)
	for _, g := range r.gauges() {
		var labels []string
		if g.by != "" {
			labels = []string{g.by}
		}
		vector := prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: "roomlift", Subsystem: "last_run", Name: g.name, Help: g.help,
		}, labels)
		if err := labelled.Register(vector); err != nil {
			return err
		}
		for value, n := range g.values {
			if g.by == "" {
				vector.WithLabelValues().Set(n)
				continue
			}
			vector.WithLabelValues(value).Set(n)
		}
	}
	families, err := registry.Gather()
	if err != nil {
		return err
	}
	for _, family := range families {
		if _, err := expfmt.MetricFamilyToText(w, family); err != nil {
			return err
		}
	}
	return nil
}

// gauges are the run in numbers.
func (r *Run) gauges() []gauge {
	one := func(n float64) map[string]float64 { return map[string]float64{"": n} }
	all := []gauge{
		{name: "start_timestamp_seconds", help: "When the run began.", values: one(seconds(r.Started.UnixMilli()))},
		{name: "under_way", help: "1 if the run has not ended, or was killed, else 0.", values: one(truth(r.UnderWay))},
		{name: "success", help: "1 if every row of the manifest has its room, else 0.", values: one(truth(!r.UnderWay && r.ExitCode == 0))},
		{name: "info", help: "Always 1; the program's version.", by: "version", values: map[string]float64{r.Version: 1}},
	}
	if r.UnderWay {
		return all
	}
	sent, refused := map[string]float64{}, map[string]float64{}
	for _, k := range r.requestsByKind() {
		sent[k.kind], refused[k.kind] = float64(k.Sent), float64(k.Refused)
	}
	all = append(
		all,
		gauge{name: "end_timestamp_seconds", help: "When the run ended.", values: one(seconds(r.Finished.UnixMilli()))},
		gauge{name: "duration_seconds", help: "How long the run took.", values: one(r.Finished.Sub(r.Started).Seconds())},
		gauge{name: "exit_code", help: "Exit code of the run.", values: one(float64(r.ExitCode))},
		gauge{name: "other_requests", help: "Requests that changed nothing.", values: one(float64(r.Asked.Sum().Sent))},
		gauge{name: "requests", help: "Requests by kind: create rooms, list rooms, whose token it is (people).", by: "kind", values: sent},
		gauge{name: "requests_refused", help: "Requests refused for the rate by kind.", by: "kind", values: refused},
	)
	if r.measured() {
		all = append(all, gauge{name: "learned_requests_per_second", help: "What Webex accepts, as far as it was measured.", values: one(r.Learned.Rate)})
	}
	o := r.Outcome
	if o == nil {
		return all
	}
	return append(
		all,
		gauge{name: "rows", help: "Rows of the manifest by their status at the end.", by: "status", values: floats(byName(o.Statuses))},
		gauge{name: "rows_done", help: "Rows that the run dealt with, by what it did.", by: "status", values: floats(byName(o.Done))},
		gauge{name: "create_requests", help: "Requests to create a room by HTTP status; none is no answer.", by: "code", values: floats(requestsByStatus(o))},
		gauge{name: "refused_requests", help: "Requests refused for the rate.", values: one(float64(r.Limits.Refused))},
		gauge{name: "paused_seconds", help: "Time in which Webex let nobody send.", values: one(r.Paused().Seconds())},
		gauge{name: "waited_seconds", help: "Time that requests waited for their turn, summed over all workers.", values: one(r.Limits.Waited.Seconds())},
		gauge{name: "answers_lost", help: "Requests to create whose answer was lost.", values: one(float64(r.answersLost))},
		gauge{name: "listings", help: "Times that the rooms were listed to settle lost answers.", values: one(float64(o.Listings))},
	)
}

func seconds(milliseconds int64) float64 { return float64(milliseconds) / 1000 }

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func floats(counts map[string]int) map[string]float64 {
	values := make(map[string]float64, len(counts))
	for name, n := range counts {
		values[name] = float64(n)
	}
	return values
}
