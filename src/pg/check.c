/*
 * check.c
 *	  The values of what has a place: settings, ratings, demands, envelopes.
 *
 * A fault of a value knows its place in the tree, so on_fault = ISOLATE can
 * cut it off there.  What hangs below a row without a place is not looked at:
 * nothing is reported below a fault of placement.
 */
#include "postgres.h"

#include "common/int.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "pg/derive_steps.h"
#include "pg/guc.h"
#include "pg/policy_argument.h"

/* The caller's own words are errors where the site's would be faults. */
static void
check_policy(Derivation *derivation, const char *option, const char *own)
{
	Culprit		root = root_culprit(derivation);

	derivation->policy = PN_DEFAULT_POLICY;
	derivation->policy_known = true;
	if (option != NULL)
		derivation->policy = policy_argument(option);
	else if (own == NULL)
		return;
	else if (!pn_policy_by_name(own, &derivation->policy))
	{
		derivation->policy_known = false;
		add_fault(&derivation->faults, FAULT_INVALID_SETTING, &root,
				  "has the unknown policy \"%s\"; set one of %s.",
				  own, policy_names());
	}
}

static void
check_control_mode(Derivation *derivation, const char *option, const char *own)
{
	const char *name = option != NULL ? option : own;
	Culprit		root = root_culprit(derivation);

	derivation->mode = MODE_CONNECTOR;
	derivation->mode_known = name == NULL || control_mode_by_name(name, &derivation->mode);
	if (derivation->mode_known)
		return;
	if (option != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown control mode \"%s\"", option),
				 errdetail("It was given as an argument and would replace the site's own."),
				 errhint("Give CONNECTOR or CHARGER, or NULL for the site's own.")));
	add_fault(&derivation->faults, FAULT_INVALID_SETTING, &root,
			  "has the unknown control mode \"%s\"; set CONNECTOR or CHARGER.", own);
}

/* Whether time + span is later than time, in the shortest of months too. */
static bool
above_zero(const Interval *span)
{
	int64		days = (int64) span->month * (span->month > 0 ? 28 : 31) + span->day;
	int64		micros;

	if (pg_mul_s64_overflow(days, USECS_PER_DAY, &micros) ||
		pg_add_s64_overflow(micros, span->time, &micros))
		return days > 0;
	return micros > 0;
}

void
check_settings(Derivation *derivation, const CycleOptions *options)
{
	const SiteRow *site = &derivation->data->sites[0];
	Culprit		root = root_culprit(derivation);

	check_policy(derivation, options->policy, site->policy);
	check_control_mode(derivation, options->control_mode, site->control_mode);

	derivation->isolate = site->on_fault != NULL && strcmp(site->on_fault, "ISOLATE") == 0;
	if (site->on_fault != NULL && !derivation->isolate && strcmp(site->on_fault, "REJECT") != 0)
		add_fault(&derivation->faults, FAULT_INVALID_SETTING, &root,
				  "has the unknown on_fault \"%s\"; set REJECT or ISOLATE.", site->on_fault);

	derivation->ttl.time = powernode_setpoint_ttl * USECS_PER_SEC;
	if (site->setpoint_ttl != NULL)
		derivation->ttl = *site->setpoint_ttl;
	if (!above_zero(&derivation->ttl))
		add_fault(&derivation->faults, FAULT_INVALID_SETTING, &root,
				  "has a setpoint_ttl that is not above 0; set how long setpoints live, or NULL.");

	if (derivation->data->nsites > 1)
		add_fault(&derivation->faults, FAULT_DUPLICATE_NODE, &root,
				  "is the root of a site that has %d rows in the source; show one row per site.",
				  derivation->data->nsites);
}

/* Faults a number of watts that is negative or does not fit. */
static bool
check_watts(Placement *placement, FaultKind reason, const Culprit *culprit,
			const char *column, int64 watts)
{
	FaultList  *faults = &placement->derivation->faults;

	if (!invalid_watts(watts))
		return true;
	if (watts < 0)
		add_fault(faults, reason, culprit,
				  "has a negative %s in the source, " INT64_FORMAT " W; correct it.", column, watts);
	else
		add_fault(faults, reason, culprit,
				  "has a %s in the source that is not a number of at most 2147483647 W; correct it.",
				  column);
	return false;
}

static void
check_repeated(Placement *placement, Culprit culprit, const RepeatedRow *repeated,
			   const char *advice)
{
	if (repeated->extra == 0)
		return;
	if (repeated->disputed)
	{
		/* Which of the places is true decides which fuse it loads. */
		culprit.place = PLACE_UNKNOWN;
		add_fault(&placement->derivation->faults, FAULT_DUPLICATE_NODE, &culprit,
				  "has %d rows in the source, in different places of the tree; %s",
				  repeated->extra + 1, advice);
	}
	else
		add_fault(&placement->derivation->faults, FAULT_DUPLICATE_NODE, &culprit,
				  "has %d rows in the source; %s", repeated->extra + 1, advice);
}

