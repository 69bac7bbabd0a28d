-- The figures worked out by hand, as tables.

CREATE TABLE wa_pta.status (
    mode text, step text, state text, reason text, cycle_no integer, limit_w integer,
    demand_w integer, allocated_w integer, curtailed_w integer, node text,
    node_limit_w integer, node_asked_w integer, constrained_nodes integer,
    curtailed_leaves integer, faults integer, in_force_cycle_no integer,
    setpoints integer, setpoint_w integer, setpoints_expire text
);

CREATE TABLE wa_pta.node (
    mode text, step text, names text, nodes integer, limit_w integer, limit_source text,
    demand_w integer, asked_w integer, allocated_w integer, bottleneck text,
    binding boolean, over_asked boolean,
    line integer GENERATED ALWAYS AS IDENTITY
);

CREATE TABLE wa_pta."constraint" (
    mode text, step text, rank integer, reason text, node text, limit_w integer,
    limit_source text, asked_w integer, short_w integer, allocated_w integer,
    curtailed_w integer, binding boolean, held_back_leaves integer
);

\copy wa_pta.status FROM 'figures/status.csv' (FORMAT csv, HEADER)
\copy wa_pta.node (mode, step, names, nodes, limit_w, limit_source, demand_w, asked_w, allocated_w, bottleneck, binding, over_asked) FROM 'figures/node.csv' (FORMAT csv, HEADER)
\copy wa_pta."constraint" FROM 'figures/constraint.csv' (FORMAT csv, HEADER)
