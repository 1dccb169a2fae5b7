package notice

import (
	"regexp"
	"sync"
)

// lintEnglish are the same things in English.
var lintEnglish = sync.OnceValue(func() []lintRule {
	return []lintRule{
		{"fine", "a letter names no fine and no amount", regexp.MustCompile(`(?i)\bpenalt(y|ies)\b|\bfined\b|\beuros\b|£|\$\d`)},
		{"dsa_term", "the DSA has no fixed term for a decision", regexp.MustCompile(
			`(?i)(\bDSA|\bregulation|article 16|\bstatut\p{L}*|\blegally|\bby law|\bthe law\b)` + anyGap + `\bwithin\s+` + periodEnglish + `|\bwithin\s+` + periodEnglish + anyGap + `(by law|the law|legally|required|obliged|DSA|article 16)` +
				`|statutory (decision|response) period|\bin default\b`)},
		{"ntd_term", "the NTD code names no number of days of its own", regexp.MustCompile(`(?i)code of conduct` + anyGap + `\b\d+\s+(working )?days`)},
		{"order", "a request is never presented as an order", regexp.MustCompile(
			`(?i)\bwe (hereby )?(require|instruct|command|summon)\b|\b(under|by virtue of) our powers|\byou (must|shall)\b|\byou are (legally |hereby |therefore )?(obliged|required|ordered)|\bthis is an order\b|\bmust (give|issue) an order`)},
		{"burden", "nobody has to prove that content is lawful", regexp.MustCompile(`(?i)unless you (can )?(prove|show|demonstrate)|\bunless\b[^.,\n]{0,50}\b(legitimate|lawful|legal|permitted|allowed)\b`)},
		{"threat", "a letter does not threaten the addressee", regexp.MustCompile(`(?i)\bliable\b|final warning|report you to the|\baccomplice|\bfacilitat(e|es|ing) (crime|criminals)|cease and desist|\btak(e|ing) (any )?(further )?legal (action|steps)|\blegal (action|steps|proceedings) (will|shall|may) follow|\btake you to court`)},
		{"lid2", "art. 285d(2) Sr does not cover hulpverleners", regexp.MustCompile(
			`(?i)(285d\(2\)|paragraph 2|one[- ]third)` + anyGap + carers + `|` + carers + anyGap + `(285d\(2\)|paragraph 2|one[- ]third)`)},
		{"ours_named", "no person is named: function, organisation and functional mailbox instead", regexp.MustCompile(
			`\b(?:Mr|Mrs|Ms|Dr|Prof)\.?\s+(?:[A-Z]\.\s*)*\p{Lu}\p{Ll}+|(?i:\b(?:case handler|contact person|legal adviser|signed by|on behalf of us)\s*:\s*)\S`)},
		{"placeholder", "a placeholder is left", regexp.MustCompile(`\[(?i:fill in|address|number)[^\]]*\]|\b(?:TBA|TBC|TBD)\b|\[(?i:function|name|date|organisation|organization|reference|role|place|phone|reason)[^\]]*\]|(?i:\b(enter|insert|fill in|type) [^.\n]{0,30}\bhere\b)|(?i:\bto be (completed|filled in) by us\b|\binsert (name|date|address))`)},
		{"zero_date", "a date is missing", regexp.MustCompile(`January 0001`)},
		{"known_each_other", "a letter never says how poster and affected person know each other", regexp.MustCompile(`(?i)\b(former |ex-)(patient|client|pupil)|\btreatment relation|medical confidentiality|parent of a pupil`)},
		{"guilt", "guilt is not ours to state", regexp.MustCompile(`(?i)\bthe (perpetrator|offender)\b|\bthe criminal (who|that|has|is)\b|is guilty of`)},
		{"indemnity", "an indemnity is never given without a recorded decision", regexp.MustCompile(`(?i)\bwe (will |shall )?indemnify|\baccept your terms`)},
		{"flagger", "the standing of a trusted flagger is claimed with its award alone", regexp.MustCompile(`(?i)\bwe are (a )?trusted flaggers?\s*([.,;]|$|\s(and|so|for)\b)|\bas a trusted flagger,? we\b|\bin our capacity (as|of) (a )?trusted flagger`)},
		{"silence", "silence is no decision: it opens no complaint under art. 20 DSA", regexp.MustCompile(`(?i)\bsilence (is|counts as|amounts to)|\bconsider your silence`)},
		{"supervisor", "what a supervisor will do is not ours to say", regexp.MustCompile(`(?i)\b(ACM|supervisor|authority)\b[^.\n]{0,20}\bwill (force|make|compel|order|require) you`)},
		{"trigger", "what started it stays sealed", regexp.MustCompile(`(?i)\b(following|after|because of) (a|an|the) (conflict|incident|quarrel|dispute|treatment|row)\b`)},
		{"klacht_for_another", "the klacht is the person's own", regexp.MustCompile(`(?i)\bwe lodge [^.\n]{0,60}\(klacht\)`)},
		{"own_analysis", "our own threat analysis and the person's state stay inside", regexp.MustCompile(`(?i)threat analysis|\bin hiding\b|\bdiagnosis\b|\bmental (state|health)`)},
		{"too_wide", "only the named content is asked for", regexp.MustCompile(`(?i)remove all (posts|messages)`)},
		{"proves", "a time stamp of ours proves nothing by itself", regexp.MustCompile(`(?i)time ?stamp proves`)},
		{"id_number", "numbers that identify a person stand in no document", regexp.MustCompile(`(?i)citizen service number|date of birth|\bborn on\b|social security number`)},
		{"partial_value", "private data are named by kind, not even in part", regexp.MustCompile(`(?i)(address|number|name|postcode) (begins|starts|ends) with`)},
		{"tone", "no indignation", regexp.MustCompile(`(?i)\b(ridiculous|outrageous|disgraceful|unacceptable|disgusting|incomprehensible)\b`)},
		{"filming", "filming is not forbidden as such", regexp.MustCompile(`(?i)(forbidden|illegal|prohibited) to film|\bfilming (\p{L}+ ){0,5}(is|are) (strictly |also |always )?(forbidden|illegal|prohibited|unlawful|not allowed|a crime|an offence)`)},
	}
})

const (
	periodEnglish = `(\d+|one|two|three|four|five|seven|ten|fourteen)\s+(hours?|days?|working days?|weeks?)\b`
	carers        = `\b((care|aid|emergency|rescue|health|social|relief) (service )?workers?|paramedics?|first responders?|municipal officials?|civil servants?|doctors?|GPs?|nurses?|ambulance|firefighters?|fire brigade|teachers?)\b`
)
