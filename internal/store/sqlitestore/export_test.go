package sqlitestore

// ListRecords is for a test of its plan.
const ListRecords = listRecords
