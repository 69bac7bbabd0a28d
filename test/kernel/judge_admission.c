/*
 * judge_admission.c
 *	  Minimums, admitted one leaf after the other.
 */
#include <stdlib.h>

#include "judge_answer.h"

/* A leaf with a minimum, and what its turn goes by. */
typedef struct Applicant
{
	int32_t		tier;
	bool		last;			/* nobody knows when it arrived */
	int64_t		arrived_at;
	int32_t		order;
	int32_t		leaf;
} Applicant;

static int
compare_applicants(const void *a, const void *b)
{
	const Applicant *x = a;
	const Applicant *y = b;

	if (x->tier != y->tier)
		return x->tier < y->tier ? -1 : 1;
	if (x->last != y->last)
		return x->last ? 1 : -1;
	if (!x->last && x->arrived_at != y->arrived_at)
		return x->arrived_at < y->arrived_at ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static Applicant
applicant(const Case *c, const Answer *a, int32_t leaf)
{
	int64_t		arrived_at = PN_NO_TIME;

	if (c->facts != NULL && !c->no_arrivals)
		arrived_at = c->facts[leaf].arrived_at;
	return (Applicant) {
		a->share[leaf].tier, arrived_at == PN_NO_TIME, arrived_at,
		a->order[leaf], leaf
	};
}

/* The deepest node without room for so many watts more, or PN_NO_NODE. */
static int32_t
without_room(const Case *c, const int64_t *admitted, int32_t leaf,
			 int32_t watts)
{
	int32_t		up;

	for (up = leaf; up != PN_NO_NODE; up = c->parent[up])
	{
		if (c->limit[up] != PN_NO_LIMIT && admitted[up] + watts > c->limit[up])
			break;
	}
	return up;
}

/* Whether the leaf's own demand or limit refuses it, at any turn. */
static bool
refuses_itself(const Case *c, int32_t leaf)
{
	int32_t		watts = c->minimum[leaf];

	return watts > c->demand[leaf] ||
		(c->limit[leaf] != PN_NO_LIMIT && watts > c->limit[leaf]);
}

static void
refuse(const Case *c, Answer *a, int32_t leaf, int32_t node)
{
	a->refused[leaf] = true;
	a->refused_by[leaf] = c->demand[leaf] > 0 ? node : PN_NO_NODE;
}

/* Gives turns to those that may come in, in the order of turns. */
static int32_t
line_up(const Case *c, Answer *a, Applicant *line)
{
	int32_t		n = 0;
	int32_t		i;

	for (i = 0; i < c->n; i++)
	{
		if (!a->is_leaf[i] || c->minimum[i] == 0)
			continue;
		if (refuses_itself(c, i))
			refuse(c, a, i, i);
		else
			line[n++] = applicant(c, a, i);
	}
	qsort(line, (size_t) n, sizeof(Applicant), compare_applicants);
	for (i = 0; i < n; i++)
		a->turn[line[i].leaf] = i + 1;
	return n;
}

void
admit_minimums(const Case *c, Answer *a)
{
	Applicant  *line = zeroed(c->n, sizeof(Applicant));
	int64_t    *admitted = zeroed(c->n, sizeof(int64_t));
	int32_t		n = line_up(c, a, line);
	int32_t		i;

	for (i = 0; i < n; i++)
	{
		int32_t		leaf = line[i].leaf;
		int32_t		watts = c->minimum[leaf];
		int32_t		node = without_room(c, admitted, leaf, watts);

		if (node == PN_NO_NODE)
		{
			a->admitted[leaf] = watts;
			add_up(c, admitted, leaf, watts);
			continue;
		}
		/* Were all to fit at once, every one would have fitted in its turn. */
		a->room_for_all = false;
		refuse(c, a, leaf, node);
	}
	free(admitted);
	free(line);
}
