# Real servers. Included by the Makefile. N is how many programs each is given.

live: ## real servers, ngtcp2's and Caddy: 300 hunted programs each (10 minutes; apt-get install ngtcp2-server gdb)
	go build -o .bin/lastwake ./harness/cmd/lastwake
	go build -o .bin/site ./harness/target/live/cmd/site
	cd harness/target/live/servers/caddy && go build -o $(CURDIR)/.bin/caddy .
	.bin/site .bin/live 4461
	timeout 300 .bin/lastwake hunt --target live --programs $(or $(N),300) --seed $(or $(SEED),1) --linger 100ms --crashes reports/out/live/gtlsserver --addr 127.0.0.1:4460 \
		--server 'gtlsserver -q -d $(CURDIR)/.bin/live/www 127.0.0.1 4460 $(CURDIR)/.bin/live/key.pem $(CURDIR)/.bin/live/cert.pem' | tee .bin/live-gtlsserver.txt
	@grep -q 'the server is alive; findings: 0$$' .bin/live-gtlsserver.txt && ! grep -q ': unexplained$$' .bin/live-gtlsserver.txt
	timeout 300 .bin/lastwake hunt --target live --programs $(or $(N),300) --seed $(or $(SEED),1) --linger 100ms --crashes reports/out/live/caddy --addr 127.0.0.1:4461 \
		--server '$(CURDIR)/.bin/caddy run --config $(CURDIR)/.bin/live/caddy.json' | tee .bin/live-caddy.txt
	@grep -q 'the server is alive; findings: 0$$' .bin/live-caddy.txt && ! grep -q ': unexplained$$' .bin/live-caddy.txt

live-deaths: ## every kind of death is seen and filed, in 20 of 20 tries; 50 sessions are killed (an hour)
	LASTWAKE_TRIES=$(or $(TRIES),20) go test ./harness/target/live -count=1 -v -timeout 120m -run TestDeaths
	LASTWAKE_KILLS=$(or $(KILLS),50) go test ./harness/target/live -count=1 -v -timeout 60m -run TestKilled

.PHONY: live live-deaths
