// Runs the case that is named on the command line.
#include "cases.h"
#include <stdio.h>

void *keep;
volatile uint64_t sink;

#define CASES(X) \
	X(uaf_read) X(uaf_write) X(uaf_rmw) X(uaf_first_byte) X(uaf_last_byte) X(uaf_memcpy_src) \
	X(double_free) X(double_free_interleaved) X(invalid_free_stack) X(invalid_free_global) \
	X(invalid_free_wild) X(interior_free) X(free_one_past) \
	X(oob_read_right) X(oob_read_right_straddle) X(oob_write_right) X(oob_read_left) X(oob_write_left) \
	X(oob_far_into_neighbour) X(intra_object_overflow) X(struct_padding_access) \
	X(uaf_after_reuse_quarantine) X(uaf_after_reuse_pool) X(aba_same_type) X(realloc_stale) \
	X(leak_direct) X(leak_indirect) X(still_reachable) \
	X(uninit_branch) X(uninit_copy_only) X(uninit_reuse_recycled) \
	X(list_node_uaf) X(list_walk_free_no_safe) X(fnptr_uaf) \
	X(null_deref) X(wild_deref) X(use_after_scope_stack) X(ok_clean)

#define DECLARE(name) void name(void);
CASES(DECLARE)

#define ROW(name) {#name, name},
static const struct { const char *name; void (*run)(void); } cases[] = {CASES(ROW)};

// wipe runs a case and then cleans the registers and the stack below, where
// a leak checker would find what the case has dropped.
static void __attribute__((noinline)) wipe(void)
{
	volatile char stack[4096];
	memset((char *)stack, 0, sizeof stack);
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (argc == 2 && strcmp(argv[1], cases[i].name) == 0) {
			cases[i].run();
			wipe();
			return 0;
		}
		if (argc == 1)
			puts(cases[i].name);
	}
	return argc != 1;
}
