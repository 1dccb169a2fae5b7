package asl

// open starts the branches of a Parallel or the iterations of a Map.
func (x *Execution) open(t *thread, s *state) error {
	in, err := x.effective(t, s)
	if err != nil {
		return err
	}
	t.Phase = grouping
	if s.typ == parallelState {
		return x.openBranches(t, s, in)
	}
	items := in
	if s.items.path != nil {
		if items, err = s.items.apply(x.scope(t, in)); err != nil {
			return err
		}
	}
	list, ok := items.([]any)
	if !ok {
		return &runtimeError{"Reference path \"" + s.items.text() + "\" must point to array."}
	}
	limit, err := s.concurrency.value(x.scope(t, in), 0)
	if err != nil {
		return err
	}
	x.event(t, Event{Type: "MapStateStarted", Index: int64(len(list))})
	t.Group = &group{Items: list, Left: Data{list}, Input: Data{in}, Limit: limit}
	t.Kids = make([]*thread, len(list))
	if len(list) == 0 {
		return x.join(t, s)
	}
	return x.fill(t, s)
}

func (f *pathField) text() string {
	if f.path == nil {
		return "$"
	}
	return f.path.text
}

func (x *Execution) openBranches(t *thread, s *state, in any) error {
	if s.params != nil {
		var err error
		if in, err = s.params.eval(x.scope(t, in), x.env); err != nil {
			return err
		}
	}
	if err := limited(s.name, in); err != nil {
		return err
	}
	x.event(t, Event{Type: "ParallelStateStarted"})
	t.Group = &group{Open: int64(len(s.branches)), Next: int64(len(s.branches))}
	t.Kids = nil
	for _, m := range s.branches {
		k := &thread{State: m.startAt, Input: Data{in}, Prev: t.Prev, up: t, machine: m, Item: t.Item}
		t.Kids = append(t.Kids, k)
		x.ready = append(x.ready, k)
	}
	return nil
}

// fill starts iterations up to the limit.
func (x *Execution) fill(t *thread, s *state) error {
	g := t.Group
	for g.Next < int64(len(g.Items)) && (g.Limit == 0 || g.Open < g.Limit) {
		i := g.Next
		item := &mapItem{Index: i, Value: Data{g.Items[i]}}
		in := g.Items[i]
		if s.item != nil {
			sc := x.scope(t, g.Input.V)
			sc.context = func() any { return x.context(t, item) }
			var err error
			if in, err = s.item.eval(sc, x.env); err != nil {
				return err
			}
			if err := limited(s.name, in); err != nil {
				return err
			}
		}
		k := &thread{State: s.branches[0].startAt, Input: Data{in}, Prev: t.Prev, up: t, machine: s.branches[0], Item: item}
		x.event(k, Event{Type: "MapIterationStarted", Index: i, State: t.State})
		t.Kids[i] = k
		g.Next++
		g.Open++
		x.ready = append(x.ready, k)
	}
	return nil
}

// childDone counts a branch or iteration that ended well.
func (x *Execution) childDone(k *thread) {
	t := k.up
	s := t.machine.states[t.State]
	t.Prev = k.Prev
	if s.typ == mapState {
		x.event(t, Event{Type: "MapIterationSucceeded", Index: k.Item.Index})
	}
	k.shrink()
	g := t.Group
	g.Open--
	var err error
	switch {
	case g.Next < int64(len(g.Items)):
		err = x.fill(t, s)
	case g.Open == 0:
		err = x.join(t, s)
	}
	if err != nil {
		x.failed(t, s, x.failureOf(t, s, err))
	}
}

// shrink keeps of a finished thread what the group's result needs.
func (t *thread) shrink() {
	*t = thread{Phase: done, Output: t.Output, Prev: t.Prev, up: t.up, machine: t.machine}
}

// join ends a group with the list of its children's outputs.
func (x *Execution) join(t *thread, s *state) error {
	out := make([]any, len(t.Kids))
	for i, k := range t.Kids {
		out[i] = k.Output.V
	}
	x.event(t, Event{Type: string(s.typ) + "StateSucceeded"})
	if err := x.finish(t, s, out); err != nil {
		return err
	}
	if t.Phase == entering {
		x.ready = append(x.ready, t)
	}
	return nil
}

// finish ends a Task, Parallel or Map with its raw result.
func (x *Execution) finish(t *thread, s *state, result any) error {
	if s.selector != nil {
		v, err := s.selector.eval(x.scope(t, result), x.env)
		if err != nil {
			return err
		}
		result = v
	}
	return x.leave(t, s, Data{result}, false)
}
