// Package player plays the inputs of engines that make bytes, for the fuzz
// packages of the models.
//
// It owns the way from bytes to a verdict, the known-crash rule (a finding is
// excused only when a known crash bears its signature and the fault that the
// crash names is on), what is left of a finding, and the counts of a campaign.
// It refuses to know which model it plays on and which engine asks.
//
//	p, err := player.New(model.Mux{}, "./fuzz/mux")
//	finding, excuse, err := p.Play(data)
//	if finding != nil && excuse == nil {
//		crash, err := p.Save(finding, "../..")
//	}
//
// LASTWAKE_FAULTS switches faults on, LASTWAKE_SEEDS=none adds no seeds, and
// LASTWAKE_KNOWN=none excuses nothing.
package player
