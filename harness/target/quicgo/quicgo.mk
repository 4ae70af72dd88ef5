# Real quic-go. Included by the Makefile. N scales the number of programs.

controls: ## bad quic-gos, old and planted: found from nothing in 10 of 10 seeds
	LASTWAKE_CONTROLS=1 go test ./harness/target/quicgo -count=1 -v -timeout 50m -run 'TestControls|TestPlanted'

quicgo-clean: ## the quic-go of go.mod: 20,000 programs, no finding that is not known (N=2000000 at night)
	go build -o .bin/lastwake ./harness/cmd/lastwake
	.bin/lastwake hunt --target quicgo --seed $(or $(SEED),1) --programs $(or $(N),20000) | tee .bin/quicgo-clean.txt
	@grep -q ', 0 new$$' .bin/quicgo-clean.txt

quicgo-race: ## quic-go and its driver under the race detector
	go test -race -short -count=1 ./fuzz/quicgo ./harness/target/quicgo/...

quicgo-speed: ## programs of 30 ops a second on one core, oracles on
	go test ./harness/target/quicgo -run '^$$' -bench Programs -benchtime 3000x -cpu 1

.PHONY: controls quicgo-clean quicgo-race quicgo-speed

judge: quicgo-clean
