package cause

import "testing"

// What a process prints is what the preprocessor has left of the condition in
// the source.
func TestSameCond(t *testing.T) {
	for _, test := range []struct {
		printed, written string
		same             bool
	}{
		{"((&qcs->el_buf)->n != (&qcs->el_buf))", "LIST_INLIST(&qcs->el_buf)", true},
		{"!((&stream->buf_list)->n == (&stream->buf_list))", "!LIST_ISEMPTY(&stream->buf_list)", true},
		{"qcs->stream->buf && !(qcs->flags & 0x00000002)", "qcs->stream->buf && !(qcs->flags & QC_SF_BLK_SFCTL)", true},
		{"qcs->stream->buf && !(qcs->flags & (1U << 1))", "qcs->stream->buf && !(qcs->flags & QC_SF_BLK_SFCTL)", true},
		{"qcs->sd == ((void *)0)", "qcs->sd == NULL", true},
		{"qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc)", "only FIN left: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc)", true},
		{"((&qcs->el_send)->n != (&qcs->el_send))", "LIST_INLIST(&qcs->el_buf)", false},
		{"length < 1200", "length < 1100", false},
		{"", "", false},
	} {
		if got := sameCond(test.printed, test.written); got != test.same {
			t.Errorf("%q and %q: %t", test.printed, test.written, got)
		}
	}
}
