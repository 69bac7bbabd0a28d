/*
 * row_shape.c
 *	  Which column of a source is which field of a row: the columns of source_spec.c,
 *	  line by line, as the structs of site_data.h.
 */
#include "postgres.h"

#include "pg/row_shape.h"

/* What NULL means in each column that does not mean 0, false or no text. */
static const ChargePointRow blank_charge_point = {
	.max_w = ABSENT, .min_w = ABSENT, .fallback_w = ABSENT, .online = true
};
static const CircuitRow blank_circuit = {
	.default_w = ABSENT, .safe_w = ABSENT, .background_w = ABSENT
};
static const ConnectorRow blank_connector = {
	.max_w = ABSENT, .demand_w = ABSENT, .min_w = ABSENT, .weight = ABSENT,
	.priority = ABSENT, .energy_wh = ABSENT, .arrived_at = NO_TIME, .departs_at = NO_TIME
};
static const EnvelopeRow blank_envelope = {
	.limit_w = ABSENT, .valid_from = NO_TIME, .valid_to = NO_TIME
};
static const GridConnectionRow blank_grid_connection = {.id = NULL};
static const SiteRow blank_site = {.enabled = true};
static const SiteListRow blank_site_list = {.enabled = true};

#define IN(row, field) ((int) offsetof(row, field))

static const RowShape shapes[] = {
	[ROWS_OF_SITE] = {sizeof(SiteRow), &blank_site, 0, {
		IN(SiteRow, id), IN(SiteRow, microgrid_id), IN(SiteRow, name), IN(SiteRow, enabled),
		IN(SiteRow, control_mode), IN(SiteRow, policy), IN(SiteRow, on_fault),
		IN(SiteRow, safe_mode), IN(SiteRow, setpoint_ttl)
	}, {0}},
	[ROWS_OF_GRID_CONNECTION] = {sizeof(GridConnectionRow), &blank_grid_connection, 1, {
		NOT_KEPT, IN(GridConnectionRow, id), IN(GridConnectionRow, circuit_id),
		IN(GridConnectionRow, name)
	}, {[2] = IN(GridConnectionRow, circuit_key)}},
	[ROWS_OF_CIRCUIT] = {sizeof(CircuitRow), &blank_circuit, 1, {
		NOT_KEPT, IN(CircuitRow, id), IN(CircuitRow, parent_id),
		IN(CircuitRow, default_w), IN(CircuitRow, safe_w), IN(CircuitRow, name),
		IN(CircuitRow, safe_mode), IN(CircuitRow, background_w)
	}, {[1] = IN(CircuitRow, key), [2] = IN(CircuitRow, parent_key)}},
	[ROWS_OF_CHARGE_POINT] = {sizeof(ChargePointRow), &blank_charge_point, 1, {
		NOT_KEPT, IN(ChargePointRow, id), IN(ChargePointRow, circuit_id),
		IN(ChargePointRow, max_w), IN(ChargePointRow, name), IN(ChargePointRow, min_w),
		IN(ChargePointRow, online), IN(ChargePointRow, fallback_w)
	}, {[1] = IN(ChargePointRow, key), [2] = IN(ChargePointRow, circuit_key)}},
	[ROWS_OF_CONNECTOR] = {sizeof(ConnectorRow), &blank_connector, 1, {
		NOT_KEPT, IN(ConnectorRow, id), IN(ConnectorRow, charge_point_id),
		IN(ConnectorRow, max_w), IN(ConnectorRow, demand_w), IN(ConnectorRow, name),
		IN(ConnectorRow, vehicle_name), IN(ConnectorRow, min_w), IN(ConnectorRow, weight),
		IN(ConnectorRow, priority), IN(ConnectorRow, arrived_at),
		IN(ConnectorRow, departs_at), IN(ConnectorRow, energy_wh)
	}, {[1] = IN(ConnectorRow, key), [2] = IN(ConnectorRow, charge_point_key)}},
	[ROWS_OF_OPERATING_ENVELOPE] = {sizeof(EnvelopeRow), &blank_envelope, 1, {
		NOT_KEPT, IN(EnvelopeRow, circuit_id), IN(EnvelopeRow, limit_w),
		IN(EnvelopeRow, valid_from), IN(EnvelopeRow, valid_to), IN(EnvelopeRow, name)
	}, {[1] = IN(EnvelopeRow, circuit_key)}},
	[ROWS_OF_SITE_LIST] = {sizeof(SiteListRow), &blank_site_list, 0, {
		IN(SiteListRow, site_id), IN(SiteListRow, microgrid_id), IN(SiteListRow, name),
		IN(SiteListRow, enabled), NOT_KEPT, NOT_KEPT, NOT_KEPT, NOT_KEPT, NOT_KEPT
	}, {0}},
	[ROWS_OF_CIRCUIT_LEVEL] = {.width = sizeof(CircuitLevel)}
};

const RowShape *
row_shape(RowKind kind)
{
	return &shapes[kind];
}
