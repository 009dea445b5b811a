-- Hosts that asked for many names that do not exist, yesterday and today: a mistake in a configuration, or a program
-- that tries generated names.
SELECT vpc_id,
       srcaddr,
       srcids.instance AS instance,
       count(DISTINCT query_name) AS missing_names
FROM route53query
WHERE rcode = 'NXDOMAIN'
  AND day >= date_format(current_date - INTERVAL '1' DAY, '%Y/%m/%d')
GROUP BY 1, 2, 3
HAVING count(DISTINCT query_name) >= 100
ORDER BY missing_names DESC
