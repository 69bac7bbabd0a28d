-- Compares the views with the figures worked out by hand in README.md, for the
-- step :step in the mode :mode.  Prints every difference; none is success.
--
-- In the figures mode * stands for both modes, SITE for the root, and an empty
-- field for NULL.

\pset tuples_only on
\pset format unaligned
\pset fieldsep ' '

-- One row, compared column by column.
WITH seen AS (
    SELECT m.state, m.reason, m.cycle_no, m.limit_w, m.demand_w, m.allocated_w,
           m.curtailed_w,
           CASE m.constraining_node_kind
               WHEN 'MICROGRID' THEN 'SITE' ELSE m.constraining_node_name END AS node,
           m.constraining_limit_w AS node_limit_w,
           m.constraining_asked_w AS node_asked_w,
           m.constrained_nodes, m.curtailed_leaves, m.faults, m.in_force_cycle_no,
           s.setpoints, s.setpoint_w,
           to_char(s.expire, 'HH24:MI') AS setpoints_expire
      FROM powernode.microgrid_status AS m,
           (SELECT count(*) AS setpoints, sum(allocated_w) AS setpoint_w,
                   CASE WHEN min(expires_at) = max(expires_at)
                        THEN max(expires_at) END AS expire
              FROM powernode.setpoint WHERE site_id = :'site') AS s
     WHERE m.site_id = :'site'
), worked_out AS (
    SELECT f.* FROM wa_pta.status AS f WHERE f.step = :'step' AND f.mode IN ('*', :'mode')
)
SELECT 'microgrid_status', k.key || ':', 'worked out', coalesce(f.value, '-') || ',',
       'seen', coalesce(s.value, '-')
  FROM (SELECT e.key, e.value FROM worked_out AS w, jsonb_each_text(to_jsonb(w)) AS e
         WHERE e.key NOT IN ('mode', 'step')) AS f
  FULL JOIN (SELECT e.key, e.value FROM seen, jsonb_each_text(to_jsonb(seen)) AS e) AS s
         USING (key),
       LATERAL (SELECT key) AS k
 WHERE f.value IS DISTINCT FROM s.value;

-- Every node is described by the first figure that its name matches, and every
-- figure describes as many nodes as it says.
WITH seen AS (
    SELECT n.ordinal, CASE n.kind WHEN 'MICROGRID' THEN 'SITE' ELSE n.name END AS name,
           n.limit_w, n.limit_source, n.demand_w, n.asked_w, n.allocated_w,
           CASE n.bottleneck_kind
               WHEN 'MICROGRID' THEN 'SITE' ELSE n.bottleneck_name END AS bottleneck,
           n.binding, n.over_asked, n.curtailed_w
      FROM powernode.node_status AS n
     WHERE n.site_id = :'site'
), worked_out AS (
    SELECT f.* FROM wa_pta.node AS f WHERE f.step = :'step' AND f.mode IN ('*', :'mode')
), matched AS (
    SELECT s.*, (SELECT min(w.line) FROM worked_out AS w
                  WHERE s.name ~ ('^(' || w.names || ')$')) AS line
      FROM seen AS s
)
SELECT 'node_status', m.name || ':', 'worked out',
       CASE WHEN w.line IS NULL THEN 'nothing,'
            ELSE ROW(w.limit_w, w.limit_source, w.demand_w, w.asked_w, w.allocated_w,
                     w.demand_w - w.allocated_w, w.bottleneck, w.binding,
                     w.over_asked)::text || ','
       END,
       'seen',
       ROW(m.limit_w, m.limit_source, m.demand_w, m.asked_w, m.allocated_w,
           m.curtailed_w, m.bottleneck, m.binding, m.over_asked)::text
  FROM matched AS m
  LEFT JOIN worked_out AS w ON w.line = m.line
 WHERE w.line IS NULL
    OR (m.limit_w, m.limit_source, m.demand_w, m.asked_w, m.allocated_w,
        m.curtailed_w, m.bottleneck, m.binding, m.over_asked)
       IS DISTINCT FROM
       (w.limit_w, w.limit_source, w.demand_w, w.asked_w, w.allocated_w,
        w.demand_w - w.allocated_w, w.bottleneck, w.binding, w.over_asked)
UNION ALL
SELECT 'node_status', w.names || ':', 'worked out', w.nodes || ' nodes,', 'seen',
       count(m.line)::text
  FROM worked_out AS w LEFT JOIN matched AS m ON m.line = w.line
 GROUP BY w.line, w.names, w.nodes
HAVING count(m.line) <> w.nodes;

-- Every setpoint in force is what its leaf was allocated, and every leaf that
-- can be told something has one.
SELECT 'setpoint', coalesce(s.name, n.name) || ':', 'setpoint',
       coalesce(s.allocated_w::text, '-') || ',', 'node', coalesce(n.allocated_w::text, '-')
  FROM (SELECT * FROM powernode.setpoint WHERE site_id = :'site') AS s
  FULL JOIN (SELECT n.* FROM powernode.node_status AS n
               LEFT JOIN manage.charge_point AS p
                      ON p.name = substring(n.name FROM '^C.-.')
              WHERE n.site_id = :'site' AND n.is_leaf
                AND p.disconnected_at IS NULL) AS n
         ON n.node_id = s.leaf_id
 WHERE EXISTS (SELECT FROM powernode.node_status WHERE site_id = :'site')
   AND s.allocated_w IS DISTINCT FROM n.allocated_w;

WITH seen AS (
    SELECT c.rank, c.reason, CASE c.kind WHEN 'MICROGRID' THEN 'SITE' ELSE c.name END AS node,
           c.limit_w, c.limit_source, c.asked_w, c.short_w, c.allocated_w,
           c.curtailed_w, c.binding, c.held_back_leaves
      FROM powernode.constraint_status AS c
     WHERE c.site_id = :'site'
), worked_out AS (
    SELECT f.rank, f.reason, f.node, f.limit_w, f.limit_source, f.asked_w, f.short_w,
           f.allocated_w, f.curtailed_w, f.binding, f.held_back_leaves
      FROM wa_pta."constraint" AS f
     WHERE f.step = :'step' AND f.mode IN ('*', :'mode')
)
SELECT 'constraint_status', d.*
  FROM (SELECT 'worked out', w::text FROM (TABLE worked_out EXCEPT ALL TABLE seen) AS w
         UNION ALL
        SELECT 'seen', s::text FROM (TABLE seen EXCEPT ALL TABLE worked_out) AS s) AS d;
