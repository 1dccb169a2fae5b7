package storetest

import (
	"fmt"
	"slices"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func due(sort string) casework.IndexPlace {
	return casework.IndexPlace{Index: "due", Partition: "wait", Sort: sort}
}

func dueList(e *env) {
	e.commit(caseA, e.change(
		record(caseA, "track", "track_2", 1, "two", due("2027-03-25T09:00:00Z")),
		record(caseA, "track", "track_1", 1, "one", due("2027-03-24T09:00:00Z")),
		record(caseA, "track", "track_3", 1, "three", due("2027-04-12T09:00:00Z")),
		record(caseA, "task", "task_1", 1, "other partition", casework.IndexPlace{Index: "due", Partition: "task", Sort: "2027-03-01"}),
		record(caseA, "task", "task_2", 1, "other list", casework.IndexPlace{Index: "worklist", Partition: "wait", Sort: "2027-03-01"}),
		record(caseA, "task", "task_3", 1, "no list"),
	))
	q := casework.Query{Index: "due", Partition: "wait", Limit: 10}
	e.same("all", idsOf(e.query(q).Records), []string{"track_1", "track_2", "track_3"})
	q.Before = "2027-04-12T09:00:00Z"
	p := e.query(q)
	e.same("before, which is excluded", idsOf(p.Records), []string{"track_1", "track_2"})
	e.same("no page after the last", p.Next, "")
	got := p.Records[0]
	got.Index = nil
	e.same("a listed row is whole", got, record(caseA, "track", "track_1", 1, "one"))
	e.same("none", len(e.query(casework.Query{Index: "due", Partition: "none", Limit: 10}).Records), 0)
}

func placesFollow(e *env) {
	q := casework.Query{Index: "due", Partition: "wait", Limit: 10}
	work := casework.Query{Index: "worklist", Partition: "anna", Limit: 10}
	e.commit(caseA, e.change(
		record(caseA, "task", "task_1", 1, "one", due("5"), casework.IndexPlace{Index: "worklist", Partition: "anna", Sort: "1"}),
		record(caseA, "task", "task_2", 1, "two", due("6")),
	))
	e.same("in both lists", idsOf(e.query(work).Records), []string{"task_1"})
	e.commit(caseA, e.change(record(caseA, "task", "task_1", 2, "later", due("7"))))
	p := e.query(q)
	e.same("moved back", idsOf(p.Records), []string{"task_2", "task_1"})
	e.same("with its new body", string(p.Records[1].Body), "later")
	e.same("left the other list", len(e.query(work).Records), 0)
	e.commit(caseA, e.change(record(caseA, "task", "task_1", 3, "done")))
	e.same("left every list", idsOf(e.query(q).Records), []string{"task_2"})
	if e.get("task", "task_1") == nil {
		e.Fatal("the row left with its place")
	}
}

func sortedBytewise(e *env) {
	sorts := []string{"b", "B", "a", "é", "10", "9", "a b", "a!", "Z"}
	var put []casework.Record
	for i, s := range sorts {
		put = append(put, record(caseA, "task", fmt.Sprintf("task_%d", i), 1, s, due(s)))
	}
	e.commit(caseA, e.change(put...))
	var got []string
	for _, r := range e.query(casework.Query{Index: "due", Partition: "wait", Limit: 20}).Records {
		got = append(got, string(r.Body))
	}
	slices.Sort(sorts)
	e.same("order", got, sorts)
}

// many commits n records whose sort keys come in threes.
func (e *env) many(n int) (want []string) {
	var put []casework.Record
	for i := range n {
		id := fmt.Sprintf("task_%02d", i)
		put = append(put, record(caseA, "task", id, 1, "{}", due(fmt.Sprintf("%02d", i/3))))
		want = append(want, id)
	}
	slices.Reverse(put)
	e.commit(caseA, e.change(put...))
	return want
}

func pages(e *env) {
	want := e.many(24)
	for _, limit := range []int{1, 5, 8, 24, 100} {
		var got []string
		q := casework.Query{Index: "due", Partition: "wait", Limit: limit}
		for turn := 0; ; turn++ {
			p := e.query(q)
			if len(p.Records) > limit || len(p.Records) == 0 || turn > 30 {
				e.Fatalf("limit %d: page %d has %d records", limit, turn, len(p.Records))
			}
			got = append(got, idsOf(p.Records)...)
			if q.Cursor = p.Next; p.Next == "" {
				break
			}
		}
		e.same(fmt.Sprintf("pages of %d", limit), got, want)
	}
	p := e.query(casework.Query{Index: "due", Partition: "wait", Before: "02", Limit: 5})
	p = e.query(casework.Query{Index: "due", Partition: "wait", Before: "02", Limit: 5, Cursor: p.Next})
	e.same("a bound holds on every page", idsOf(p.Records), want[5:6])
	if n := len(e.query(casework.Query{Index: "due", Partition: "wait"}).Records); n == 0 {
		e.Fatal("no limit gave no records")
	}
}

func stablePages(e *env) {
	want := e.many(9)
	q := casework.Query{Index: "due", Partition: "wait", Limit: 4}
	first := e.query(q)
	e.same("first page", idsOf(first.Records), want[:4])
	e.commit(caseA, e.change(
		record(caseA, "task", "task_03", 2, "{}"),              // the cursor's own record leaves
		record(caseA, "task", "task_00", 2, "{}", due("zz")),   // one before it moves to the end
		record(caseA, "task", "task_0000", 1, "{}", due("00")), // one comes before
		record(caseA, "task", "task_05a", 1, "{}", due("01")),  // one comes after
	))
	q.Cursor, q.Limit = first.Next, 20
	rest := e.query(q)
	e.same("the rest", idsOf(rest.Records), []string{"task_04", "task_05", "task_05a", "task_06", "task_07", "task_08", "task_00"})
}

func foreignCursor(e *env) {
	e.many(3)
	e.settled()
	for _, c := range []string{"x", "****", "bm9uZQ"} {
		_, err := e.s.Query(e.ctx, casework.Query{Index: "due", Partition: "wait", Limit: 2, Cursor: c})
		e.refused(err, takedown.Invalid)
	}
}

func rowsNeverLag(e *env) {
	e.commit(caseA, e.change(record(caseA, "task", "task_1", 1, "one", due("1"))))
	e.settled()
	e.commit(caseA, e.change(record(caseA, "task", "task_1", 2, "two", due("2")), record(caseA, "task", "task_2", 1, "new", due("0"))))
	q := casework.Query{Index: "due", Partition: "wait", Limit: 10}
	if _, ok := e.s.(*LaggingStore); ok {
		p, err := e.s.Query(e.ctx, q)
		e.ok(err)
		e.same("the list as it stood", idsOf(p.Records), []string{"task_1"})
		e.same("with the version that it had", p.Records[0].Version, int64(1))
	}
	e.same("the row", e.get("task", "task_1").Version, int64(2))
	list, err := e.s.List(e.ctx, caseA, "task", "", 10)
	e.ok(err)
	e.same("the stream's rows", idsOf(list), []string{"task_1", "task_2"})
	e.same("the list when it has caught up", idsOf(e.query(q).Records), []string{"task_2", "task_1"})
}
