/*
 * arrays.c
 *	  A decision as the SQL arrays that record.c stores.
 *
 * What a reader can work out is left NULL: the watts of inner nodes, which are
 * sums over their leaves, and what is equal to another figure of the node.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "pg/arrays.h"
#include "pg/compat.h"
#include "pg/control_total.h"
#include "pg/kernel_glue.h"

void
check_recordable(int32 nodes, Size bytes, const char *what)
{
	if (!AllocSizeIsValid(bytes))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a site of %d nodes cannot be recorded", nodes),
				 errdetail("%s would have %zu bytes, more than %zu.", what, bytes, MaxAllocSize),
				 errhint("Split it into several sites, or give shorter names.")));
}

/*
 * An array of one dimension from 1, with room for so many bytes of elements, and
 * every element NULL where there is a bitmap.
 *
 * Made here and not by construct_md_array, which wants a Datum and a flag for
 * each element and goes over them three times.
 */
static ArrayType *
new_array(Oid type, int32 count, Size bytes, bool has_nulls)
{
	Size		header = has_nulls ? ARR_OVERHEAD_WITHNULLS(1, count) : ARR_OVERHEAD_NONULLS(1);
	ArrayType  *array;

	check_recordable(count, header + bytes, "One of its arrays");
	array = palloc(header + bytes);
	memset(array, 0, header);
	SET_VARSIZE(array, header + bytes);
	array->ndim = 1;
	array->dataoffset = has_nulls ? (int32) header : 0;
	array->elemtype = type;
	ARR_DIMS(array)[0] = count;
	ARR_LBOUND(array)[0] = 1;
	return array;
}

/* What ARR_DATA_PTR gives, whose macro mixes signs. */
static char *
first_element(ArrayType *array)
{
	int32		offset = ARR_HASNULL(array) ? array->dataoffset : (int32) ARR_OVERHEAD_NONULLS(1);

	return (char *) array + offset;
}

/* Element i is not NULL; there is no bitmap where none is. */
static inline void
set_present(bits8 *bitmap, int32 i)
{
	if (bitmap != NULL)
		bitmap[i / 8] |= (bits8) (1 << (i % 8));
}

/* How many values are not NULL_INT. */
static int32
count_present(const int32 *values, int32 count)
{
	int32		present = 0;

	for (int32 i = 0; i < count; i++)
		present += values[i] != NULL_INT;
	return present;
}

ArrayType *
int_array(const int32 *values, int32 count)
{
	int32		present = count_present(values, count);
	ArrayType  *array = new_array(INT4OID, count, present * sizeof(int32), present < count);
	bits8	   *bitmap = ARR_NULLBITMAP(array);
	int32	   *element = (int32 *) first_element(array);

	for (int32 i = 0; i < count; i++)
	{
		if (values[i] == NULL_INT)
			continue;
		*element++ = values[i];
		set_present(bitmap, i);
	}
	return array;
}

ArrayType *
small_array(const int32 *values, int32 count)
{
	int32		present = count_present(values, count);
	ArrayType  *array = new_array(INT2OID, count, present * sizeof(int16), present < count);
	bits8	   *bitmap = ARR_NULLBITMAP(array);
	int16	   *element = (int16 *) first_element(array);

	for (int32 i = 0; i < count; i++)
	{
		if (values[i] == NULL_INT)
			continue;
		*element++ = (int16) values[i];
		set_present(bitmap, i);
	}
	return array;
}

ArrayType *
string_array(const char *const *values, int32 count)
{
	Size	   *sizes = palloc_array_huge(count, sizeof(Size));
	Size		bytes = 0;
	int32		present = 0;
	ArrayType  *array;
	bits8	   *bitmap;
	char	   *element;

	for (int32 i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (values[i] == NULL)
			continue;
		sizes[i] = VARHDRSZ + strlen(values[i]);
		bytes += INTALIGN(sizes[i]);
		present++;
	}
	array = new_array(TEXTOID, count, bytes, present < count);
	bitmap = ARR_NULLBITMAP(array);
	element = first_element(array);
	for (int32 i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (values[i] == NULL)
			continue;
		SET_VARSIZE(element, sizes[i]);
		memcpy(VARDATA(element), values[i], sizes[i] - VARHDRSZ);
		memset(element + sizes[i], 0, INTALIGN(sizes[i]) - sizes[i]);
		element += INTALIGN(sizes[i]);
		set_present(bitmap, i);
	}
	pfree(sizes);
	return array;
}

/* Adds a column of the cycle to its total. */
static void
count_numbers(CycleArrays *arrays, NumberColumn column, const int32 *values, int32 count)
{
	uint64		total = arrays->total;

	for (int32 i = 0; i < count; i++)
		add_number(&total, column, i + 1, values[i]);
	arrays->total = total;
}

static ArrayType *
counted_ints(CycleArrays *arrays, NumberColumn column, const int32 *values, int32 count)
{
	count_numbers(arrays, column, values, count);
	return int_array(values, count);
}

static ArrayType *
counted_smalls(CycleArrays *arrays, NumberColumn column, const int32 *values, int32 count)
{
	count_numbers(arrays, column, values, count);
	return small_array(values, count);
}

