package api

// routes registers every path, in the order of the contract.
func (a *API) routes() {
	a.reportRoutes()
	a.caseRoutes()
	a.itemRoutes()
	a.recordRoutes()
	a.evidenceRoutes()
	a.trackRoutes()
	a.documentRoutes()
	a.replyRoutes()
	a.workRoutes()
	a.registerRoutes()
	a.historyRoutes()
	a.engineRoutes()
	a.recipientRoutes()
}
