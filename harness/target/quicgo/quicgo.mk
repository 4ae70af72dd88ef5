# Real quic-go. Included by the Makefile.

controls: ## known-bad versions of quic-go: found from nothing in 10 of 10 seeds
	LASTWAKE_CONTROLS=1 go test ./harness/target/quicgo -count=1 -v -timeout 50m -run TestControls

.PHONY: controls
