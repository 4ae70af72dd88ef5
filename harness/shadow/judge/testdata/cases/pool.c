// A pool keeps freed objects to itself: the heap never hears of the free.
#include "cases.h"

static struct tasklet *pool;

static struct tasklet *pool_alloc(void)
{
	struct tasklet *t = pool;
	if (!t)
		return new_tasklet();
	pool = t->context;
	t->tid = 0;
	return t;
}

static void pool_free(struct tasklet *t)
{
	t->context = pool;
	pool = t;
}

void uaf_after_reuse_pool(void)
{
	struct tasklet *t = pool_alloc();
	t->tid = 7;
	pool_free(t);
	sink = t->tid;
	keep = pool_alloc();
	sink = t->tid;
}

// The stale pointer is equal to the new one and reads what the new one's owner
// has written.
void aba_same_type(void)
{
	struct tasklet *t = pool_alloc();
	t->tid = 7;
	pool_free(t);
	struct tasklet *other = pool_alloc();
	other->tid = 9;
	keep = other;
	if (t == other)
		sink = t->tid;
}
