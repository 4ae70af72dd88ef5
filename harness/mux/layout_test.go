package mux

import (
	"testing"
	"unsafe"
)

// The first 32 bytes of an object are what the pool's cache overwrites when it
// is freed, so their fields stand where C has them: as shipped, a stale tid
// reads the upper half of a free-list link.
func TestLayout(t *testing.T) {
	offset := map[string]uintptr{
		"tasklet.state":   unsafe.Offsetof(Tasklet{}.State),
		"tasklet.tid":     unsafe.Offsetof(Tasklet{}.TID),
		"tasklet.process": unsafe.Offsetof(Tasklet{}.Process),
		"tasklet.context": unsafe.Offsetof(Tasklet{}.Context),
		"tasklet.caller":  unsafe.Offsetof(Tasklet{}.Caller),
		"task.state":      unsafe.Offsetof(Task{}.State),
		"task.tid":        unsafe.Offsetof(Task{}.TID),
		"task.process":    unsafe.Offsetof(Task{}.Process),
		"task.context":    unsafe.Offsetof(Task{}.Context),
		"task.caller":     unsafe.Offsetof(Task{}.Caller),
		"qcs.qcc":         unsafe.Offsetof(QCS{}.QCC),
		"qcs.sd":          unsafe.Offsetof(QCS{}.SD),
		"qcs.flags":       unsafe.Offsetof(QCS{}.Flags),
		"qcs.st":          unsafe.Offsetof(QCS{}.St),
		"qcs.ctx":         unsafe.Offsetof(QCS{}.Ctx),
		"qcc.conn":        unsafe.Offsetof(QCC{}.Conn),
		"qcc.nb_sc":       unsafe.Offsetof(QCC{}.NbSC),
		"qcc.nb_hreq":     unsafe.Offsetof(QCC{}.NbHreq),
		"qcc.flags":       unsafe.Offsetof(QCC{}.Flags),
	}
	tests := []struct {
		typ    string
		fields []string
		at     []uintptr
	}{
		{"tasklet", []string{"state", "tid", "process", "context", "caller"}, []uintptr{0, 4, 8, 16, 24}},
		{"task", []string{"state", "tid", "process", "context", "caller"}, []uintptr{0, 4, 8, 16, 24}},
		{"qcs", []string{"qcc", "sd", "flags", "st", "ctx"}, []uintptr{0, 8, 16, 20, 24}},
		{"qcc", []string{"conn", "nb_sc", "nb_hreq", "flags"}, []uintptr{0, 8, 16, 24}},
	}
	for _, tt := range tests {
		for i, field := range tt.fields {
			if got := offset[tt.typ+"."+field]; got != tt.at[i] {
				t.Errorf("%s.%s is at %d, want %d", tt.typ, field, got, tt.at[i])
			}
		}
	}
	// Reports name fields by the type table: it must agree.
	for _, typ := range types {
		for _, f := range typ.Fields {
			if want, ok := offset[typ.Name+"."+f.Name]; ok && f.Offset != want {
				t.Errorf("the type table has %s.%s at %d, want %d", typ.Name, f.Name, f.Offset, want)
			}
		}
	}
	if got := unsafe.Sizeof(Tasklet{}); got != 64 {
		t.Errorf("a tasklet has %d bytes, want 64", got)
	}
}
