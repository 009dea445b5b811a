-- The most logged names of the last 7 days, and how many hosts asked for each.
SELECT query_name,
       count(*) AS logged_queries,
       count(DISTINCT srcaddr) AS hosts
FROM route53query
WHERE day >= date_format(current_date - INTERVAL '7' DAY, '%Y/%m/%d')
GROUP BY 1
ORDER BY logged_queries DESC, query_name
LIMIT 100
