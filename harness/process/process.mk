# The process model with every fault off, under each C library and each kernel.
# Included by the Makefile.

judge: process-clean

process-clean: ## 2 million ops of the fixed process model under each of 8 policies (2 minutes)
	LASTWAKE_CLEAN_OPS=2000000 go test ./harness/target/process -run AllOff -count=1 -v -timeout 1h

process-nightly: ## the same with 100 million ops for each (hours)
	LASTWAKE_CLEAN_OPS=100000000 go test ./harness/target/process -run AllOff -count=1 -v -timeout 24h

process-mutants: ## 47 mistakes in the model itself: who looks on sees each (a few minutes; M=3,7 for some)
	LASTWAKE_PROCESS_MUTANTS=$(or $(M),all) go test ./harness/target/process -run 'TestMutants$$' -count=1 -v -timeout 1h

process-replay: ## 200 reloads of a real haproxy with hostile environments (6 minutes; apt-get install -y haproxy)
	@go build -o .bin/lastwake ./harness/cmd/lastwake
	.bin/lastwake proc replay --reloads 200

.PHONY: process-clean process-nightly process-mutants process-replay
