triage: ## what triage promises: 10,000 crashers grouped, 200 kills, every memory fault, 700 others, the walk (15 minutes)
	LASTWAKE_PILE=10000 go test ./harness/triage -run Pile -v -timeout 10m
	go test ./harness/triage/cause ./harness/triage/core ./harness/triage/trace -v -run 'EveryMemoryFault|Others|HeldOut|Threshold|RealTraces|Stack|Mismatch|NoStrings'
	LASTWAKE_KILLS=200 go test ./harness/cmd/lastwake -run Killed -v -timeout 15m
	LASTWAKE_WALK=whole go test ./harness/cmd/lastwake -run 'Scripts/walk$$' -v -timeout 90m

browser: ## click through the pages in Chromium at two widths, light and dark (needs chromium)
	LASTWAKE_BROWSER=1 go test ./harness/cmd/lastwake -run Browser -v

.PHONY: triage browser
