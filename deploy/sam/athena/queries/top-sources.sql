-- The hosts with the most logged queries of the last 7 days, and how many names they asked for.
SELECT vpc_id,
       srcaddr,
       srcids.instance AS instance,
       count(*) AS logged_queries,
       count(DISTINCT query_name) AS names,
       count_if(isMatchedDomain = 'Y') AS matched
FROM route53query
WHERE day >= date_format(current_date - INTERVAL '7' DAY, '%Y/%m/%d')
GROUP BY 1, 2, 3
ORDER BY logged_queries DESC, srcaddr
LIMIT 100
