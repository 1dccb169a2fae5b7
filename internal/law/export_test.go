package law

import "time"

// What the tests outside this package look through whole.

func (d *Data) Clocks(on time.Time) []ClockRule   { return list(d.clocks, on) }
func (d *Data) Decisions(on time.Time) []Decision { return list(d.decisions, on) }
func (d *Data) Employers(on time.Time) []Employer { return list(d.employers, on) }
func (d *Data) Ladders(on time.Time) []Ladder     { return list(d.ladders, on) }
func (d *Data) Offences(on time.Time) []Offence   { return list(d.offences, on) }
func (d *Data) Routes(on time.Time) []Route       { return list(d.routes, on) }