static void
check_circuit(Placement *placement, int32 row)
{
	const CircuitRow *circuit = &placement->data->circuits[row];
	Culprit		culprit = circuit_culprit(placement, row);
	Culprit		itself = culprit;

	if (!placement->circuits[row].carries)
		return;
	if (circuit->default_w == ABSENT && circuit->safe_w == ABSENT)
		add_fault(&placement->derivation->faults, FAULT_MISSING_RATING, &culprit,
				  "has neither a default nor a safe capacity; rate it.");
	(void) (check_watts(placement, FAULT_INVALID_RATING, &culprit, "default_capacity_w", circuit->default_w) &&
			check_watts(placement, FAULT_INVALID_RATING, &culprit, "safe_capacity_w", circuit->safe_w) &&
			/* Negative, as under solar export, it counts as 0. */
			check_watts(placement, FAULT_INVALID_RATING, &culprit, "background_w",
						Max(circuit->background_w, 0)));

	/* The rows that are repeated are the circuit's own. */
	itself.kind = KIND_CIRCUIT;
	itself.id = circuit->id;
	itself.name = circuit->name;
	check_repeated(placement, itself, &circuit->repeated, "show one row per circuit.");
}

/* Whether all connectors of a charge point say what they can take. */
static bool
connectors_rated(const Placement *placement, int32 row)
{
	for (int32 c = placement->charge_points[row].first_connector; c >= 0;
		 c = placement->connectors[c].next)
	{
		CHECK_FOR_INTERRUPTS();
		if (placement->data->connectors[c].max_w == ABSENT)
			return false;
	}
	return true;
}

static void
check_charge_point(Placement *placement, int32 row)
{
	const ChargePointRow *point = &placement->data->charge_points[row];
	Culprit		culprit = charge_point_culprit(placement, row);
	FaultList  *faults = &placement->derivation->faults;

	/* Without connectors it never faults. */
	if (placement->charge_points[row].first_connector < 0)
		return;
	if (point->max_w == ABSENT && !connectors_rated(placement, row))
		add_fault(faults, FAULT_MISSING_RATING, &culprit,
				  "has no max_power_w, and not all of its connectors have one; rate it.");
	(void) (check_watts(placement, FAULT_INVALID_RATING, &culprit, "max_power_w", point->max_w) &&
			(point->max_w != ABSENT ||
			 check_watts(placement, FAULT_INVALID_RATING, &culprit, "sum of its connectors' max_power_w",
						 connectors_rating(placement, row))) &&
			check_watts(placement, FAULT_INVALID_RATING, &culprit, "min_power_w", point->min_w) &&
			check_watts(placement, FAULT_INVALID_RATING, &culprit, "fallback_w", point->fallback_w));
	check_repeated(placement, culprit, &point->repeated, "show one row per charge point.");
}

static bool
fits(int64 value, int64 least, int64 most)
{
	return value == ABSENT || (value >= least && value <= most);
}

/* Nearly all are: this is all that most connectors cost. */
static bool
connector_is_sound(const ConnectorRow *connector)
{
	return !invalid_watts(connector->max_w) && !invalid_watts(connector->min_w) &&
		!invalid_watts(connector->demand_w) && fits(connector->weight, 1, PG_INT32_MAX) &&
		fits(connector->priority, PG_INT32_MIN, PG_INT32_MAX) &&
		fits(connector->energy_wh, 0, PG_INT64_MAX) && connector->repeated.extra == 0;
}

static void
check_connector(Placement *placement, int32 row)
{
	const ConnectorRow *connector = &placement->data->connectors[row];
	Culprit		culprit = connector_culprit(placement, row);
	FaultList  *faults = &placement->derivation->faults;

	(void) (check_watts(placement, FAULT_INVALID_RATING, &culprit, "max_power_w", connector->max_w) &&
			check_watts(placement, FAULT_INVALID_RATING, &culprit, "min_power_w", connector->min_w));
	if (!check_watts(placement, FAULT_INVALID_DEMAND, &culprit, "demand_w", connector->demand_w))
		return;
	if (!fits(connector->weight, 1, PG_INT32_MAX))
		add_fault(faults, FAULT_INVALID_DEMAND, &culprit,
				  "has the weight " INT64_FORMAT ", which is not from 1 to 2147483647; correct it.",
				  connector->weight);
	else if (!fits(connector->priority, PG_INT32_MIN, PG_INT32_MAX))
		add_fault(faults, FAULT_INVALID_DEMAND, &culprit,
				  "has the priority " INT64_FORMAT ", which does not fit into integer; correct it.",
				  connector->priority);
	else if (!fits(connector->energy_wh, 0, PG_INT64_MAX))
		add_fault(faults, FAULT_INVALID_DEMAND, &culprit,
				  "has an energy_wh that is negative or does not fit; correct it.");
}

