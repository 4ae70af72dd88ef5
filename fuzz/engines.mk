# The engines beside Go's own, on the same targets. Included by the Makefile.
# T is a package below fuzz/, D is how long an engine runs.
engine_target = $(if $(filter command% environment%,$(origin T)),$(T),mux)

go-fuzz: ## dvyukov/go-fuzz, one process: make go-fuzz T=mux D=20s
	@bash fuzz/engines.sh go-fuzz $(engine_target) $(D)

go-fuzz-cluster: ## go-fuzz, a coordinator and N workers over loopback: make go-fuzz-cluster N=2 D=1m
	@bash fuzz/engines.sh cluster $(engine_target) $(D) $(or $(N),2)

libfuzzer: ## libFuzzer, linked by clang: make libfuzzer T=mux D=20s
	@bash fuzz/engines.sh libfuzzer $(engine_target) $(D)

deploy: ## the OSS-Fuzz build script, as far as it goes without the images
	@bash fuzz/deploy.sh

engines: deploy ## each of these engines finds HAProxy #2494 from nothing (mostly 10 minutes, at most 40)
	@bash fuzz/engines.sh prove

.PHONY: go-fuzz go-fuzz-cluster libfuzzer deploy engines
