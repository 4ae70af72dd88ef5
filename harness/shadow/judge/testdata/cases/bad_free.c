// Frees of what is no live object.
#include "cases.h"

void double_free(void)
{
	struct tasklet *t = new_tasklet();
	free(t);
	free(t);
}

void double_free_interleaved(void)
{
	struct tasklet *a = new_tasklet(), *b = new_tasklet();
	free(a);
	free(b);
	free(a);
}

void invalid_free_stack(void)
{
	int32_t x[4] = {1, 2, 3, 4};
	keep = x;
	free(keep);
}

void invalid_free_global(void)
{
	static int32_t g[4];
	keep = g;
	free(keep);
}

void invalid_free_wild(void)
{
	keep = WILD;
	free(keep);
}

void interior_free(void)
{
	uint8_t *b = new_block(64);
	free(b + 16);
}

void free_one_past(void)
{
	uint8_t *b = new_block(64);
	free(b + 64);
}