/* What the topology holds, which topology.c stores. */
static void
count_topology(const Derivation *derivation, uint64 *total)
{
	uint64		sum = *total;

	for (int32 p = 0; p < derivation->tree.n; p++)
	{
		const PowerNode *node = &derivation->nodes[p];

		CHECK_FOR_INTERRUPTS();
		add_number(&sum, NUMBER_PARENTS, p + 1,
				   node->parent == PN_NO_NODE ? NULL_INT : node->parent + 1);
		add_number(&sum, NUMBER_KINDS, p + 1, node->kind);
		add_number(&sum, NUMBER_RATINGS, p + 1,
				   node->rating_w == ABSENT ? NULL_INT : node->rating_w);
		add_number(&sum, NUMBER_RATING_SOURCES, p + 1, node->rating_source);
	}
	*total = sum;
}

/* The limits that are not the rating itself, and what took from it. */
static void
limit_arrays(const Decision *decision, CycleArrays *arrays)
{
	const Derivation *derivation = decision->derivation;
	int32		n = derivation->tree.n;
	int32	   *limits = node_ints(n);
	int32	   *sources = node_ints(n);
	bool		all_as_rated = true;

	for (int32 p = 0; p < n; p++)
	{
		const PowerNode *node = &derivation->nodes[p];
		int64		rating = node->rating_w == ABSENT ? PN_NO_LIMIT : node->rating_w;
		bool		as_rated = node->limit_w == rating && node->limit_source == node->rating_source;

		CHECK_FOR_INTERRUPTS();
		limits[p] = as_rated || node->limit_w == PN_NO_LIMIT ? NULL_INT : node->limit_w;
		sources[p] = as_rated ? NULL_INT : (int32) node->limit_source;
		all_as_rated = all_as_rated && as_rated;
	}
	if (all_as_rated)
		return;
	arrays->limits = counted_ints(arrays, NUMBER_LIMITS, limits, n);
	arrays->limit_sources = counted_smalls(arrays, NUMBER_LIMIT_SOURCES, sources, n);
}

static void
leaf_arrays(const Decision *decision, CycleArrays *arrays)
{
	const Derivation *derivation = decision->derivation;
	int32		n = derivation->tree.n;
	int32	   *offline = node_ints(n);
	const char **vehicles = palloc_array_huge(n, sizeof(char *));
	int32		noffline = 0;
	bool		any_vehicle = false;

	for (int32 p = 0; p < n; p++)
	{
		const PowerNode *node = &derivation->nodes[p];

		CHECK_FOR_INTERRUPTS();
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

/* What leaves want, and where that is curtailed what they get and why. */
static void
figure_arrays(const Decision *decision, CycleArrays *arrays)
{
	const Balance *balance = &decision->balance;
	const PnTree *tree = &decision->derivation->tree;
	int32	   *demands = node_ints(tree->n);
	int32	   *allocated = node_ints(tree->n);
	int32	   *bottlenecks = node_ints(tree->n);

	for (int32 p = 0; p < tree->n; p++)
	{
		int32		demand = pn_is_leaf(tree, p) ? (int32) balance->allocation.demand[p] : 0;
		int32		bottleneck = balance->explanation.bottleneck[p];

		CHECK_FOR_INTERRUPTS();
		demands[p] = demand > 0 ? demand : NULL_INT;
		allocated[p] = bottleneck == PN_NO_NODE ? NULL_INT : (int32) balance->allocation.allocated[p];
		bottlenecks[p] = bottleneck == PN_NO_NODE ? NULL_INT : bottleneck + 1;
	}
	arrays->demands = counted_ints(arrays, NUMBER_DEMANDS, demands, tree->n);
	if (balance->explanation.curtailed_leaves == 0)
		return;
	arrays->allocated = counted_ints(arrays, NUMBER_ALLOCATED, allocated, tree->n);
	arrays->bottlenecks = counted_ints(arrays, NUMBER_BOTTLENECKS, bottlenecks, tree->n);
}

/* What is asked of nodes where limits below them let less pass than is wanted. */
static void
asked_array(const Decision *decision, CycleArrays *arrays)
{
	const PnAllocation *allocation = &decision->balance.allocation;
	int32		n = decision->derivation->tree.n;
	int32	   *asked;

	if (memcmp(allocation->asked, allocation->demand, n * sizeof(int64)) == 0)
		return;
	asked = node_ints(n);
	for (int32 p = 0; p < n; p++)
		asked[p] = allocation->asked[p] == allocation->demand[p] ? NULL_INT : (int32) allocation->asked[p];
	arrays->asked = counted_ints(arrays, NUMBER_ASKED, asked, n);
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
		CHECK_FOR_INTERRUPTS();
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
	asked_array(decision, &arrays);
	share_arrays(decision, &arrays);
	minimum_arrays(decision, &arrays);
	return arrays;
}

FaultArrays
fault_arrays(const FaultList *faults)
{
	int32		count = Min(faults->count, MAX_RECORDED_FAULTS);
	const char *column[6][MAX_RECORDED_FAULTS];

	for (int32 i = 0; i < count; i++)
	{
		const Fault *fault = &faults->items[i];

		column[0][i] = fault_name(fault->reason);
		column[1][i] = fault->node_id;
		column[2][i] = kind_name(fault->kind);
		column[3][i] = fault->source_id;
		column[4][i] = fault->name;
		column[5][i] = fault->message;
	}
	return (FaultArrays) {
		.reason = string_array(column[0], count),
		.node_id = string_array(column[1], count),
		.kind = string_array(column[2], count),
		.source_id = string_array(column[3], count),
		.name = string_array(column[4], count),
		.message = string_array(column[5], count)
	};
}
