package storetest

import (
	"bytes"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// jobs: a job is replaced as a whole, its result is the last one, and both go
// together. They touch no record.
func jobs(e *env) {
	_, err := e.s.Job(e.ctx, "look_1")
	e.refused(err, takedown.NotFound)
	_, err = e.s.Result(e.ctx, "look_1")
	e.refused(err, takedown.NotFound)
	e.ok(e.s.DropJob(e.ctx, "look_1"))

	large := bytes.Repeat([]byte{0, 'x', 0xff}, casework.MaxJobBytes/3)
	for _, body := range [][]byte{[]byte("first"), []byte("second"), large} {
		e.ok(e.s.PutJob(e.ctx, "look_1", body))
		e.ok(e.s.PutResult(e.ctx, "look_1", append([]byte("r"), body[1:]...)))
		got, err := e.s.Job(e.ctx, "look_1")
		e.ok(err)
		e.same("job", got, body)
		got, err = e.s.Result(e.ctx, "look_1")
		e.ok(err)
		e.same("result", got, append([]byte("r"), body[1:]...))
	}
	e.refused(e.s.PutJob(e.ctx, "look_1", make([]byte, casework.MaxJobBytes+1)), takedown.Invalid)
	e.refused(e.s.PutResult(e.ctx, "look_1", make([]byte, casework.MaxJobBytes+1)), takedown.Invalid)

	e.ok(e.s.PutJob(e.ctx, "look_2", []byte("other")))
	for range 2 {
		e.ok(e.s.DropJob(e.ctx, "look_1"))
	}
	_, err = e.s.Job(e.ctx, "look_1")
	e.refused(err, takedown.NotFound)
	_, err = e.s.Result(e.ctx, "look_1")
	e.refused(err, takedown.NotFound)
	got, err := e.s.Job(e.ctx, "look_2")
	e.ok(err)
	e.same("the other job", got, []byte("other"))
}
