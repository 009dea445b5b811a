-- The most logged names of yesterday and today, and how many hosts asked for each.
SELECT query_name,
       count(*) AS logged_queries,
       count(DISTINCT srcaddr) AS hosts
FROM route53query
WHERE day >= date_format(current_date - INTERVAL '1' DAY, '%Y/%m/%d')
GROUP BY query_name
ORDER BY logged_queries DESC
LIMIT 100
