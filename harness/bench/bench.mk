# How soon the faults are found, and that nothing else is. Included by the
# Makefile. See harness/docs/bench.md.

repro: ## find every fault from nothing: which commits brought and mended it, the command, found after
	@CGO_ENABLED=0 go build -o .bin/lastwake ./harness/cmd/lastwake
	@.bin/lastwake repro

repro-check: ## 8 faults, 3 seeds: fail when one that used to be found no longer is
	@CGO_ENABLED=0 go build -o .bin/lastwake ./harness/cmd/lastwake
	@.bin/lastwake repro --check

judge-power: repro-check ## 5 million ops on the fixed model in every era without a finding; every fault reports its own
	LASTWAKE_CONTROL_OPS=5000000 go test ./harness/bench -count=1 -v -timeout 30m -run 'TestControl(Fixed|FixOnly|Chains)$$'
	LASTWAKE_CONTROL_OPS=500000 go test ./harness/bench -count=1 -timeout 30m -run 'TestControlOwnSignatures$$'

nightly-power: ## the same with a billion ops, and the bench with 20 seeds (hours; go on with the same command)
	LASTWAKE_CONTROL_OPS=1000000000 go test ./harness/bench -count=1 -v -timeout 24h -run 'TestControlFixed$$'
	LASTWAKE_CONTROL_OPS=50000000 go test ./harness/bench -count=1 -timeout 24h -run 'TestControl'
	@CGO_ENABLED=0 go build -o .bin/lastwake ./harness/cmd/lastwake
	.bin/lastwake bench --seeds 20
	.bin/lastwake bench --compare --out reports/out/bench/compare

mux-mutants: ## each call of the mux model that frees, unlinks or wakes left out once: which are noticed (10 minutes; M=10: every tenth)
	LASTWAKE_MUX_MUTANTS=$(or $(M),1) go test ./harness/target/model -run 'TestMutants$$' -count=1 -v -timeout 2h

.PHONY: repro repro-check judge-power nightly-power mux-mutants
