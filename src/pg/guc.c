/*
 * guc.c
 *	  The configuration parameters of powernode.
 */
#include "postgres.h"

#include <limits.h>

#include "utils/guc.h"

#include "pg/guc.h"

int			powernode_setpoint_ttl = 15 * 60;

char	   *powernode_at = NULL;

int			powernode_notify = NOTIFY_OFF;

static const struct config_enum_entry notify_values[] = {
	{"off", NOTIFY_OFF, false},
	{"on_change", NOTIFY_ON_CHANGE, false},
	{NULL, 0, false}
};

void
guc_define(void)
{
	/*
	 * How long a setpoint may outlive its cycle is a safety margin of the
	 * whole installation: a session must not stretch it, so superusers set
	 * it.  A site's own setpoint_ttl goes before it.
	 */
	DefineCustomIntVariable("powernode.setpoint_ttl",
							"How long setpoints live where the site has no setpoint_ttl.",
							NULL,
							&powernode_setpoint_ttl,
							15 * 60, 1, INT_MAX,
							PGC_SUSET, GUC_UNIT_S,
							NULL, NULL, NULL);

	/*
	 * Set by powernode itself while it reads the sources, so that an adapter
	 * view can depend on the time a cycle is worked out for.  Empty outside.
	 */
	DefineCustomStringVariable("powernode.at",
							   "The time of the cycle that is reading the sources.",
							   NULL,
							   &powernode_at,
							   "",
							   PGC_USERSET, GUC_NO_SHOW_ALL | GUC_DISALLOW_IN_FILE,
							   NULL, NULL, NULL);

	/*
	 * Off by default, because transactions that notify commit one after the
	 * other in the whole cluster.  Anybody may notify, so anybody may set it.
	 */
	DefineCustomEnumVariable("powernode.notify",
							 "Whether cycles notify the channel powernode of a changed outcome or primary constraint.",
							 NULL,
							 &powernode_notify,
							 NOTIFY_OFF, notify_values,
							 PGC_USERSET, 0,
							 NULL, NULL, NULL);

	MarkGUCPrefixReserved("powernode");
}
