package target

import "testing"

// The caller of a place is the next function of C outwards, not a helper, not
// the driver, and not the same function again.
func TestCaller(t *testing.T) {
	c := func(name string) Frame { return Frame{Func: name, CFile: "src/a.c"} }
	primitive := Frame{Func: "BUG_ON", CFile: "src/a.c", Primitive: true}
	driver := Frame{Func: "(*World).play"}
	for _, test := range []struct {
		name  string
		stack []Frame
		want  string
	}{
		{"called", []Frame{primitive, c("qcs_free"), c("qcs_destroy"), c("qcc_io_cb")}, "qcs_destroy"},
		{"in two halves", []Frame{primitive, c("qcs_free"), c("qcs_free"), c("qcc_release")}, "qcc_release"},
		{"through helpers", []Frame{c("qcs_free"), primitive, driver, c("qcc_release")}, "qcc_release"},
		{"by the driver", []Frame{primitive, c("qmux_strm_rcv_buf"), driver}, ""},
		{"no stack", nil, ""},
	} {
		if got := Caller(test.stack); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
