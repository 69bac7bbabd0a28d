/*
 * words.c
 *	  The spelling of the fixed vocabulary.
 */
#include "postgres.h"

#include "pg/words.h"

static const struct
{
	const char *name;
	const char *prefix;
	const char *word;
	const char *reason;
}			kinds[NODE_KIND_COUNT] = {
	[KIND_MICROGRID] = {"MICROGRID", "microgrid", "Microgrid", "SITE_LIMIT"},
	[KIND_GRID_CONNECTION] = {"GRID_CONNECTION", "grid_connection", "Grid connection", "GRID_CONNECTION_LIMIT"},
	[KIND_CIRCUIT] = {"CIRCUIT", "circuit", "Circuit", "CIRCUIT_LIMIT"},
	[KIND_CHARGE_POINT] = {"CHARGE_POINT", "charge_point", "Charge point", "CHARGE_POINT_LIMIT"},
	/* Cut to its rating, it never lacks room. */
	[KIND_CONNECTOR] = {"CONNECTOR", "connector", "Connector", "CHARGE_POINT_LIMIT"},
};

static const struct
{
	const char *name;
	const char *word;
}			limit_sources[LIMIT_SOURCE_COUNT] = {
	[LIMIT_NONE] = {NULL, "no limit"},
	[LIMIT_DEFAULT_CAPACITY] = {"DEFAULT_CAPACITY", "default capacity"},
	[LIMIT_SAFE_CAPACITY] = {"SAFE_CAPACITY", "safe capacity"},
	[LIMIT_CHARGE_POINT_RATING] = {"CHARGE_POINT_RATING", "charge point rating"},
	[LIMIT_CONNECTOR_RATING] = {"CONNECTOR_RATING", "connector rating"},
	[LIMIT_SITE_CAPACITY] = {"SITE_CAPACITY", "site capacity"},
	[LIMIT_OPERATING_ENVELOPE] = {"OPERATING_ENVELOPE", "operating envelope"},
	[LIMIT_BACKGROUND_LOAD] = {"BACKGROUND_LOAD", "background load"},
	[LIMIT_OFFLINE_RESERVE] = {"OFFLINE_RESERVE", "offline reserve"},
};

static const char *const faults[FAULT_KIND_COUNT] = {
	[FAULT_INVALID_SETTING] = "INVALID_SETTING",
	[FAULT_NO_GRID_CONNECTION] = "NO_GRID_CONNECTION",
	[FAULT_GRID_CONNECTION_WITHOUT_CIRCUIT] = "GRID_CONNECTION_WITHOUT_CIRCUIT",
	[FAULT_GRID_CONNECTION_NOT_TOP_LEVEL] = "GRID_CONNECTION_NOT_TOP_LEVEL",
	[FAULT_CIRCUIT_LOOP] = "CIRCUIT_LOOP",
	[FAULT_CIRCUIT_UNREACHABLE] = "CIRCUIT_UNREACHABLE",
	[FAULT_CHARGE_POINT_WITHOUT_CIRCUIT] = "CHARGE_POINT_WITHOUT_CIRCUIT",
	[FAULT_CONNECTOR_WITHOUT_CHARGE_POINT] = "CONNECTOR_WITHOUT_CHARGE_POINT",
	[FAULT_DUPLICATE_NODE] = "DUPLICATE_NODE",
	[FAULT_MISSING_RATING] = "MISSING_RATING",
	[FAULT_INVALID_RATING] = "INVALID_RATING",
	[FAULT_INVALID_DEMAND] = "INVALID_DEMAND",
	[FAULT_INVALID_ENVELOPE] = "INVALID_ENVELOPE",
	[FAULT_UNSUPPORTED_TOPOLOGY] = "UNSUPPORTED_TOPOLOGY",
};

static const char *const control_modes[CONTROL_MODE_COUNT] = {
	[MODE_CONNECTOR] = "CONNECTOR",
	[MODE_CHARGER] = "CHARGER",
};

static const char *const outcomes[OUTCOME_COUNT] = {
	[OUTCOME_APPLIED] = "APPLIED",
	[OUTCOME_CURTAILED] = "CURTAILED",
	[OUTCOME_REJECTED] = "REJECTED",
};

const char *
kind_name(NodeKind kind)
{
	return kinds[kind].name;
}

const char *
kind_word(NodeKind kind)
{
	return kinds[kind].word;
}

const char *
kind_prefix(NodeKind kind)
{
	return kinds[kind].prefix;
}

char *
make_node_id(NodeKind kind, const char *source_id)
{
	return psprintf("%s:%s", kinds[kind].prefix, source_id);
}

const char *
limit_source_name(LimitSource source)
{
	return limit_sources[source].name;
}

const char *
limit_source_word(LimitSource source)
{
	return limit_sources[source].word;
}

const char *
fault_name(FaultKind fault)
{
	return faults[fault];
}

const char *
kind_reason(NodeKind kind)
{
	return kinds[kind].reason;
}

const char *
limit_source_reason(LimitSource source)
{
	switch (source)
	{
		case LIMIT_OPERATING_ENVELOPE:
		case LIMIT_BACKGROUND_LOAD:
		case LIMIT_OFFLINE_RESERVE:
		case LIMIT_SAFE_CAPACITY:
			return limit_sources[source].name;
		default:
			return NULL;
	}
}

const char *
control_mode_name(ControlMode mode)
{
	return control_modes[mode];
}

bool
control_mode_by_name(const char *name, ControlMode *mode)
{
	for (int i = 0; i < CONTROL_MODE_COUNT; i++)
	{
		if (strcmp(name, control_modes[i]) == 0)
		{
			*mode = (ControlMode) i;
			return true;
		}
	}
	return false;
}

const char *
outcome_name(Outcome outcome)
{
	return outcomes[outcome];
}

const char *
topology_name(bool flat)
{
	return flat ? "FLAT" : "HIERARCHICAL";
}

NodeKind
leaf_kind(ControlMode mode)
{
	return mode == MODE_CONNECTOR ? KIND_CONNECTOR : KIND_CHARGE_POINT;
}

char *
format_kw(int64 watts)
{
	int64		thousandths = watts % 1000;
	int64		kw = watts / 1000;

	if (thousandths % 100 == 0)
		return psprintf(INT64_FORMAT ".%d", kw, (int) (thousandths / 100));
	if (thousandths % 10 == 0)
		return psprintf(INT64_FORMAT ".%02d", kw, (int) (thousandths / 10));
	return psprintf(INT64_FORMAT ".%03d", kw, (int) thousandths);
}
