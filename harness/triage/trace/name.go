package trace

import (
	"path"
	"regexp"
	"strings"
)

// Name returns what a function is called whatever compiler, library and
// release its name came from. A name that says nothing gives "".
func Name(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasPrefix(s, "??") || s == "<null>" || s == "<unknown" {
		return ""
	}
	switch {
	case strings.HasPrefix(s, "(*"):
		return "" // a helper of a model, which no C function is called like
	case strings.Contains(s, "/") && strings.Contains(s, "."), strings.Contains(s, ".(*"):
		return s // a Go function, which has one name
	}
	s = plain(s)
	s = clones.ReplaceAllString(s, "")
	if i := strings.IndexByte(s, '@'); i > 0 {
		s = s[:i]
	}
	for _, p := range wrappers {
		s = strings.TrimPrefix(s, p)
	}
	s = strings.TrimLeft(s, "_")
	s = variants.ReplaceAllString(s, "")
	if now, ok := renamed[s]; ok {
		return now
	}
	return s
}

// plain takes the signature, the template arguments and the hashes off a name
// of C++ or Rust.
func plain(s string) string {
	s = strings.ReplaceAll(s, "(anonymous namespace)", "anon")
	var b strings.Builder
	depth := 0
	for i := range len(s) {
		switch c := s[i]; c {
		case '<', '(', '[':
			depth++
		case '>', ')', ']':
			depth = max(0, depth-1)
		default:
			if depth == 0 {
				b.WriteByte(c)
			}
		}
	}
	s = strings.TrimSpace(b.String())
	s = strings.TrimSuffix(strings.TrimSuffix(s, " const"), " ")
	if i := strings.LastIndexByte(s, ' '); i >= 0 {
		s = s[i+1:] // the type that it returns
	}
	return rustHash.ReplaceAllString(s, "")
}

var (
	// clones are the endings that compilers and linkers give to copies and
	// pieces of a function.
	clones = regexp.MustCompile(`(\.(isra|constprop|part|cold|lto_priv|llvm|clone|localalias|suffix)(\.\d+)*|\.\d+)+$`)
	// variants are the endings of the C library for kinds of processors.
	variants = regexp.MustCompile(`_(avx|avx2|avx512|evex|evex512|sse2|sse3|ssse3|sse4_1|sse42|sse4_2|rtm|erms|unaligned|aligned|generic|neon|mte)(_(rtm|erms|unaligned|unaligned_erms|no_vzeroupper|movbe))*$`)
	rustHash = regexp.MustCompile(`::h[0-9a-f]{16}$`)
)

// wrappers are the beginnings that checkers and the C library give to the
// functions that they replace.
var wrappers = []string{"__interceptor_", "___interceptor_", "__interceptor_trampoline_", "__asan_wrap_", "__GI___libc_",
	"__GI_", "__libc_", "_vgr10050ZU_libcZdsoZa_", "wrap_", "__wrap_"}

// renamed are functions that were called otherwise in another release of
// HAProxy, with what they are called in the models' catalogue.
var renamed = map[string]string{
	"tasklet_wakeup_on": "tasklet_wakeup", "tasklet_wakeup_after": "tasklet_wakeup", "task_wakeup_on": "task_wakeup",
	"qc_io_cb": "qcc_io_cb", "qc_release": "qcc_release", "qc_timeout_task": "qcc_timeout_task", "qc_init": "qmux_init",
	"qc_shutdown": "qcc_shutdown", "qc_wake_some_streams": "qcc_wake_some_streams", "qc_purge_streams": "qcc_purge_streams",
	"qc_process": "qcc_io_process", "qcc_io_process": "qcc_io_process",
	"qc_detach": "qmux_strm_detach", "qcm_strm_detach": "qmux_strm_detach", "qc_rcv_buf": "qmux_strm_rcv_buf",
	"qcm_strm_rcv_buf": "qmux_strm_rcv_buf", "qc_snd_buf": "qmux_strm_snd_buf", "qcm_strm_snd_buf": "qmux_strm_snd_buf",
	"qc_shutw": "qmux_strm_shut", "qc_shut": "qmux_strm_shut", "qcm_strm_shut": "qmux_strm_shut",
	"qc_treat_acked_tx_frm": "qc_handle_newly_acked_frm", "qc_ackrng_pkts": "qc_handle_newly_acked_pkts",
	"qc_treat_newly_acked_pkts": "qc_handle_newly_acked_pkts", "qc_treat_ack_of_ack": "qc_handle_newly_acked_pkts",
	"cs_conn_process": "sc_conn_process", "si_cs_process": "sc_conn_process", "cs_destroy": "sc_destroy",
	"sc_new_from_endp": "sc_new_from_endp", "cs_new_from_endp": "sc_new_from_endp",
	"pool_alloc": "pool_alloc", "pool_free": "pool_free", "cfree": "free",
	"qc_stream_desc_release_cb": "qc_stream_desc_release",
}

