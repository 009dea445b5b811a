-- Where interesting domains led in the last 7 days: each answer of each matched query.
SELECT query_name, answer.type AS answer_type, answer.rdata AS answer_data, count(*) AS logged_queries
FROM route53query
CROSS JOIN UNNEST(answers) AS t (answer)
WHERE isMatchedDomain = 'Y'
  AND day >= date_format(current_date - INTERVAL '7' DAY, '%Y/%m/%d')
GROUP BY 1, 2, 3
ORDER BY logged_queries DESC, query_name, answer_data
