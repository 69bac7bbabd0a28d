/*
 * arrays.c
 *	  A decision as the SQL arrays that record.c stores.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "pg/arrays.h"
#include "pg/control_total.h"
#include "pg/kernel_glue.h"

static ArrayType *
make_array(Datum *values, bool *nulls, int32 count, Oid type, int16 length,
		   bool by_value, char alignment)
{
	int			lower = 1;

	return construct_md_array(values, nulls, 1, &count, &lower, type, length,
							  by_value, alignment);
}

ArrayType *
int_array(const int32 *values, int32 count)
{
	Datum	   *datums = palloc_array_huge(count, sizeof(Datum));
	bool	   *nulls = palloc_array_huge(count, sizeof(bool));

	for (int32 i = 0; i < count; i++)
	{
		datums[i] = Int32GetDatum(values[i]);
		nulls[i] = values[i] == NULL_INT;
	}
	return make_array(datums, nulls, count, INT4OID, sizeof(int32), true, TYPALIGN_INT);
}

ArrayType *
small_array(const int16 *values, int32 count)
{
	Datum	   *datums = palloc_array_huge(count, sizeof(Datum));

	for (int32 i = 0; i < count; i++)
		datums[i] = Int16GetDatum(values[i]);
	return make_array(datums, NULL, count, INT2OID, sizeof(int16), true, TYPALIGN_SHORT);
}

ArrayType *
string_array(const char *const *values, int32 count)
{
	Datum	   *datums = palloc_array_huge(count, sizeof(Datum));
	bool	   *nulls = palloc_array_huge(count, sizeof(bool));

	for (int32 i = 0; i < count; i++)
	{
		nulls[i] = values[i] == NULL;
		datums[i] = nulls[i] ? (Datum) 0 : CStringGetTextDatum(values[i]);
	}
	return make_array(datums, nulls, count, TEXTOID, -1, false, TYPALIGN_INT);
}

/* The same of a column of the cycle, counting what it holds. */
static ArrayType *
counted_ints(CycleArrays *arrays, NumberColumn column, const int32 *values, int32 count)
{
	for (int32 i = 0; i < count; i++)
		add_number(&arrays->total, column, i + 1, values[i]);
	return int_array(values, count);
}

static ArrayType *
counted_smalls(CycleArrays *arrays, NumberColumn column, const int16 *values, int32 count)
{
	for (int32 i = 0; i < count; i++)
		add_number(&arrays->total, column, i + 1, values[i]);
	return small_array(values, count);
}

/* What the topology holds, which topology.c stores. */
static void
count_topology(const Derivation *derivation, uint64 *total)
{
	for (int32 p = 0; p < derivation->tree.n; p++)
	{
		const PowerNode *node = &derivation->nodes[p];

		add_number(total, NUMBER_PARENTS, p + 1,
				   node->parent == PN_NO_NODE ? NULL_INT : node->parent + 1);
		add_number(total, NUMBER_KINDS, p + 1, node->kind);
		add_number(total, NUMBER_RATINGS, p + 1,
				   node->rating_w == ABSENT ? NULL_INT : node->rating_w);
		add_number(total, NUMBER_RATING_SOURCES, p + 1, node->rating_source);
	}
}

/* Sets both arrays of limits, unless every limit is the rating itself. */
static void
limit_arrays(const Decision *decision, CycleArrays *arrays)
{
	const Derivation *derivation = decision->derivation;
	int32		n = derivation->tree.n;
	int16	   *sources = palloc_array_huge(n, sizeof(int16));
	bool		as_rated = true;

	for (int32 p = 0; p < n; p++)
	{
		const PowerNode *node = &derivation->nodes[p];
		int64		rating = node->rating_w == ABSENT ? PN_NO_LIMIT : node->rating_w;

		sources[p] = (int16) node->limit_source;
		if (node->limit_w != rating || node->limit_source != node->rating_source)
			as_rated = false;
	}
	if (as_rated)
		return;
	arrays->limits = counted_ints(arrays, NUMBER_LIMITS, decision->balance.problem.limit, n);
	arrays->limit_sources = counted_smalls(arrays, NUMBER_LIMIT_SOURCES, sources, n);
}

static void
leaf_arrays(const Decision *decision, CycleArrays *arrays)
{
	const Derivation *derivation = decision->derivation;
	int32		n = derivation->tree.n;
	int32	   *offline = palloc_array_huge(n, sizeof(int32));
	const char **vehicles = palloc_array_huge(n, sizeof(char *));
	int32		noffline = 0;
	bool		any_vehicle = false;

	for (int32 p = 0; p < n; p++)
	{
		const PowerNode *node = &derivation->nodes[p];

		if (node->offline && node->kind == leaf_kind(derivation->mode))
			offline[noffline++] = p + 1;
		vehicles[p] = node->vehicle_name;
		any_vehicle = any_vehicle || node->vehicle_name != NULL;
	}
	if (noffline > 0)
		arrays->offline = counted_ints(arrays, NUMBER_OFFLINE, offline, noffline);
	if (any_vehicle)
		arrays->vehicles = string_array(vehicles, n);
}

