/*
 * decide.c
 *	  A derived site → allocation, outcome, and the constraints that explain it.
 */
#include "postgres.h"

#include "pg/decide.h"
#include "pg/kernel_glue.h"

/* Runs the kernel: who gets what, and why not more. */
static void
balance(Decision *decision)
{
	Derivation *derivation = decision->derivation;
	PnProblem	problem = {.tree = &derivation->tree};
	int32		n = derivation->tree.n;
	int32	   *demand = palloc_array_huge(n, sizeof(int32));
	int32		culprit;

	decision->limit = palloc_array_huge(n, sizeof(int32));
	for (int32 p = 0; p < n; p++)
	{
		decision->limit[p] = derivation->nodes[p].limit_w;
		demand[p] = derivation->nodes[p].demand_w;
	}
	problem.limit = decision->limit;
	problem.demand = demand;
	kernel_check_status(run_allocation(&problem, &decision->allocation,
									   &decision->explanation, &culprit));
	decision->demand_w = decision->allocation.demand[0];
	decision->allocated_w = decision->allocation.allocated[0];
	pfree(demand);
}

/* What a constraint is called: by what took most of the limit, else by kind. */
static const char *
constraint_reason(const PowerNode *node)
{
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

/* "4 chargers are held back", with the word for the mode's leaves. */
static char *
held_back_phrase(const Derivation *derivation, int32 count)
{
	bool		one = count == 1;

	if (derivation->mode == MODE_CHARGER)
		return psprintf("%d %s held back", count, one ? "charger is" : "chargers are");
	return psprintf("%d %s held back", count, one ? "connector is" : "connectors are");
}

static char *
constraint_message(const Decision *decision, const CycleConstraint *constraint)
{
	const PowerNode *node = &decision->derivation->nodes[constraint->node];
	char	   *what = psprintf("%s %s is short by %s kW: %s kW asked, limit %s kW (%s)",
								kind_word(node->kind), node->name,
								format_kw(constraint->short_w),
								format_kw(decision->allocation.asked[constraint->node]),
								format_kw(node->limit_w),
								limit_source_word(node->limit_source));

	if (!constraint->binding)
		return psprintf("%s, but it is not what holds its chargers back.", what);
	return psprintf("%s; %s.", what,
					held_back_phrase(decision->derivation, constraint->held_back));
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
find_constraints(Decision *decision)
{
	Derivation *derivation = decision->derivation;
	PnProblem	problem = {.tree = &derivation->tree, .limit = decision->limit};
	int32		count = 0;

	decision->constraints = palloc_array_huge(derivation->tree.n, sizeof(CycleConstraint));
	for (int32 p = 0; p < derivation->tree.n; p++)
	{
		CycleConstraint *constraint = &decision->constraints[count];
		int32		held_back = decision->explanation.held_back[p];

		if (held_back == 0 && !pn_over_asked(&problem, &decision->allocation, p))
			continue;
		constraint->node = p;
		constraint->reason = constraint_reason(&derivation->nodes[p]);
		constraint->binding = held_back > 0;
		constraint->short_w = (int64) decision->allocation.asked[p] - decision->limit[p];
		constraint->curtailed_w = decision->explanation.explained[p];
		constraint->held_back = held_back;
		constraint->message = constraint_message(decision, constraint);
		count++;
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
	balance(decision);
	find_constraints(decision);
	if (decision->explanation.curtailed_leaves == 0)
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
	primary = &derivation->nodes[decision->explanation.primary];
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
	return kind_name(derivation->nodes[decision->explanation.primary].kind);
}
