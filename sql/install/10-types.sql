CREATE TYPE powernode.power_node AS (
  node_id    text,
  parent_id  text,
  kind       text,
  limit_w    integer,
  demand_w   integer,
  min_w      integer,
  weight     integer,
  priority   integer,
  arrived_at timestamptz,
  departs_at timestamptz,
  energy_wh  bigint
);

COMMENT ON TYPE powernode.power_node IS
  'One box of the tree as the allocator sees it; watts at the supply side, limit_w NULL for no limit of its own, a node without children is a leaf';
