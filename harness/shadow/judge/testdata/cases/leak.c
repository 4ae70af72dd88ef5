// What is left when the program ends.
#include "cases.h"

void leak_direct(void)
{
	struct tasklet *t = new_tasklet();
	t->tid = 1;
}

void leak_indirect(void)
{
	struct tasklet *t = new_tasklet();
	t->context = new_tasklet();
}

void still_reachable(void)
{
	keep = new_tasklet();
}
