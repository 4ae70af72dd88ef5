# What a night promises, at full length. Included by the Makefile.

nightly: ## a night: what moves, the power of the search, the models (B=2h, STATE=DIR, QUICGO=DIR)
	@go build -o .bin/lastwake ./harness/cmd/lastwake
	.bin/lastwake nightly --budget $(or $(B),2h) --state $(or $(STATE),reports/out/nightly) $(if $(QUICGO),--quicgo $(QUICGO))

prove-nightly: ## three nights of 5 minutes with 51 killed children, one more, nightly killed, a full disk (25 minutes)
	bash harness/nightly/prove.sh nights
	bash harness/nightly/prove.sh generator
	bash harness/nightly/prove.sh killed
	bash harness/nightly/prove.sh full

prove-corpus: ## 10,000 programs through every layout and back, 100,000 pruned without a loss (a minute)
	go test ./corpus/pool -count=1 -v -run RoundTrip -programs 10000
	go test ./harness/cmd/lastwake -count=1 -v -run PruneOfAPool -programs 100000

scale: ## the figures of harness/docs/scale.md, measured here (12 minutes on a quiet machine)
	bash harness/nightly/scale.sh speed
	bash harness/nightly/scale.sh fit
	bash harness/nightly/scale.sh corpus

power-baseline: ## measure anew how soon each fault is found; read the diff (3 minutes)
	@go build -o .bin/lastwake ./harness/cmd/lastwake
	.bin/lastwake nightly --rebase harness/nightly/power.txt

.PHONY: nightly prove-nightly prove-corpus scale power-baseline
