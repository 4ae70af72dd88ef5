# The judges of the sanitizer: what gcc's AddressSanitizer and Valgrind's
# memcheck say of the same programs. Included by the Makefile; how to read what
# is printed is in harness/docs/judge.md.
#
# To install the judges: apt-get install -y gcc valgrind
#
#	N=1000       random programs of judge-diff and judge-mux
#	SEED=2       other programs, and another forty mutants
#	MUTANT=12    that one alone

JUDGE := LASTWAKE_JUDGE_N=$(N) LASTWAKE_JUDGE_SEED=$(SEED) LASTWAKE_JUDGE_MUTANT=$(MUTANT)
JUDGED := $(JUDGE) LASTWAKE_JUDGE=1 go test ./harness/shadow/judge -count=1 -v -timeout 1h

judge: conformance ## the sanitizer before gcc's ASan, memcheck and its mutants (5 minutes)

conformance: ## the same: all of the judges below at their usual size, and one line
	@$(JUDGE) LASTWAKE_JUDGE=1 sh harness/shadow/judge/conformance.sh

judge-nightly: ## 1,000,000 random programs, 100,000 of the mux, every mutant (hours)
	@$(JUDGE) LASTWAKE_JUDGE=nightly sh harness/shadow/judge/conformance.sh

judge-cases: ## 38 mistakes, and what four judges say of each; what pools hide
	$(JUDGED) -run 'TestCases|TestDivergences|TestPools'

judge-asan: ## the plain Go source of the 38 mistakes, built with go build -asan
	$(JUDGED) -run '^TestCases$$/^goasan$$'

judge-diff: ## random programs, by the twin and by AddressSanitizer and memcheck in C
	$(JUDGED) -run 'TestDifferential|TestSavedPrograms|TestRules'

judge-mux: ## the mux model, plain under AddressSanitizer against its checked twin
	$(JUDGED) -run 'TestMux'

judge-mutants: ## forty sanitizers with a hole, each of which has to be noticed
	$(JUDGED) -run 'TestMutants'

.PHONY: judge conformance judge-nightly judge-cases judge-asan judge-diff judge-mux judge-mutants
