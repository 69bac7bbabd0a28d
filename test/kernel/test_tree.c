/*
 * test_tree.c
 *	  Laying out trees, and what is not one.
 */
#include <string.h>

#include "fixture.h"
#include "tap.h"

#define ROOT PN_NO_NODE
#define LONG_CHAIN 100000

/* Nothing but parents matters here. */
static Solution *
build(int32_t n, const int32_t *parent)
{
	Case		c = new_case(n, false);
	Solution   *s;
	int32_t		i;

	for (i = 0; i < n; i++)
	{
		c.parent[i] = parent[i];
		c.limit[i] = PN_NO_LIMIT;
		c.demand[i] = 0;
	}
	s = solve(&c, NO_CHECK);
	free_case(&c);
	return s;
}

static void
refused(const char *what, int32_t n, const int32_t *parent, PnStatus status,
		int32_t culprit)
{
	Solution   *s = build(n, parent);

	is(s->status, status, "%s: status", what);
	is(s->culprit, culprit, "%s: culprit", what);
	is(s->tree.n, 0, "%s: no tree", what);
	free_solution(s);
}

static bool
same(const int32_t *found, const int32_t *expected, int32_t n)
{
	return memcmp(found, expected, (size_t) n * sizeof(int32_t)) == 0;
}

static void
laid_out(const char *what, int32_t n, const int32_t *parent,
		 const int32_t *input, const int32_t *parents, const int32_t *end,
		 const int32_t *depth)
{
	Solution   *s = build(n, parent);

	is(s->status, PN_OK, "%s: status", what);
	is(s->culprit, PN_NO_NODE, "%s: no culprit", what);
	is(s->tree.n, n, "%s: nodes", what);
	ok(same(s->tree.input, input, n), "%s: order", what);
	ok(same(s->tree.parent, parents, n), "%s: parents", what);
	ok(same(s->tree.end, end, n), "%s: ends", what);
	ok(same(s->tree.depth, depth, n), "%s: depths", what);
	free_solution(s);
}

static void
sound_trees(void)
{
	Solution   *s = build(0, NULL);

	is(s->status, PN_OK, "empty: status");
	is(s->tree.n, 0, "empty: nodes");
	is(s->explanation.primary, PN_NO_NODE, "empty: nothing to explain");
	free_solution(s);

	laid_out("one node", 1, W(ROOT), W(0), W(ROOT), W(1), W(0));
	laid_out("a row of siblings", 4, W(ROOT, 0, 0, 0),
			 W(0, 1, 2, 3), W(ROOT, 0, 0, 0), W(4, 2, 3, 4), W(0, 1, 1, 1));
	laid_out("children before parents", 3, W(1, 2, ROOT),
			 W(2, 1, 0), W(ROOT, 0, 1), W(3, 3, 3), W(0, 1, 2));
	laid_out("children interleaved", 7, W(3, 2, 3, ROOT, 0, 2, 0),
			 W(3, 0, 4, 6, 2, 1, 5), W(ROOT, 0, 1, 1, 0, 4, 4),
			 W(7, 4, 3, 4, 7, 6, 7), W(0, 1, 2, 2, 1, 2, 2));
	laid_out("several subtrees end at once", 6, W(ROOT, 0, 1, 2, 0, 4),
			 W(0, 1, 2, 3, 4, 5), W(ROOT, 0, 1, 2, 0, 4),
			 W(6, 4, 4, 4, 6, 6), W(0, 1, 2, 3, 1, 2));
}

static void
no_trees(void)
{
	refused("itself its parent", 1, W(0), PN_NO_ROOT, PN_NO_NODE);
	refused("only a loop", 3, W(1, 2, 0), PN_NO_ROOT, PN_NO_NODE);
	refused("two roots", 3, W(ROOT, 0, ROOT), PN_TWO_ROOTS, 2);
	refused("three roots: the second", 4, W(0, ROOT, ROOT, ROOT),
			PN_TWO_ROOTS, 2);
	refused("two roots and a loop: roots first", 4, W(1, 0, ROOT, ROOT),
			PN_TWO_ROOTS, 3);
	refused("a loop beside the tree", 4, W(ROOT, 0, 3, 2), PN_LOOP, 2);
	refused("a node on itself", 3, W(ROOT, 0, 2), PN_LOOP, 2);
	refused("the root comes last", 3, W(1, 0, ROOT), PN_LOOP, 0);
	refused("hanging off a loop counts", 4, W(ROOT, 2, 3, 2), PN_LOOP, 1);
}

/* Far deeper than any stack of calls would bear under a sanitizer. */
static void
long_chain(bool backwards)
{
	int32_t    *parent = new_array(LONG_CHAIN);
	const char *what = backwards ? "deep chain, leaf first" : "deep chain";
	Solution   *s;
	bool		right = true;
	int32_t		p;

	for (p = 0; p < LONG_CHAIN; p++)
		parent[p] = backwards ? p + 1 : p - 1;
	if (backwards)
		parent[LONG_CHAIN - 1] = ROOT;

	s = build(LONG_CHAIN, parent);
	is(s->status, PN_OK, "%s: status", what);
	for (p = 0; p < s->tree.n; p++)
	{
		int32_t		input = backwards ? LONG_CHAIN - 1 - p : p;

		right = right && s->tree.input[p] == input &&
			s->tree.parent[p] == p - 1 && s->tree.depth[p] == p &&
			s->tree.end[p] == LONG_CHAIN;
	}
	ok(right && s->tree.n == LONG_CHAIN, "%s: laid out", what);
	free_solution(s);

	parent[LONG_CHAIN / 2] = LONG_CHAIN / 2;
	s = build(LONG_CHAIN, parent);
	is(s->status, PN_LOOP, "%s, broken: status", what);
	is(s->culprit, backwards ? 0 : LONG_CHAIN / 2, "%s, broken: culprit", what);
	free_solution(s);
	free(parent);
}

int
main(void)
{
	sound_trees();
	no_trees();
	long_chain(false);
	long_chain(true);
	return tap_end();
}
