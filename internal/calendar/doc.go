// Package calendar counts periods and says how it counted. It knows public
// holidays, working days, calendar days, weeks, months and hours; it knows no
// rule of law by name. Package law says which count a rule needs and why.
//
// Days are counted in Europe/Amsterdam, whatever the calendar: the calendar
// only chooses the public holidays. A period in days ends at 23:59:59 of its
// last day there; a period in hours ends at an instant.
package calendar
