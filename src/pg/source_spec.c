/*
 * source_spec.c
 *	  Which columns each source must and may have, and of which types.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/lsyscache.h"

#include "pg/source_spec.h"

/* The sources' columns: one line each, required ones first. */
static const SourceSpec specs[SOURCE_COUNT] = {
	[SOURCE_SITE] = {"site", false, {
		{"site_id", USE_ID, true, true},
		{"microgrid_id", USE_ID, true, false},
		{"name", USE_NAME},
		{"enabled", USE_FLAG},
		{"control_mode", USE_TEXT},
		{"policy", USE_TEXT},
		{"on_fault", USE_TEXT},
		{"safe_mode", USE_FLAG},
		{"setpoint_ttl", USE_SPAN},
	}},
	[SOURCE_GRID_CONNECTION] = {"grid_connection", false, {
		{"site_id", USE_ID, true, true},
		{"grid_connection_id", USE_ID, true, false},
		{"circuit_id", USE_ID, true, true},
		{"name", USE_NAME},
	}},
	[SOURCE_CIRCUIT] = {"circuit", false, {
		{"site_id", USE_ID, true, true},
		{"circuit_id", USE_ID, true, true},
		{"parent_circuit_id", USE_ID, true, true},
		{"default_capacity_w", USE_LIMIT, true},
		{"safe_capacity_w", USE_LIMIT, true},
		{"name", USE_NAME},
		{"safe_mode", USE_FLAG},
		{"background_w", USE_DRAW},
	}},
	[SOURCE_CHARGE_POINT] = {"charge_point", false, {
		{"site_id", USE_ID, true, true},
		{"charge_point_id", USE_ID, true, true},
		{"circuit_id", USE_ID, true, true},
		{"max_power_w", USE_LIMIT, true},
		{"name", USE_NAME},
		{"min_power_w", USE_DRAW},
		{"online", USE_FLAG},
		{"fallback_w", USE_DRAW},
	}},
	[SOURCE_CONNECTOR] = {"connector", false, {
		{"site_id", USE_ID, true, true},
		{"connector_id", USE_ID, true, false},
		{"charge_point_id", USE_ID, true, true},
		{"max_power_w", USE_LIMIT, true},
		{"demand_w", USE_DRAW, true},
		{"name", USE_NAME},
		{"vehicle_name", USE_NAME},
		{"min_power_w", USE_DRAW},
		{"weight", USE_NUMBER},
		{"priority", USE_NUMBER},
		{"arrived_at", USE_TIME},
		{"departs_at", USE_TIME},
		{"energy_wh", USE_ENERGY},
	}},
	[SOURCE_OPERATING_ENVELOPE] = {"operating_envelope", true, {
		{"site_id", USE_ID, true, true},
		{"circuit_id", USE_ID, true, true},
		{"import_limit_w", USE_LIMIT, true},
		{"valid_from", USE_TIME, true},
		{"valid_to", USE_TIME, true},
		{"name", USE_NAME},
	}},
};

const SourceSpec *
source_spec(SourceName source)
{
	return &specs[source];
}

IdFamily
id_family(Oid type)
{
	switch (type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			return ID_INTEGER;
		case UUIDOID:
			return ID_UUID;
		case TEXTOID:
		case VARCHAROID:
			return ID_TEXT;
		default:
			return ID_NONE;
	}
}

Oid
id_family_type(IdFamily family)
{
	return family == ID_INTEGER ? INT8OID : family == ID_UUID ? UUIDOID : TEXTOID;
}

const char *
id_family_type_name(IdFamily family)
{
	return family == ID_INTEGER ? "bigint" : family == ID_UUID ? "uuid" : "text";
}

const char *
expected_types(ColumnUse use)
{
	switch (use)
	{
		case USE_ID:
			return "smallint, integer, bigint, uuid, text or varchar";
		case USE_LIMIT:
		case USE_DRAW:
		case USE_ENERGY:
			return "smallint, integer, bigint or numeric";
		case USE_NUMBER:
			return "smallint, integer or bigint";
		case USE_TEXT:
		case USE_NAME:
			return "a text type or an enum";
		case USE_FLAG:
			return "boolean";
		case USE_TIME:
			return "timestamp with time zone";
		case USE_SPAN:
			return "interval";
	}
	return NULL;				/* not reached */
}

bool
type_will_do(ColumnUse use, Oid type)
{
	char		category;
	bool		preferred;

	switch (use)
	{
		case USE_ID:
			return id_family(type) != ID_NONE;
		case USE_LIMIT:
		case USE_DRAW:
		case USE_ENERGY:
			return type == NUMERICOID || id_family(type) == ID_INTEGER;
		case USE_NUMBER:
			return id_family(type) == ID_INTEGER;
		case USE_TEXT:
		case USE_NAME:
			get_type_category_preferred(type, &category, &preferred);
			return category == TYPCATEGORY_STRING || category == TYPCATEGORY_ENUM;
		case USE_FLAG:
			return type == BOOLOID;
		case USE_TIME:
			return type == TIMESTAMPTZOID;
		case USE_SPAN:
			return type == INTERVALOID;
	}
	return false;				/* not reached */
}
