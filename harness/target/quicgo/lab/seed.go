package lab

import (
	"crypto/rand"
	mathrand "math/rand/v2"
	"os"
	"sync"
)

// seed makes all randomness of this process the same as at the start of any
// other run. testing/cryptotest can do so in test binaries only; a connection
// has to be the same in both.
func seed() {
	customRand()
	rand.Reader = &reader{r: mathrand.NewChaCha8([32]byte{1})}
}

// customRand makes crypto packages use rand.Reader, as they once did.
var customRand = sync.OnceFunc(func() {
	value := "cryptocustomrand=1"
	if old := os.Getenv("GODEBUG"); old != "" {
		value = old + "," + value
	}
	_ = os.Setenv("GODEBUG", value) // cannot fail: the name is one
})

type reader struct {
	mu sync.Mutex
	r  *mathrand.ChaCha8
}

// Read implements io.Reader.
func (r *reader) Read(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.r.Read(b)
}
