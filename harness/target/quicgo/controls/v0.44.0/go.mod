module github.com/lastwake/lastwake/controls/quicgo/v0.44.0

go 1.26.0

require github.com/lastwake/lastwake v0.0.0

require (
	github.com/francoispqt/gojay v1.2.13 // indirect
	github.com/google/go-cmp v0.7.0 // indirect
	github.com/quic-go/quic-go v0.65.0 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/exp v0.0.0-20240506185415-9bf2ced13842 // indirect
	golang.org/x/net v0.61.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

// A plain nested module would get the newest quic-go by version selection.
replace (
	github.com/lastwake/lastwake => ../../../../..
	github.com/quic-go/quic-go => github.com/quic-go/quic-go v0.44.0
)
