// Memory that is read before it is written.
#include "cases.h"

void uninit_branch(void)
{
	struct tasklet *t = malloc(sizeof *t);
	if (t->tid > 0)
		sink = 1;
	free(t);
}

void uninit_copy_only(void)
{
	struct tasklet *t = malloc(sizeof *t), *to = malloc(sizeof *t);
	t->tid = 1;
	memcpy(to, t, sizeof *t);
	free(t);
	free(to);
}

// What the object before has left there is no value of this one.
void uninit_reuse_recycled(void)
{
	struct tasklet *t = new_tasklet();
	t->tid = 7;
	free(t);
	t = malloc(sizeof *t);
	if (t->tid > 0)
		sink = 1;
	free(t);
}
