//go:build !gofuzz

package corpus

import "embed"

//go:embed all:seed all:crash
var embedded embed.FS