static ArrayType *
bottleneck_array(const Decision *decision, CycleArrays *arrays)
{
	int32		n = decision->derivation->tree.n;
	int32	   *ordinals = palloc_array_huge(n, sizeof(int32));

	for (int32 p = 0; p < n; p++)
	{
		int32		bottleneck = decision->balance.explanation.bottleneck[p];

		ordinals[p] = bottleneck == PN_NO_NODE ? NULL_INT : bottleneck + 1;
	}
	return counted_ints(arrays, NUMBER_BOTTLENECKS, ordinals, n);
}

static ArrayType *
watts_array(CycleArrays *arrays, NumberColumn column, const int64 *figures, int32 n)
{
	int32	   *watts = palloc_array_huge(n, sizeof(int32));

	for (int32 p = 0; p < n; p++)
		watts[p] = (int32) figures[p];
	return counted_ints(arrays, column, watts, n);
}

/* Demands, and what differs from them. */
static void
figure_arrays(const Decision *decision, CycleArrays *arrays)
{
	const PnAllocation *allocation = &decision->balance.allocation;
	int32		n = decision->derivation->tree.n;
	Size		size = n * sizeof(int64);

	arrays->demands = watts_array(arrays, NUMBER_DEMANDS, allocation->demand, n);
	if (memcmp(allocation->asked, allocation->demand, size) != 0)
		arrays->asked = watts_array(arrays, NUMBER_ASKED, allocation->asked, n);
	if (memcmp(allocation->allocated, allocation->demand, size) != 0)
		arrays->allocated = watts_array(arrays, NUMBER_ALLOCATED, allocation->allocated, n);
}

/* Tiers and weights of the leaves, each only where they tell leaves apart. */
static void
share_arrays(const Decision *decision, CycleArrays *arrays)
{
	const Derivation *derivation = decision->derivation;
	const PnShare *share = decision->balance.problem.share;
	int32		n = derivation->tree.n;
	int32	   *tiers;
	int32	   *weights;
	const PnShare *first = NULL;
	bool		one_tier = true;
	bool		one_weight = true;

	if (share == NULL)
		return;
	tiers = node_ints(n);
	weights = node_ints(n);
	for (int32 p = 0; p < n; p++)
	{
		tiers[p] = weights[p] = NULL_INT;
		if (!pn_is_leaf(&derivation->tree, p) || derivation->nodes[p].kind != leaf_kind(derivation->mode))
			continue;
		tiers[p] = share[p].tier;
		weights[p] = share[p].weight;
		first = first == NULL ? &share[p] : first;
		one_tier = one_tier && share[p].tier == first->tier;
		one_weight = one_weight && share[p].weight == first->weight;
	}
	if (!one_tier)
		arrays->tiers = counted_ints(arrays, NUMBER_TIERS, tiers, n);
	if (!one_weight)
		arrays->weights = counted_ints(arrays, NUMBER_WEIGHTS, weights, n);
}

static void
minimum_arrays(const Decision *decision, CycleArrays *arrays)
{
	const Derivation *derivation = decision->derivation;
	const Balance *balance = &decision->balance;
	int32		n = derivation->tree.n;
	int32	   *minimums;
	int32	   *turns;

	if (balance->problem.minimum == NULL)
		return;
	minimums = node_ints(n);
	turns = node_ints(n);
	for (int32 p = 0; p < n; p++)
	{
		int32		minimum = balance->problem.minimum[p];
		int32		turn = balance->allocation.turn[p];

		minimums[p] = minimum > 0 ? minimum : NULL_INT;
		turns[p] = turn > 0 ? turn : NULL_INT;
	}
	arrays->minimums = counted_ints(arrays, NUMBER_MINIMUMS, minimums, n);
	if (balance->allocation.queued)
		arrays->turns = counted_ints(arrays, NUMBER_TURNS, turns, n);
}

CycleArrays
cycle_arrays(const Decision *decision)
{
	CycleArrays arrays = {0};

	count_topology(decision->derivation, &arrays.total);
	limit_arrays(decision, &arrays);
	leaf_arrays(decision, &arrays);
	figure_arrays(decision, &arrays);
	share_arrays(decision, &arrays);
	minimum_arrays(decision, &arrays);
	if (decision->balance.explanation.curtailed_leaves > 0)
		arrays.bottlenecks = bottleneck_array(decision, &arrays);
	return arrays;
}

