/*
 * decide.c
 *	  A derived site → allocation, outcome, and the constraints that explain it.
 */
#include "postgres.h"

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

/* Whether the node holds leaves back by nothing but refusing their minimums. */
static bool
only_refuses(const CycleConstraint *constraint)
{
	return constraint->refused > 0 && constraint->refused == constraint->held_back;
}

/*
 * What a constraint is called: by what it does, else by what took most of the
 * limit, else by the node's kind.
 */
static const char *
constraint_reason(const PowerNode *node, const CycleConstraint *constraint)
{
	if (only_refuses(constraint))
		return "MINIMUM_POWER";
	switch (node->limit_source)
	{
		case LIMIT_OPERATING_ENVELOPE:
		case LIMIT_BACKGROUND_LOAD:
		case LIMIT_OFFLINE_RESERVE:
		case LIMIT_SAFE_CAPACITY:
			return limit_source_name(node->limit_source);
		default:
			break;
	}
	switch (node->kind)
	{
		case KIND_MICROGRID:
			return "SITE_LIMIT";
		case KIND_GRID_CONNECTION:
			return "GRID_CONNECTION_LIMIT";
		case KIND_CIRCUIT:
			return "CIRCUIT_LIMIT";
		case KIND_CHARGE_POINT:
		case KIND_CONNECTOR:	/* cut to its rating, it never lacks room */
			return "CHARGE_POINT_LIMIT";
	}
	return NULL;				/* not reached */
}

/* "4 chargers", with the word for the mode's leaves. */
static char *
leaves_phrase(const Derivation *derivation, int32 count)
{
	return psprintf("%d %s%s", count,
					derivation->mode == MODE_CHARGER ? "charger" : "connector",
					count == 1 ? "" : "s");
}

static char *
limit_phrase(const PowerNode *node)
{
	if (node->limit_w == PN_NO_LIMIT)
		return pstrdup("no limit");
	return psprintf("limit %s kW (%s)", format_kw(node->limit_w),
					limit_source_word(node->limit_source));
}

/* Of a node that only refuses minimums; it need not be full. */
static char *
refusal_message(const Decision *decision, const CycleConstraint *constraint)
{
	const Derivation *derivation = decision->derivation;
	const PowerNode *node = &derivation->nodes[constraint->node];
	const PnAllocation *allocation = &decision->balance.allocation;

	if (node->kind == leaf_kind(derivation->mode))
		return psprintf("%s %s is held back by its own minimum power of %s kW: %s kW asked, %s.",
						kind_word(node->kind), node->name, format_kw(node->min_w),
						format_kw(allocation->asked[constraint->node]), limit_phrase(node));
	return psprintf("%s %s has no room for the minimum power of %s: %s kW asked, %s, %s kW allocated.",
					kind_word(node->kind), node->name,
					leaves_phrase(derivation, constraint->refused),
					format_kw(allocation->asked[constraint->node]), limit_phrase(node),
					format_kw(allocation->allocated[constraint->node]));
}

static char *
constraint_message(const Decision *decision, const CycleConstraint *constraint)
{
	const Derivation *derivation = decision->derivation;
	const PowerNode *node = &derivation->nodes[constraint->node];
	char	   *what;

	if (only_refuses(constraint))
		return refusal_message(decision, constraint);
	what = psprintf("%s %s is short by %s kW: %s kW asked, %s",
					kind_word(node->kind), node->name, format_kw(constraint->short_w),
					format_kw(decision->balance.allocation.asked[constraint->node]),
					limit_phrase(node));
	if (!constraint->binding)
		return psprintf("%s, but it is not what holds %s back.", what,
						node->kind == leaf_kind(derivation->mode) ? "it" : "its chargers");
	what = psprintf("%s; %s %s held back", what,
					leaves_phrase(derivation, constraint->held_back),
					constraint->held_back == 1 ? "is" : "are");
	if (constraint->refused == 0)
		return psprintf("%s.", what);
	return psprintf("%s, %d of them because %s minimum power does not fit.", what,
					constraint->refused, constraint->refused == 1 ? "its" : "their");
}

/* Binding before over-asked; most watts explained; nearest the root; first. */
static int
compare_constraints(const void *a, const void *b, void *decision)
{
	const CycleConstraint *left = a;
	const CycleConstraint *right = b;
	const int32 *depth = ((const Decision *) decision)->derivation->tree.depth;

	if (left->binding != right->binding)
		return left->binding ? -1 : 1;
	if (left->curtailed_w != right->curtailed_w)
		return left->curtailed_w > right->curtailed_w ? -1 : 1;
	if (left->binding && depth[left->node] != depth[right->node])
		return depth[left->node] < depth[right->node] ? -1 : 1;
	return left->node < right->node ? -1 : left->node > right->node ? 1 : 0;
}

static void
set_constraint(const Decision *decision, int32 p, CycleConstraint *constraint)
{
	const Balance *balance = &decision->balance;
	int32		limit = balance->problem.limit[p];
	int64		asked = balance->allocation.asked[p];

	constraint->node = p;
	constraint->short_w = limit == PN_NO_LIMIT ? 0 : Max(asked - limit, 0);
	constraint->curtailed_w = balance->explanation.explained[p];
	constraint->held_back = balance->explanation.held_back[p];
	constraint->refused = balance->problem.minimum == NULL ? 0 :
		balance->explanation.refused[p];
	constraint->binding = constraint->held_back > 0;
	constraint->reason = constraint_reason(&decision->derivation->nodes[p], constraint);
	constraint->message = constraint_message(decision, constraint);
}

static void
find_constraints(Decision *decision)
{
	const Balance *balance = &decision->balance;
	int32		n = decision->derivation->tree.n;
	int32		count = 0;

	decision->constraints = palloc_array_huge(n, sizeof(CycleConstraint));
	for (int32 p = 0; p < n; p++)
	{
		if (balance->explanation.held_back[p] > 0 ||
			pn_over_asked(&balance->problem, &balance->allocation, p))
			set_constraint(decision, p, &decision->constraints[count++]);
	}
	decision->nconstraints = count;
	qsort_arg(decision->constraints, count, sizeof(CycleConstraint),
			  compare_constraints, decision);
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
	find_constraints(decision);
	if (decision->balance.explanation.curtailed_leaves == 0)
	{
		decision->outcome = OUTCOME_APPLIED;
		decision->reason = "DEMAND_MET";
		decision->message = demand_met_message(decision);
	}
	else
	{
		decision->outcome = OUTCOME_CURTAILED;
		decision->reason = decision->constraints[0].reason;
		decision->message = decision->constraints[0].message;
	}
	return decision;
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
