/*
 * decide.c
 *	  A derived site → allocation, outcome, and what constrained it.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "pg/constraint.h"
#include "pg/decide.h"
#include "pg/kernel_glue.h"

static PnLeafFacts *
leaf_facts(const Derivation *derivation)
{
	int32		n = derivation->tree.n;
	PnLeafFacts *facts = palloc_array_huge(n, sizeof(PnLeafFacts));

	for (int32 p = 0; p < n; p++)
	{
		const PowerNode *node = &derivation->nodes[p];

		CHECK_FOR_INTERRUPTS();
		/* A charge point without connectors may have no weight. */
		facts[p] = (PnLeafFacts) {
			.demand = node->demand_w,
			.limit = node->limit_w,
			.weight = Max(node->weight, 1),
			.priority = node->priority,
			.arrived_at = node->arrived_at,
			.departs_at = node->departs_at,
			.energy = node->energy_wh,
			.minimum = node->min_w
		};
	}
	return facts;
}

/* Runs the kernel: who gets what, and why not more. */
static void
balance_site(Decision *decision)
{
	Derivation *derivation = decision->derivation;
	PnLeafFacts *facts = leaf_facts(derivation);

	run_balance(&derivation->tree, facts, NULL, derivation->policy, derivation->at,
				&decision->balance);
	pfree(facts);

	/* Sums fit: derive_site faults what does not (check_demand_sums). */
	decision->demand_w = (int32) decision->balance.allocation.demand[0];
	decision->allocated_w = (int32) decision->balance.allocation.allocated[0];
}

/* The node that explains most of what is curtailed, where anything is. */
static NodeConstraint
primary_constraint(const Decision *decision)
{
	const Derivation *derivation = decision->derivation;
	const Balance *balance = &decision->balance;
	int32		p = balance->explanation.primary;
	const PowerNode *node = &derivation->nodes[p];

	return (NodeConstraint) {
		.kind = node->kind,
		.name = node->name,
		.is_leaf = node->kind == leaf_kind(derivation->mode),
		.mode = derivation->mode,
		.limit_w = node->limit_w,
		.limit_source = node->limit_source,
		.minimum_w = node->min_w,
		.asked_w = balance->allocation.asked[p],
		.allocated_w = balance->allocation.allocated[p],
		.curtailed_w = balance->explanation.explained[p],
		.held_back = balance->explanation.held_back[p],
		.refused = balance->problem.minimum == NULL ? 0 : balance->explanation.refused[p]
	};
}

static char *
demand_met_message(const Decision *decision)
{
	int32		demand = decision->demand_w;
	int64		capacity = decision->derivation->capacity_w;

	if (demand == 0)
		return pstrdup("Nothing is asked for.");
	if (capacity == ABSENT)
		return psprintf("Every demand is met: %s kW asked.", format_kw(demand));
	return psprintf("Every demand is met: %s kW asked, the site can take %s kW.",
					format_kw(demand), format_kw(capacity));
}

static void
reject(Decision *decision)
{
	const Fault *first = &decision->derivation->faults.items[0];

	decision->outcome = OUTCOME_REJECTED;
	decision->reason = fault_name(first->reason);
	decision->message = first->message;
}

Decision *
decide(Derivation *derivation)
{
	Decision   *decision = palloc0(sizeof(Decision));

	decision->derivation = derivation;
	if (!derivation->valid)
	{
		reject(decision);
		return decision;
	}
	balance_site(decision);
	if (decision->balance.explanation.curtailed_leaves == 0)
	{
		decision->outcome = OUTCOME_APPLIED;
		decision->reason = REASON_DEMAND_MET;
		decision->message = demand_met_message(decision);
	}
	else
	{
		NodeConstraint primary = primary_constraint(decision);

		decision->outcome = OUTCOME_CURTAILED;
		decision->reason = constraint_reason(&primary);
		decision->message = constraint_message(&primary);
	}
	return decision;
}

int32
decision_constraints(const Decision *decision)
{
	const Balance *balance = &decision->balance;
	int32		count = 0;

	if (decision->outcome == OUTCOME_REJECTED)
		return 0;
	for (int32 p = 0; p < decision->derivation->tree.n; p++)
	{
		if (balance->explanation.held_back[p] > 0 ||
			pn_over_asked(&balance->problem, &balance->allocation, p))
			count++;
	}
	return count;
}

const char *
decision_node_id(const Decision *decision)
{
	const Derivation *derivation = decision->derivation;
	const PowerNode *primary;

	if (decision->outcome == OUTCOME_APPLIED)
		return NULL;
	if (decision->outcome == OUTCOME_REJECTED)
		return derivation->faults.items[0].node_id;
	primary = &derivation->nodes[decision->balance.explanation.primary];
	return make_node_id(primary->kind, primary->source_id);
}

const char *
decision_node_kind(const Decision *decision)
{
	const Derivation *derivation = decision->derivation;

	if (decision->outcome == OUTCOME_APPLIED)
		return NULL;
	if (decision->outcome == OUTCOME_REJECTED)
		return kind_name(derivation->faults.items[0].kind);
	return kind_name(derivation->nodes[decision->balance.explanation.primary].kind);
}
