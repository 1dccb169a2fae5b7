package asl

import "time"

const contextTime = "2006-01-02T15:04:05.000Z"

func stamp(ms int64) string { return time.UnixMilli(ms).UTC().Format(contextTime) }

// context is the context object, $$, as a thread sees it.
func (x *Execution) context(t *thread, item *mapItem) any {
	s := t.machine.states[t.State]
	state := Object{{"Name", t.State}, {"EnteredTime", stamp(t.Entered)}}
	if s.typ == taskState || s.typ == parallelState || s.typ == mapState {
		state = append(state, Member{"RetryCount", intNumber(t.Retries)})
	}
	c := Object{
		{"Execution", Object{
			{"Id", x.ID},
			{"Input", x.input},
			{"StartTime", stamp(x.StartedAtMS)},
			{"Name", x.Name},
			{"RoleArn", x.RoleARN},
			{"RedriveCount", Number("0")},
		}},
		{"StateMachine", Object{{"Id", x.MachineID}, {"Name", x.Machine}}},
		{"State", state},
	}
	if t.Task != nil && t.Task.Token != "" {
		c = append(c, Member{"Task", Object{{"Token", t.Task.Token}}})
	}
	if item != nil {
		c = append(c, Member{"Map", Object{{"Item", Object{{"Index", intNumber(item.Index)}, {"Value", item.Value.V}}}}})
	}
	return c
}
