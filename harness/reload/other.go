//go:build !linux

package reload

import (
	"context"
	"errors"
)

// Replay is built for Linux only.
func Replay(context.Context, Options) (*Report, error) {
	return nil, errors.New("proc replay: it watches processes through /proc, which only Linux has")
}
