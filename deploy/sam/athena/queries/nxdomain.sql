-- Hosts that asked for many names that do not exist in the last 7 days: a mistake in a configuration, or a program
-- that tries generated names.
SELECT vpc_id,
       srcaddr,
       srcids.instance AS instance,
       count(DISTINCT query_name) AS missing_names
FROM route53query
WHERE upper(rcode) = 'NXDOMAIN'
  AND day >= date_format(current_date - INTERVAL '7' DAY, '%Y/%m/%d')
GROUP BY 1, 2, 3
ORDER BY missing_names DESC, srcaddr
LIMIT 100