static void
check_connectors(Placement *placement, int32 charge_point)
{
	for (int32 c = placement->charge_points[charge_point].first_connector;
		 c >= 0; c = placement->connectors[c].next)
	{
		CHECK_FOR_INTERRUPTS();
		if (connector_is_sound(&placement->data->connectors[c]))
			continue;
		check_connector(placement, c);
		check_repeated(placement, connector_culprit(placement, c),
					   &placement->data->connectors[c].repeated,
					   "where two sessions share a plug, show the one that is charging and end the other.");
	}
}

static bool
in_force(const EnvelopeRow *envelope, TimestampTz at)
{
	return (envelope->valid_from == NO_TIME || envelope->valid_from <= at) &&
		(envelope->valid_to == NO_TIME || at < envelope->valid_to);
}

/* Whose limit an envelope on the circuit is; false where nobody's. */
static bool
envelope_culprit(Placement *placement, const EnvelopeRow *envelope,
				 int32 circuit, Culprit *culprit)
{
	*culprit = root_culprit(placement->derivation);
	if (envelope->circuit_id == NULL)
		return true;
	if (circuit < 0)
	{
		Culprit		unknown = {.kind = KIND_CIRCUIT, .id = envelope->circuit_id};

		*culprit = unknown;
		add_fault(&placement->derivation->faults, FAULT_INVALID_ENVELOPE, culprit,
				  "is named by an operating envelope in force, but is not a circuit of this site.");
		return false;
	}
	*culprit = circuit_culprit(placement, circuit);
	culprit->place = PLACE_UNKNOWN;
	if (placement->derivation->flat && placement->data->circuits[circuit].parent_id != NULL)
	{
		add_fault(&placement->derivation->faults, FAULT_UNSUPPORTED_TOPOLOGY, culprit,
				  "has an operating envelope in force, which a site without a microgrid can have on top-level circuits only.");
		return false;
	}
	return true;
}

static void
keep_least(int64 *least, int64 watts)
{
	if (*least == ABSENT || watts < *least)
		*least = watts;
}

static void
check_envelope(Placement *placement, const EnvelopeRow *envelope)
{
	int32		circuit = find_circuit(placement, envelope->circuit_id, envelope->circuit_key);
	Culprit		culprit;

	if (!in_force(envelope, placement->derivation->at) ||
		!envelope_culprit(placement, envelope, circuit, &culprit))
		return;
	if (envelope->limit_w == ABSENT)
		add_fault(&placement->derivation->faults, FAULT_INVALID_ENVELOPE, &culprit,
				  "has an operating envelope in force whose import_limit_w is NULL; give it a limit or end it.");
	else if (!check_watts(placement, FAULT_INVALID_ENVELOPE, &culprit,
						  "import_limit_w of an operating envelope in force", envelope->limit_w))
		return;
	else if (circuit < 0)
		keep_least(&placement->derivation->nodes[0].envelope_w, envelope->limit_w);
	else
		keep_least(&placement->circuits[circuit].envelope_w, envelope->limit_w);
}

static void
check_node(Placement *placement, PowerNode *node)
{
	if (node->circuit >= 0)
	{
		rate_circuit(placement, node->circuit, node);
		check_circuit(placement, node->circuit);
	}
	else if (node->kind == KIND_CHARGE_POINT)
	{
		rate_charge_point(placement, node->charge_point, node);
		check_charge_point(placement, node->charge_point);
		check_connectors(placement, node->charge_point);
	}
}

/* Unrated, an envelope on the whole site is all that can limit a FLAT site. */
static void
check_flat_root(Placement *placement)
{
	Derivation *derivation = placement->derivation;
	PowerNode  *root = &derivation->nodes[0];
	Culprit		culprit = root_culprit(derivation);

	rate_flat_root(placement, root);
	if (root->rating_w == ABSENT && root->envelope_w == ABSENT)
		add_fault(&derivation->faults, FAULT_MISSING_RATING, &culprit,
				  "has no rated top-level circuit and no operating envelope for the whole site; rate a circuit.");
	else if (!check_watts(placement, FAULT_INVALID_RATING, &culprit,
						  "sum of its top-level circuits' capacities", root->rating_w))
		root->rating_w = ABSENT;
}

void
check_values(Placement *placement)
{
	Derivation *derivation = placement->derivation;
	SiteData   *data = placement->data;

	for (int32 p = 0; p < placement->nnodes; p++)
	{
		CHECK_FOR_INTERRUPTS();
		check_node(placement, &derivation->nodes[p]);
	}
	for (int32 i = 0; i < data->nenvelopes; i++)
	{
		CHECK_FOR_INTERRUPTS();
		check_envelope(placement, &data->envelopes[i]);
	}
	if (derivation->flat)
		check_flat_root(placement);
}
