# make alone prints what there is. Everything needs Go; make test needs gcc too.
.DEFAULT_GOAL := help
SHELL := /bin/bash

T ?= FuzzMux
D ?= 1m

help: ## print this
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: ## find HAProxy #2494 from nothing, explain it, show the fix (a minute, no gcc)
	@CGO_ENABLED=0 go build -o .bin/lastwake ./harness/cmd/lastwake
	@PATH="$(CURDIR)/.bin:$$PATH" sh harness/docs/demo.sh

test: check ## everything that has to hold (5 minutes from a cold cache on 2 cores)
	@echo 'go test -race ./harness/hunt ./fuzz/quicgo &'; go test -race ./harness/hunt ./fuzz/quicgo & race=$$!; \
	echo 'go test -parallel 4 ./...'; go test -parallel 4 ./...; all=$$?; wait $$race && exit $$all

check: ## gofmt, vet for three platforms, staticcheck, generated files current
	@files=$$(gofmt -l corpus fuzz harness reports); if [ -n "$$files" ]; then echo "gofmt -l: $$files"; exit 1; fi
	GOOS=linux GOARCH=amd64 go vet ./...
	GOOS=linux GOARCH=arm64 CGO_ENABLED=0 go vet ./...
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 go vet ./...
	GOOS=linux GOARCH=arm64 CGO_ENABLED=0 go build ./...
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 go build ./...
	go tool staticcheck ./...
	@sh harness/docs/generated.sh

fuzz: ## fuzz one target with Go's engine: make fuzz T=FuzzMux D=1m
	@pkg=$$(grep -rlE 'func $(T)\(' --include=*_test.go fuzz | xargs -r -n1 dirname | head -1); \
	if [ -z "$$pkg" ]; then echo "make fuzz: no target $(T); there are:"; grep -rhoE 'func Fuzz[A-Za-z]+' --include=*_test.go fuzz | sed 's/func /  /'; exit 2; fi; \
	go test ./$$pkg -run '^$$' -fuzz '^$(T)$$' -fuzztime $(D) -fuzzminimizetime 1x

bench: ## ratios, measured in one run (2 minutes); beside C, ASan and memcheck with gcc and valgrind
	go test -p 1 ./harness ./harness/shadow/judge -run "^$$" -bench . -benchtime 1x

generate: ## write the checked twin and the tables anew
	go generate ./harness/...

update: generate ## write golden files and reports of known crashes anew; read the diff
	go test ./harness/program -run SyntaxPage -update
	go test ./reports/... -update
	go test ./harness/triage/trace ./harness/triage/cause -run 'Read|Stacks' -update
	UPDATE=1 go test ./harness/cmd/lastwake
	@go build -o .bin/lastwake ./harness/cmd/lastwake
	@for f in corpus/crash/*/*.txtar; do .bin/lastwake corpus import --status known --crashes $$(dirname $$f) $$f || test $$? -eq 1; done

include harness/shadow/judge/judge.mk
include harness/bench/bench.mk
include harness/target/quicgo/quicgo.mk
include harness/triage/triage.mk
include fuzz/engines.mk
include harness/process/process.mk
include harness/target/live/live.mk
include harness/nightly/nightly.mk

.PHONY: help run test check fuzz bench generate update
