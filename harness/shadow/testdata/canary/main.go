// Command canary is built in several ways by TestCanary. It says whether the
// arena works and whether the checks inlined into this very package do.
package main

import (
	"fmt"
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

type object struct{ Word uint64 }

func main() {
	a, err := shadow.New([]shadow.Type{{}, shadow.TypeOf[object]("object")}, shadow.Options{})
	if err != nil {
		fmt.Println("new:", err)
		return
	}
	if err := a.Canary(func(p unsafe.Pointer) { shadow.Ld8(&(*object)(p).Word) }); err != nil {
		fmt.Println("here:", err)
		return
	}
	fmt.Println("checked")
}
