package process

// sinkNew makes ring i, a sink with a backing file, or one on the heap.
//
//lastwake:c sink_new_buf src/sink.c
func (w *World) sinkNew(i int, heap bool) bool {
	var r *Ring
	if heap {
		r = w.ringNew(startupLogSize)
	} else {
		area := w.mmap(startupLogSize, -1)
		if area == nil {
			return false
		}
		r = w.ringMakeFromArea(area, startupLogSize, true, ringMapped)
		if r == nil {
			w.munmap(area, startupLogSize)
		}
	}
	w.g.Sinks[i] = r
	return r != nil
}

// sinkFree frees ring i.
//
//lastwake:c sink_free src/sink.c
func (w *World) sinkFree(i int) {
	r := w.g.Sinks[i]
	w.g.Sinks[i] = nil
	w.say(evRingFree, r.Flags&ringMapped, 0)
	if r.Flags&ringMapped != 0 {
		w.ringUnmapped(r)
	} else {
		w.ringFree(r)
	}
}
