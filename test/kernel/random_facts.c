/*
 * random_facts.c
 *	  Random policies, minimums and what is known of leaves.
 */
#include <stdlib.h>

#include "random_case.h"

#define HOUR INT64_C(3600000000)	/* us */

/* How the times, priorities and energies of one case are drawn. */
typedef enum Spread
{
	SPREAD_FEW,					/* from few values: most keys are equal */
	SPREAD_HOURS,				/* hours, so that laxities are equal */
	SPREAD_WIDE,				/* from all there are */
	SPREADS
} Spread;

static const int32_t weight_ranges[] = {1, 3, 1000, 1000000, INT32_MAX};
static const int64_t end_times[] = {INT64_MIN + 1, INT64_MAX, 0, -1};

static int32_t
random_weight(Random *r, int32_t range)
{
	return one_in(r, 5) ? range : 1 + random_below(r, range);
}

static int64_t
random_time(Random *r, Spread spread)
{
	int64_t		time = (int64_t) random_bits(r);

	if (one_in(r, 4))
		return PN_NO_TIME;
	if (spread == SPREAD_WIDE)
		return one_in(r, 6) ? end_times[random_below(r, 4)] : time;
	time = random_below(r, 4) - 1;
	return spread == SPREAD_HOURS ? time * HOUR : time;
}

/* Under SPREAD_HOURS what the leaf takes in whole hours, or a Wh more. */
static int64_t
random_energy(Random *r, Spread spread, int32_t limit)
{
	if (one_in(r, 4))
		return -1;
	if (spread == SPREAD_WIDE)
		return one_in(r, 4) ? INT64_MAX : (int64_t) (random_bits(r) >> 1);
	if (spread == SPREAD_FEW)
		return random_below(r, 3);
	return (int64_t) (limit > 0 ? limit : 1) * random_below(r, 4) +
		random_below(r, 2);
}

static PnLeafFacts
random_leaf(Random *r, Spread spread, int32_t weights, int32_t limit)
{
	PnLeafFacts facts;

	facts.demand = facts.limit = 0;
	facts.weight = random_weight(r, weights);
	facts.priority = spread == SPREAD_WIDE ? (int32_t) (random_bits(r) >> 32) :
		random_below(r, 3) - 1;
	if (spread == SPREAD_WIDE && one_in(r, 5))
		facts.priority = one_in(r, 2) ? INT32_MIN : INT32_MAX;
	facts.arrived_at = random_time(r, spread);
	facts.departs_at = random_time(r, spread);
	facts.energy = random_energy(r, spread, limit);
	return facts;
}

static void
random_shares(Random *r, Case *c, int32_t weights)
{
	int32_t		tiers = 1 + random_below(r, 4);
	int32_t		stride = one_in(r, 3) ? INT32_MAX / 4 : 1;
	int32_t		i;

	c->share = new_filled(c->n, sizeof(PnShare));
	for (i = 0; i < c->n; i++)
	{
		c->share[i].tier = (random_below(r, tiers) - tiers / 2) * stride;
		c->share[i].weight = random_weight(r, weights);
	}
}

/* A minimum that may be all, more than all, or what every charger needs. */
static int32_t
random_minimum(Random *r, int32_t demand, int32_t common)
{
	switch (random_below(r, 6))
	{
		case 0:
			return 0;
		case 1:
			return demand;
		case 2:
			return demand < INT32_MAX ? demand + 1 : demand;
		case 3:
			return common;
		default:
			return demand == 0 ? 0 : random_below(r, demand);
	}
}

static void
random_minimums(Random *r, Case *c)
{
	int32_t		common = c->demand[random_below(r, c->n)] & INT32_MAX;
	bool		sparse = one_in(r, 3);
	int32_t		i;

	common = common / (1 + random_below(r, 4));
	c->minimum = new_array(c->n);
	for (i = 0; i < c->n; i++)
	{
		c->minimum[i] = 0;
		if (!sparse || one_in(r, 4))
			c->minimum[i] = random_minimum(r, c->demand[i] & INT32_MAX, common);
	}
}

void
random_facts(Random *r, Case *c)
{
	Spread		spread = (Spread) random_below(r, SPREADS);
	int32_t		weights = weight_ranges[random_below(r, 5)];
	int32_t		i;

	c->facts = new_facts(c->n);
	for (i = 0; i < c->n; i++)
		c->facts[i] = random_leaf(r, spread, weights, c->limit[i]);
	c->policy = random_below(r, pn_policy_count());
	c->at = random_time(r, spread);
	if (c->at == PN_NO_TIME)
		c->at = 0;

	if (one_in(r, 6))
		random_shares(r, c, weights);
	if (!one_in(r, 3))
		random_minimums(r, c);
	c->spelt_out = one_in(r, 2);
	c->no_arrivals = one_in(r, 5);
	c->every_array = one_in(r, 2);
}
