// Null, wild, out of scope, and nothing wrong at all.
#include "cases.h"

void null_deref(void)
{
	struct tasklet *t = keep;
	sink = t->state;
}

void wild_deref(void)
{
	struct tasklet *t = keep = WILD;
	sink = t->state;
}

void use_after_scope_stack(void)
{
	volatile int32_t *p;
	{
		volatile int32_t x = 1;
		p = &x;
	}
	sink = *p;
}

void ok_clean(void)
{
	struct tasklet *t = new_tasklet();
	uint8_t *b = new_block(60);
	t->tid = 3;
	t->context = b;
	b[59] = 1;
	sink = t->tid + b[59];
	free(b);
	free(t);
}