// KindOf says what the function called name does for everybody.
func KindOf(name string) Kind {
	switch {
	case name == "":
		return Unknown
	case entries[name]:
		return Entry
	case primitives[name]:
		return Primitive
	case checkers[name]:
		return Checker
	}
	for _, p := range checkerPrefixes {
		if strings.HasPrefix(name, p) {
			return Checker
		}
	}
	return Plain
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

var entries = set(`main start libc_start_main libc_start_call_main libc_start_main_impl start_call_main start_main start_main_impl
	start_thread clone clone3 thread_start pthread_start run_tasks_from_lists process_runnable_tasks run_poll_loop
	run_thread_poll_loop process_tasks BaseThreadInitThunk RtlUserThreadStart ret_from_fork ret_from_fork_asm
	runtime.goexit runtime.main testing.tRunner`)

var primitives = set(`malloc calloc realloc free posix_memalign memalign aligned_alloc strdup strndup reallocarray
	int_free int_malloc int_realloc libc_free libc_malloc malloc_consolidate unlink_chunk malloc_printerr munmap_chunk tcache_put
	libc_message libc_fatal fortify_fail stack_chk_fail
	pool_alloc pool_free pool_zalloc pool_alloc_area pool_free_area pool_get_from_os_noinc pool_get_from_os pool_put_to_os
	pool_put_to_os_nodec pool_put_to_os_no_dec pool_alloc_nocache pool_free_nocache pool_alloc_flag pool_put_to_cache
	pool_get_from_cache pool_evict_from_local_cache pool_evict_from_local_caches pool_flush pool_gc pool_check_pattern pool_put_to_shared_cache
	tasklet_wakeup task_wakeup tasklet_free task_destroy task_free tasklet_new task_new task_new_anywhere task_new_here task_queue
	tasklet_insert_into_tasklet_list wake_expired_tasks
	b_alloc b_free b_slow_realign eb_delete eb64_delete eb32_delete eb32_insert eb64_insert ebmb_insert eb_insert_dup eb64_lookup eb32_lookup
	eb_walk_down eb_next eb_prev eb_first eb_last
	memcpy memmove memset memcmp strcmp strncmp strcasecmp strncasecmp strlen strnlen strcpy strncpy strchr strrchr strstr memchr bcmp bzero
	vfprintf printf_positional snprintf vsnprintf
	slab_free kmem_cache_free kfree kmem_cache_alloc kmalloc slab_post_alloc_hook kmalloc_trace kvfree list_del list_add
	op_delete ngx_pfree ngx_free ngx_alloc`)

var checkers = set(`abort raise gsignal pthread_kill pthread_kill_implementation pthread_kill_internal assert_fail assert_fail_base
	libc_assert ha_panic ha_dump_backtrace ha_backtrace_to_stderr ha_thread_dump ha_thread_dump_fill ha_thread_dump_one ha_stuck_warning stream_dump_and_crash ha_crash_now wdt_handler debug_handler abort_now sched_yield ha_thread_relax
	dump_stack dump_stack_lvl print_report print_address_description kasan_report kasan_save_stack kasan_save_track
	kasan_set_track kasan_save_free_info kasan_save_alloc_info poison_slab_object check_memory_region report_error
	restore_rt signal_handler_called ReportGenericError`)

var checkerPrefixes = []string{"asan_", "sanitizer_", "lsan_", "msan_", "ubsan_", "kasan_", "vgPlain", "vg_replace", "tsan_"}

// file takes the path of the machine off a source file's name.
func file(s string) string {
	s = path.Clean(strings.ReplaceAll(strings.TrimSpace(s), `\`, "/"))
	if s == "." || s == "/" {
		return ""
	}
	for _, root := range []string{"/src/", "/include/", "/stdlib/", "/sysdeps/", "/lib/"} {
		if i := strings.LastIndex("/"+s, root); i >= 0 {
			return ("/" + s)[i+1:]
		}
	}
	return strings.TrimPrefix(path.Base(path.Dir(s))+"/"+path.Base(s), "./")
}

// newFrame returns the frame of a function.
func newFrame(fn, where string, line int) Frame {
	f := Frame{Func: fn, Name: Name(fn), Line: line}
	if where != "" {
		f.File = file(where)
	}
	f.Kind = KindOf(f.Name)
	return f
}
