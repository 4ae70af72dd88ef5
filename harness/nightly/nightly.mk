# What a night promises, at full length. Included by the Makefile.

nightly: ## a night: what moves, the power of the search, the models (B=2h, STATE=DIR, QUICGO=DIR)
	@go build -o .bin/lastwake ./harness/cmd/lastwake
	.bin/lastwake nightly --budget $(or $(B),2h) --state $(or $(STATE),reports/out/nightly) $(if $(QUICGO),--quicgo $(QUICGO))

prove-nightly: ## three nights of 5 minutes with 50 killed children each, nightly killed, a full disk (20 minutes)
	bash harness/nightly/prove.sh nights
	bash harness/nightly/prove.sh killed
	bash harness/nightly/prove.sh full

power-baseline: ## measure anew how soon each fault is found; read the diff (5 minutes)
	@go build -o .bin/lastwake ./harness/cmd/lastwake
	.bin/lastwake nightly --rebase harness/nightly/power.txt

.PHONY: nightly prove-nightly power-baseline
