-- Shares the power out as docs/algorithm.md says, EQUAL_SHARE without minimums:
-- children before parents, and wherever more than a node's limit arrives, the
-- leaves below it are cut to one water level, the watts left over going to the
-- first of those that it cuts.  Every statement is a loop over an array, which PL/pgSQL
-- does in place: a query for each node took several times as long.

CREATE TYPE peer.shares AS (
  demands integer[], asked integer[], allocated integer[],
  bottlenecks integer[],   -- ordinal of the node that holds the leaf back
  held_back integer[],     -- leaves that the node holds back...
  explained integer[]);    -- ...and the watts that they lack

CREATE FUNCTION peer.share(depths integer[], limits integer[], leaf_demands integer[]) RETURNS peer.shares
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  n CONSTANT integer := cardinality(depths);
  nothing CONSTANT integer[] := array_fill(0, ARRAY[n]);
  shares peer.shares;
  demands integer[] := nothing;
  asked integer[] := nothing;
  allocated integer[] := nothing;
  bottlenecks integer[] := array_fill(NULL::integer, ARRAY[n]);
  held_back integer[] := nothing;
  explained integer[] := nothing;
  parents integer[] := nothing;
  full_above integer[] := bottlenecks;  -- deepest full node from the root down to this one
  latest integer[] := nothing;          -- node last seen at each depth
  first_leaf integer[] := nothing;      -- the leaves below a node are one run...
  leaf_count integer[] := nothing;      -- ...of so many
  watts integer[];                      -- of each leaf, by its number
  leaf integer := 0;
  parent integer;
  passed integer;
  spare integer;
  above integer;
  level integer;
  next_level integer;
  first integer;
  last integer;
  full_node integer;
BEGIN
  -- Down: who is whose parent, and which leaves are below it.
  watts := array_remove(leaf_demands, NULL);
  FOR i IN 1..n LOOP
    first_leaf[i] := leaf + 1;
    IF leaf_demands[i] IS NOT NULL THEN
      leaf := leaf + 1;
    END IF;
    latest[depths[i] + 1] := i;
    IF i > 1 THEN
      parents[i] := latest[depths[i]];
    END IF;
  END LOOP;

  -- Up: what is asked of each node, cut to its limit.
  FOR i IN REVERSE n..1 LOOP
    IF leaf_demands[i] IS NOT NULL THEN
      asked[i] := leaf_demands[i];
      demands[i] := leaf_demands[i];
      leaf_count[i] := 1;
    END IF;
    passed := asked[i];

    IF passed > limits[i] THEN
      passed := limits[i];
      first := first_leaf[i];
      last := first + leaf_count[i] - 1;

      -- The level rises to where what is below it and level times what is above
      -- it make the limit.
      next_level := passed / leaf_count[i];
      LOOP
        level := next_level;
        spare := passed;
        above := 0;
        FOR l IN first..last LOOP
          IF watts[l] > level THEN
            above := above + 1;
          ELSE
            spare := spare - watts[l];
          END IF;
        END LOOP;
        next_level := spare / above;
        EXIT WHEN next_level = level;
      END LOOP;

      spare := spare - level * above;
      FOR l IN first..last LOOP
        IF watts[l] > level THEN
          IF spare > 0 THEN
            watts[l] := level + 1;
            spare := spare - 1;
          ELSE
            watts[l] := level;
          END IF;
        END IF;
      END LOOP;
    END IF;

    IF i > 1 THEN
      parent := parents[i];
      asked[parent] := asked[parent] + passed;
      demands[parent] := demands[parent] + demands[i];
      leaf_count[parent] := leaf_count[parent] + leaf_count[i];
    END IF;
  END LOOP;

  -- Up: what each node carries.
  FOR i IN REVERSE n..1 LOOP
    IF leaf_demands[i] IS NOT NULL THEN
      allocated[i] := watts[leaf];
      leaf := leaf - 1;
    END IF;
    IF i > 1 THEN
      parent := parents[i];
      allocated[parent] := allocated[parent] + allocated[i];
    END IF;
  END LOOP;

  -- Down: the deepest full node on the way to each leaf that is held back.
  FOR i IN 1..n LOOP
    IF allocated[i] = limits[i] THEN
      full_above[i] := i;
    ELSIF i > 1 THEN
      full_above[i] := full_above[parents[i]];
    END IF;
    IF allocated[i] < leaf_demands[i] THEN
      full_node := full_above[i];
      bottlenecks[i] := full_node;
      held_back[full_node] := held_back[full_node] + 1;
      explained[full_node] := explained[full_node] + leaf_demands[i] - allocated[i];
    END IF;
  END LOOP;

  shares := (demands, asked, allocated, bottlenecks, held_back, explained);
  RETURN shares;
END
$$;
