# Real quic-go. Included by the Makefile.

controls: ## bad quic-gos, old and planted: found from nothing in 10 of 10 seeds
	LASTWAKE_CONTROLS=1 go test ./harness/target/quicgo -count=1 -v -timeout 50m -run 'TestControls|TestPlanted'

.PHONY: controls
