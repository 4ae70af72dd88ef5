# The judges of the sanitizer: what gcc's AddressSanitizer and Valgrind's
# memcheck say of the same programs. Included by the Makefile.
#
# To install the judges: apt-get install -y gcc valgrind
#
# N scales a target: the number of random programs. SEED draws others.

JUDGE := LASTWAKE_JUDGE=1 LASTWAKE_JUDGE_N=$(N) LASTWAKE_JUDGE_SEED=$(SEED) go test ./harness/shadow/judge -count=1 -v -timeout 6h

judge-cases: ## 38 mistakes, and what four judges say of each; what pools hide
	$(JUDGE) -run 'TestCases|TestDivergences|TestPools'

judge-asan: ## the plain Go source of the 38 mistakes, built with go build -asan
	$(JUDGE) -run '^TestCases$$/^goasan$$'

judge-diff: ## random programs, by the twin and by AddressSanitizer and memcheck in C
	$(JUDGE) -run 'TestDifferential|TestSavedPrograms|TestRules'

judge-mux: ## the mux model, plain under AddressSanitizer against its checked twin
	$(JUDGE) -run 'TestMux'

conformance: ## all of them, and one line
	@N='$(N)' SEED='$(SEED)' sh harness/shadow/judge/conformance.sh

.PHONY: judge-cases judge-asan judge-diff judge-mux conformance