/* The columns of constraint_arrays, still as C arrays. */
typedef struct ConstraintColumns
{
	const char **reason;
	const char **node_id;
	const char **kind;
	const char **source_id;
	const char **name;
	const char **limit_source;
	const char **message;
	int32	   *ordinal;
	int32	   *limit_w;
	int32	   *asked_w;
	int32	   *short_w;
	int32	   *allocated_w;
	int32	   *curtailed_w;
	int32	   *held_back;
} ConstraintColumns;

static ConstraintColumns
new_columns(int32 count)
{
	ConstraintColumns columns;

	columns.reason = palloc0_array_huge(count, sizeof(char *));
	columns.node_id = palloc0_array_huge(count, sizeof(char *));
	columns.kind = palloc0_array_huge(count, sizeof(char *));
	columns.source_id = palloc0_array_huge(count, sizeof(char *));
	columns.name = palloc0_array_huge(count, sizeof(char *));
	columns.limit_source = palloc0_array_huge(count, sizeof(char *));
	columns.message = palloc0_array_huge(count, sizeof(char *));
	columns.ordinal = palloc_array_huge(count, sizeof(int32));
	columns.limit_w = palloc_array_huge(count, sizeof(int32));
	columns.asked_w = palloc_array_huge(count, sizeof(int32));
	columns.short_w = palloc_array_huge(count, sizeof(int32));
	columns.allocated_w = palloc_array_huge(count, sizeof(int32));
	columns.curtailed_w = palloc_array_huge(count, sizeof(int32));
	columns.held_back = palloc_array_huge(count, sizeof(int32));
	return columns;
}

/* A node of the tree: what can be derived from its ordinal is not stored. */
static void
set_constraint(const ConstraintColumns *columns, int32 i, const Decision *decision,
			   const CycleConstraint *constraint)
{
	int32		p = constraint->node;

	columns->reason[i] = constraint->reason;
	columns->limit_source[i] = limit_source_name(decision->derivation->nodes[p].limit_source);
	columns->message[i] = constraint->message;
	columns->ordinal[i] = p + 1;
	columns->limit_w[i] = decision->balance.problem.limit[p];
	columns->asked_w[i] = (int32) decision->balance.allocation.asked[p];
	columns->short_w[i] = (int32) constraint->short_w;
	columns->allocated_w[i] = (int32) decision->balance.allocation.allocated[p];
	columns->curtailed_w[i] = (int32) constraint->curtailed_w;
	columns->held_back[i] = constraint->held_back;
}

static void
set_fault(const ConstraintColumns *columns, int32 i, const Fault *fault)
{
	columns->reason[i] = fault_name(fault->reason);
	columns->node_id[i] = fault->node_id;
	columns->kind[i] = kind_name(fault->kind);
	columns->source_id[i] = fault->source_id;
	columns->name[i] = fault->name;
	columns->message[i] = fault->message;
	columns->ordinal[i] = columns->limit_w[i] = columns->asked_w[i] = NULL_INT;
	columns->short_w[i] = columns->allocated_w[i] = columns->curtailed_w[i] = NULL_INT;
	columns->held_back[i] = NULL_INT;
}

ConstraintArrays
constraint_arrays(const Decision *decision)
{
	const FaultList *faults = &decision->derivation->faults;
	int32		nfaults = Min(faults->count, MAX_RECORDED_FAULTS);
	int32		count = decision->nconstraints + nfaults;
	ConstraintColumns columns = new_columns(count);
	ConstraintArrays arrays;

	for (int32 i = 0; i < decision->nconstraints; i++)
		set_constraint(&columns, i, decision, &decision->constraints[i]);
	for (int32 i = 0; i < nfaults; i++)
		set_fault(&columns, decision->nconstraints + i, &faults->items[i]);

	arrays.reason = string_array(columns.reason, count);
	arrays.ordinal = int_array(columns.ordinal, count);
	arrays.node_id = string_array(columns.node_id, count);
	arrays.kind = string_array(columns.kind, count);
	arrays.source_id = string_array(columns.source_id, count);
	arrays.name = string_array(columns.name, count);
	arrays.limit_w = int_array(columns.limit_w, count);
	arrays.limit_source = string_array(columns.limit_source, count);
	arrays.asked_w = int_array(columns.asked_w, count);
	arrays.short_w = int_array(columns.short_w, count);
	arrays.allocated_w = int_array(columns.allocated_w, count);
	arrays.curtailed_w = int_array(columns.curtailed_w, count);
	arrays.held_back = int_array(columns.held_back, count);
	arrays.message = string_array(columns.message, count);
	return arrays;
}
